//! JSON Lines: one object a row, keys in the order of the columns.

use std::io::Write;

use super::cells::{CellType, json};
use super::{OutputColumn, OutputValues, Shortest};
use crate::table::Cell;
use crate::value::format_number;

pub(super) fn write(writer: &mut impl Write, columns: &[&OutputColumn], rows: usize) -> Result<(), String> {
    let names: Vec<String> = columns.iter().map(|column| text(&column.name)).collect();
    // A column of texts stays one, where some of them spell numbers.
    let is_of_texts = |column: &OutputColumn| match &column.values {
        OutputValues::Cells(cells) => cells.is_of_texts() && CellType::of(cells) == CellType::Texts,
        _ => false,
    };
    let are_texts: Vec<bool> = columns.iter().map(|column| is_of_texts(column)).collect();
    for row in 0..rows {
        let cells: Vec<String> = columns
            .iter()
            .zip(&names)
            .zip(&are_texts)
            .map(|((column, name), is_of_texts)| {
                let value = match &column.values {
                    OutputValues::Numbers(values) if values[row].is_finite() => Shortest(values[row]).to_string(),
                    OutputValues::Numbers(_) => "null".to_owned(),
                    OutputValues::Texts(values) => text(&values[row]),
                    OutputValues::Lists(values) => {
                        let members: Vec<String> = values[row].iter().map(|member| text(member)).collect();
                        format!("[{}]", members.join(", "))
                    }
                    OutputValues::Frames(values) => values[row].json(),
                    OutputValues::Cells(column) => match column.cell(row) {
                        Cell::Number(value) if *is_of_texts => text(&format_number(value)),
                        cell => json(cell),
                    },
                };
                format!("{name}: {value}")
            })
            .collect();
        writeln!(writer, "{{{}}}", cells.join(", ")).map_err(|cause| cause.to_string())?;
    }
    Ok(())
}

/// A text as JSON.
pub(super) fn text(value: &str) -> String {
    serde_json::Value::from(value).to_string()
}
