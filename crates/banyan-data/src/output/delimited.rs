//! CSV and TSV.

use std::io::Write;

use super::cells::spelled;
use super::{OutputColumn, OutputValues, Shortest};
use crate::table::Cell;

/// What may stand between the members of a list, the first that no member holds.
const SEPARATORS: [&str; 4] = [";", "|", ",", " / "];

pub(super) fn write(writer: &mut impl Write, delimiter: u8, columns: &[&OutputColumn], rows: usize) -> Result<(), String> {
    let separators = columns.iter().map(|column| separator(column)).collect::<Result<Vec<&str>, String>>()?;
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(writer);
    let mut record: Vec<String> = columns.iter().map(|column| column.name.to_owned()).collect();
    writer.write_record(&record).map_err(|cause| cause.to_string())?;
    for row in 0..rows {
        record.clear();
        record.extend(columns.iter().zip(&separators).map(|(column, separator)| match &column.values {
            OutputValues::Numbers(values) if values[row].is_finite() => Shortest(values[row]).to_string(),
            OutputValues::Numbers(_) => String::new(),
            OutputValues::Texts(values) => values[row].clone(),
            OutputValues::Lists(values) => values[row].join(separator),
            OutputValues::Cells(cells) => spelled(cells.cell(row), separator).unwrap_or_default(),
            OutputValues::Frames(_) => unreachable!("frames are written as lists"),
        }));
        writer.write_record(&record).map_err(|cause| cause.to_string())?;
    }
    writer.flush().map_err(|cause| cause.to_string())
}

fn separator(column: &OutputColumn) -> Result<&'static str, String> {
    let members: Vec<&[String]> = match &column.values {
        OutputValues::Lists(lists) => lists.iter().map(Vec::as_slice).collect(),
        OutputValues::Cells(cells) => {
            cells.cells().filter_map(|cell| if let Cell::Texts(list) = cell { Some(list) } else { None }).collect()
        }
        _ => return Ok(""),
    };
    let free = |separator: &&str| !members.iter().copied().flatten().any(|member| member.contains(separator));
    SEPARATORS.into_iter().find(free).ok_or_else(|| {
        format!("the labels of \"{}\" hold every separator that a cell could have; write a .jsonl or .parquet file", column.name)
    })
}
