//! What kinds whose label is a number share. A number is encoded by one value, which is 0 where the number is not known.

use super::{Encoded, Source, Task};
use crate::error::Error;
use crate::moments::Moments;
use crate::number_format::NumberFormat;
use crate::table::Cell;
use crate::value::format_number;
use crate::values::Values;

/// Reads the training labels, of which there must be some, and different ones, and finds how the column writes them. `hint` says what to do about a cell that cannot be read.
pub(super) fn fit(
    task: &Task<'_>,
    read: impl Fn(Cell<'_>, &NumberFormat) -> Result<Option<f64>, String>,
    hint: impl Fn(&str) -> &'static str,
) -> Result<(Moments, Vec<f64>, NumberFormat), Error> {
    let format = task.table.number_format(task.column);
    let (mut moments, mut values) = (Moments::default(), Vec::new());
    for &row in task.rows {
        let value = read(task.cell(row), &format).map_err(|problem| {
            let hint = hint(&problem);
            task.cell_error(row, problem, hint)
        })?;
        if let Some(value) = value {
            moments.add(value);
            values.push(value);
        }
    }
    if values.is_empty() {
        return Err(task.no_labels());
    }
    if moments.is_constant() {
        return Err(task.error(
            format!("all {} training labels are {}", values.len(), format_number(moments.mean())),
            "there is nothing to learn; leave the task out",
        ));
    }
    Ok((moments, values, format))
}

/// Encodes numbers, written in a format, as what `scaled` makes of them.
pub(super) fn encode(
    source: &Source<'_>,
    format: &NumberFormat,
    read: impl Fn(Cell<'_>, &NumberFormat) -> Result<Option<f64>, String>,
    scaled: impl Fn(f64) -> f64,
) -> Result<Encoded, Error> {
    let (mut known, mut values) = (Vec::with_capacity(source.rows.len()), Vec::with_capacity(source.rows.len()));
    for (row, cell) in source.cells() {
        let value = read(cell, format).map_err(|problem| source.misfit(row, problem))?;
        known.push(value.is_some());
        values.push(value.map_or(0.0, |value| scaled(value) as f32));
    }
    Ok(Encoded { known, values: Values::numbers(1, values).into() })
}

/// So many rows without a number.
pub(super) fn unknown(rows: usize) -> Values {
    Values::numbers(1, vec![0.0; rows])
}
