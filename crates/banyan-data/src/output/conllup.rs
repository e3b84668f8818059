//! CoNLL-U Plus: a sentence a row, a line a word.

use std::io::Write;

use banyan_text::conll::{Writer, column_names};

use super::cells::spelled;
use super::{OutputColumn, OutputValues, Shortest};

pub(super) fn write(writer: &mut impl Write, columns: &[&OutputColumn], rows: usize) -> Result<(), String> {
    let (lists, comments): (Vec<&OutputColumn>, Vec<&OutputColumn>) =
        columns.iter().partition(|column| matches!(column.values, OutputValues::Lists(_)));
    let [words, labels @ ..] = lists.as_slice() else {
        return Err("no column holds words; write a .csv, .jsonl or .parquet file".to_owned());
    };
    let names = column_names(labels.iter().map(|column| column.name.as_str()))
        .map_err(|twice| format!("two columns would be named {twice}; give one of the tasks another name"))?;
    let mut writer = Writer::new(writer, &names);
    for row in 0..rows {
        let comments = comments.iter().filter_map(|column| Some((column.name.as_str(), comment(column, row)?)));
        let forms = list(words, row);
        // A row without words is written as one word.
        let count = forms.len().max(1);
        if let Some(odd) = labels.iter().find(|column| ![0, count].contains(&list(column, row).len())) {
            return Err(format!(
                "\"{}\" has {} labels in row {} where \"{}\" has {count} words; write a .jsonl or .parquet file",
                odd.name,
                list(odd, row).len(),
                row + 1,
                words.name,
            ));
        }
        let labels: Vec<&[String]> = labels.iter().map(|column| list(column, row)).collect();
        writer.write(comments, forms, &labels).map_err(|cause| cause.to_string())?;
    }
    writer.finish().map_err(|cause| cause.to_string())
}

/// What a comment says of a row, where anything is known.
fn comment(column: &OutputColumn, row: usize) -> Option<String> {
    match &column.values {
        OutputValues::Numbers(values) => values[row].is_finite().then(|| Shortest(values[row]).to_string()),
        OutputValues::Texts(values) => Some(values[row].clone()).filter(|text| !text.is_empty()),
        OutputValues::Cells(column) => spelled(column.cell(row), |members| members.join(" ")),
        OutputValues::Lists(_) | OutputValues::Frames(_) => None,
    }
}

fn list(column: &OutputColumn, row: usize) -> &[String] {
    if let OutputValues::Lists(values) = &column.values { &values[row] } else { &[] }
}
