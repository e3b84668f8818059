//! CSV and TSV.

use std::io::Write;

use super::cells::spelled;
use super::{OutputColumn, OutputValues, Shortest};
use crate::table::Cell;

/// What stands between the members of a list whose every member is plain.
const SEPARATOR: &str = ";";

pub(super) fn write(writer: &mut impl Write, delimiter: u8, columns: &[&OutputColumn], rows: usize) -> Result<(), String> {
    let are_plain: Vec<bool> = columns.iter().map(|column| has_plain_members(column)).collect();
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(writer);
    let mut record: Vec<String> = columns.iter().map(|column| column.name.to_owned()).collect();
    writer.write_record(&record).map_err(|cause| cause.to_string())?;
    for row in 0..rows {
        record.clear();
        record.extend(columns.iter().zip(&are_plain).map(|(column, are_plain)| match &column.values {
            OutputValues::Numbers(values) if values[row].is_finite() => Shortest(values[row]).to_string(),
            OutputValues::Numbers(_) => String::new(),
            OutputValues::Texts(values) => values[row].clone(),
            OutputValues::Lists(values) => list(&values[row], *are_plain),
            OutputValues::Cells(cells) => spelled(cells.cell(row), |members| list(members, *are_plain)).unwrap_or_default(),
            OutputValues::Frames(_) => unreachable!("frames are written as lists"),
        }));
        writer.write_record(&record).map_err(|cause| cause.to_string())?;
    }
    writer.flush().map_err(|cause| cause.to_string())
}

/// A list as the readers of tables read it: `a;b` where all lists of the column may be written so, else as in JSON. The empty list is `[]`,
/// since an empty cell is an unknown one.
fn list(members: &[String], are_plain: bool) -> String {
    match (members, are_plain) {
        ([_, ..], true) => members.join(SEPARATOR),
        ([], _) | (_, false) => serde_json::Value::from(members).to_string(),
    }
}

/// Whether no member of a column's lists needs quotes.
fn has_plain_members(column: &OutputColumn) -> bool {
    let is_mark = |character: char| ";|,[](){}'\"".contains(character) || character.is_whitespace();
    let are_plain = |members: &[String]| members.iter().all(|member| !member.is_empty() && !member.contains(is_mark));
    match &column.values {
        OutputValues::Lists(lists) => lists.iter().all(|members| are_plain(members)),
        OutputValues::Cells(cells) => cells.cells().all(|cell| if let Cell::Texts(members) = cell { are_plain(members) } else { true }),
        OutputValues::Numbers(_) | OutputValues::Texts(_) | OutputValues::Frames(_) => true,
    }
}
