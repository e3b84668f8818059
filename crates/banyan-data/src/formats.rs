//! How formats of files are found by the ending of a name.

use std::path::Path;

/// The entry of a table of formats that a file's ending is among, whatever its case. `endings` says which endings an entry has.
pub(crate) fn by_ending<'a, T>(path: &Path, formats: &'a [T], endings: impl Fn(&T) -> &'static [&'static str]) -> Option<&'a T> {
    let own = path.extension().and_then(|ending| ending.to_str())?.to_ascii_lowercase();
    formats.iter().find(|format| endings(format).contains(&own.as_str()))
}

/// All endings in a sentence: ".a, .b or .c".
pub(crate) fn listed<T>(formats: &[T], endings: impl Fn(&T) -> &'static [&'static str]) -> String {
    let all: Vec<String> = formats.iter().flat_map(endings).map(|ending| format!(".{ending}")).collect();
    match all.split_last() {
        Some((last, others)) if !others.is_empty() => format!("{} or {last}", others.join(", ")),
        _ => all.concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORMATS: &[&[&str]] = &[&["a"], &["b", "c"]];

    #[test]
    fn endings_are_found_and_listed() {
        let find = |name: &str| by_ending(Path::new(name), FORMATS, |endings| endings).map(|endings| endings[0]);
        assert_eq!(["x.C", "x.y.a", "x.d", "a", ""].map(find), [Some("b"), Some("a"), None, None, None]);
        assert_eq!(listed(FORMATS, |endings| endings), ".a, .b or .c");
        assert_eq!(listed(&FORMATS[..1], |endings| endings), ".a");
    }
}
