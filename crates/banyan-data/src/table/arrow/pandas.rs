//! What pandas leaves in a file beside its columns.

use arrow_schema::Metadata;
use serde_json::Value;

/// The columns that were the index of a data frame, by the file's metadata: `index_columns` names them, or describes an index of the row's numbers,
/// which has no column.
pub(super) fn index_columns(metadata: &Metadata) -> Vec<String> {
    let described = metadata.get("pandas").and_then(|text| serde_json::from_str::<Value>(text).ok());
    let columns = described.as_ref().and_then(|described| described.get("index_columns")?.as_array());
    columns.into_iter().flatten().filter_map(|column| Some(column.as_str()?.to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indexes_with_and_without_a_column() {
        let columns = |text: &str| index_columns(&Metadata::from([("pandas", text)]));
        assert_eq!(columns(r#"{"index_columns": ["__index_level_0__", "patient_no"]}"#), ["__index_level_0__", "patient_no"]);
        let none: [&str; 0] = [];
        assert_eq!(columns(r#"{"index_columns": [{"kind": "range", "start": 0, "stop": 9, "step": 1}]}"#), none);
        for odd in ["", "{}", "[]", r#"{"index_columns": 3}"#, r#"{"index_columns": [3, null]}"#] {
            assert_eq!(columns(odd), none);
        }
        assert_eq!(index_columns(&Metadata::default()), none);
    }
}
