//! CoNLL-U Plus: a sentence a row, a line a word.

use std::io::Write;

use super::{OutputColumn, OutputValues, Shortest};

/// What stands for a word without a value.
const NOTHING: &str = "_";

pub(super) fn write(writer: &mut impl Write, columns: &[OutputColumn<'_>], rows: usize) -> Result<(), String> {
    let (lists, comments): (Vec<&OutputColumn<'_>>, Vec<&OutputColumn<'_>>) =
        columns.iter().partition(|column| matches!(column.values, OutputValues::Lists(_)));
    let [words, labels @ ..] = lists.as_slice() else {
        return Err("no column holds words; write a .csv, .jsonl or .parquet file".to_owned());
    };
    let names: Vec<String> = labels.iter().map(|column| name_of(column)).collect();
    if let Some(twice) =
        names.iter().enumerate().find(|(place, name)| ["ID", "FORM"].contains(&name.as_str()) || names[..*place].contains(name))
    {
        return Err(format!("two columns would be named {}; give one of the tasks another name", twice.1));
    }
    let mut lines = format!("# global.columns = ID FORM{}\n", names.iter().map(|name| format!(" {name}")).collect::<String>());
    for row in 0..rows {
        for column in &comments {
            let value = match column.values {
                OutputValues::Numbers(values) if values[row].is_finite() => Shortest(values[row]).to_string(),
                OutputValues::Texts(values) if !values[row].is_empty() => cell(&values[row]),
                OutputValues::Numbers(_) | OutputValues::Texts(_) | OutputValues::Lists(_) | OutputValues::Frames(_) => continue,
            };
            // The probability `task=class` is not to be read as the value of `task`.
            lines.push_str(&format!("# {} = {value}\n", column.name.replace(char::is_whitespace, NOTHING).replace('=', ":")));
        }
        // A row without words is a sentence all the same: the next one would take its place.
        let unknown = [String::new()];
        let forms = if list(words, row).is_empty() { unknown.as_slice() } else { list(words, row) };
        if let Some(odd) = labels.iter().find(|column| ![0, forms.len()].contains(&list(column, row).len())) {
            return Err(format!(
                "\"{}\" has {} labels in row {} where \"{}\" has {} words; write a .jsonl or .parquet file",
                odd.name,
                list(odd, row).len(),
                row + 1,
                words.name,
                forms.len()
            ));
        }
        for (word, form) in forms.iter().enumerate() {
            lines.push_str(&format!("{}\t{}", word + 1, cell(form)));
            for column in labels {
                lines.push_str(&format!("\t{}", cell(list(column, row).get(word).map_or("", String::as_str))));
            }
            lines.push('\n');
        }
        lines.push('\n');
        writer.write_all(lines.as_bytes()).map_err(|cause| cause.to_string())?;
        lines.clear();
    }
    writer.write_all(lines.as_bytes()).map_err(|cause| cause.to_string())
}

/// A column's name as the format has it, and the reader turns it back.
fn name_of(column: &OutputColumn<'_>) -> String {
    match column.name {
        "lemmas" => "LEMMA".to_owned(),
        name => name.to_uppercase().replace(char::is_whitespace, NOTHING),
    }
}

fn list<'a>(column: &OutputColumn<'a>, row: usize) -> &'a [String] {
    if let OutputValues::Lists(values) = column.values { &values[row] } else { &[] }
}

/// A value in a cell: nothing is written as such, and tabs and line breaks, which would part it, as spaces.
fn cell(text: &str) -> String {
    if text.is_empty() { NOTHING.to_owned() } else { text.replace(['\t', '\n', '\r'], " ") }
}
