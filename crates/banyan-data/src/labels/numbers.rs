//! What kinds whose label is a number share. A number is encoded by one value, which is 0 where the number is not known.

use super::{Encoded, Source, Task};
use crate::error::Error;
use crate::infer::PLAIN_NUMBER;
use crate::moments::Moments;
use crate::number_format::NumberFormat;
use crate::read::in_format;
use crate::report::{Note, TargetReport};
use crate::standardize;
use crate::table::Cell;
use crate::value::{is_quantity, short_number};
use crate::values::Values;

/// What is to be done with a label that is too large.
const OUT_OF_RANGE: &str = "correct it, or give the label in another unit";

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
            let hint = match task.cell(row) {
                Cell::Text(text) if is_quantity(text) => PLAIN_NUMBER,
                // Digits that are too many, where others write the word.
                Cell::Text(text) if problem.ends_with("infinite") && text.contains(|character: char| character.is_ascii_digit()) => {
                    OUT_OF_RANGE
                }
                _ => hint(&problem),
            };
            task.cell_error(row, problem, hint)
        })?;
        if let Some(value) = value {
            if !standardize::is_single(value) {
                let problem =
                    format!("{} is out of range: a label that is a number is at most 3.4e38, in single precision", short_number(value));
                return Err(task.cell_error(row, problem, OUT_OF_RANGE));
            }
            moments.add(value);
            values.push(value);
        }
    }
    if values.is_empty() {
        return Err(task.no_labels());
    }
    if moments.is_constant() {
        return Err(task.error(
            format!("all {} training labels are {}", values.len(), short_number(moments.mean())),
            "there is nothing to learn; leave the task out",
        ));
    }
    Ok((moments, values, format))
}

/// Encodes numbers, written in a format, as what `scaled` makes of them. One that single precision does not hold is not known; the report
/// counts them.
pub(super) fn encode(
    source: &Source<'_>,
    (format, read): (&NumberFormat, impl Fn(Cell<'_>, &NumberFormat) -> Result<Option<f64>, String>),
    scaled: impl Fn(f64) -> f64,
    report: &mut TargetReport,
) -> Result<Encoded, Error> {
    let mut beyond = Note::new(["label is", "labels are"], "out of the range of single precision, and left out");
    let (mut known, mut values) = (Vec::with_capacity(source.rows.len()), Vec::with_capacity(source.rows.len()));
    let column = source.table.find(source.column);
    for &row in source.rows {
        let value =
            column.map_or(Ok(None), |column| in_format(column, row, format, &read)).map_err(|problem| source.misfit(row, problem))?;
        let label = value.and_then(|value| standardize::label(scaled(value)).filter(|_| standardize::is_single(value)));
        if let (Some(value), None) = (value, label) {
            beyond.add(&short_number(value));
        }
        known.push(label.is_some());
        values.push(label.unwrap_or(0.0));
    }
    report.note(beyond);
    Ok(Encoded { known, values: Values::numbers(1, values).into() })
}

/// So many rows without a number.
pub(super) fn unknown(rows: usize) -> Values {
    Values::numbers(1, vec![0.0; rows])
}
