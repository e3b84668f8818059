//! JSON Lines: one object a row, keys in the order of the columns.

use std::io::Write;

use super::cells::json;
use super::{OutputColumn, OutputValues, Shortest};

pub(super) fn write(writer: &mut impl Write, columns: &[&OutputColumn], rows: usize) -> Result<(), String> {
    let names: Vec<String> = columns.iter().map(|column| text(&column.name)).collect();
    for row in 0..rows {
        let cells: Vec<String> = columns
            .iter()
            .zip(&names)
            .map(|(column, name)| {
                let value = match &column.values {
                    OutputValues::Numbers(values) if values[row].is_finite() => Shortest(values[row]).to_string(),
                    OutputValues::Numbers(_) => "null".to_owned(),
                    OutputValues::Texts(values) => text(&values[row]),
                    OutputValues::Lists(values) => {
                        let members: Vec<String> = values[row].iter().map(|member| text(member)).collect();
                        format!("[{}]", members.join(", "))
                    }
                    OutputValues::Frames(values) => values[row].json(),
                    OutputValues::Cells(column) => json(column.cell(row)),
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
