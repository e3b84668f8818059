//! What kind of input or task a column looks like, with the reason.
//!
//! Guesses are shown to the user and can be overridden; they are made to be read and corrected, so each is one
//! rule that a sentence can explain.

pub(crate) mod candidate;
mod input;
mod parts;
pub(crate) mod profile;
pub(crate) mod rule;
pub(crate) mod sentences;

use crate::dataset::parallel;
use crate::error::{Error, Hint};
use crate::inputs::{InputKind, Misfit};
use crate::labels::{Candidate, in_order_of_inference};
use crate::table::{Cell, Column, Table};
use crate::value::is_quantity;

pub use crate::labels::InferredTask;

/// What a column looks like as an input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InferredInput {
    /// The column's name.
    pub column: String,
    /// The kind; `None` for a column that is better left out.
    pub kind: Option<InputKind>,
    /// Why, in a few words for the user.
    pub reason: String,
}

/// What each column looks like as an input, those of the tasks left out.
pub fn infer_inputs(table: &Table, tasks: &[String]) -> Vec<InferredInput> {
    let columns: Vec<&Column> = table.columns.iter().filter(|column| !tasks.contains(&column.name)).collect();
    parallel::each(&columns, |column| infer_input(table, column))
}

/// What one column looks like as an input.
pub fn infer_input(table: &Table, column: &Column) -> InferredInput {
    let (kind, reason) = input::infer(table, column);
    InferredInput { column: column.name.clone(), kind, reason }
}

/// The error of a cell that does not fit `kind`, with the kind that would.
pub(crate) fn misfit(table: &Table, column: &Column, kind: InputKind, misfit: Misfit) -> Error {
    if is_quantity_for_number(column, &misfit) {
        return misfit_of_cell(table, column, misfit);
    }
    match infer_input(table, column).kind {
        // An infinity is a wrong number, not a word.
        Some(other) if other != kind && !misfit.problem.ends_with("is infinite") => {
            let hint = Hint::new(format!("type = \"{}\" would fit the column", other.name()));
            Error::Cell { place: table.place(misfit.row, Some(&column.name)), problem: misfit.problem, hint }
        }
        _ => misfit_of_cell(table, column, misfit),
    }
}

/// The error of a cell that does not fit, where the kind of the column is not in question.
pub(crate) fn misfit_of_cell(table: &Table, column: &Column, misfit: Misfit) -> Error {
    let hint = if is_quantity_for_number(column, &misfit) { PLAIN_NUMBER } else { "fix the cell, or leave it empty" };
    let Misfit { row, problem } = misfit;
    Error::Cell { place: table.place(row, Some(&column.name)), problem, hint: Hint::new(hint) }
}

/// What is to be done with a number that has a mark or a unit which the rest of its column does not have.
pub(crate) const PLAIN_NUMBER: &str = "write the number alone, in the unit of the whole column";

/// Whether a cell that should be a number is one to a person alone: `~53`, `27k`.
fn is_quantity_for_number(column: &Column, misfit: &Misfit) -> bool {
    misfit.problem.ends_with("is not a number") && matches!(column.cell(misfit.row), Cell::Text(text) if is_quantity(text))
}

/// What a column looks like as a task.
///
/// # Errors
/// No such column; an empty one; one with a single value; one whose values no task can be made of.
pub fn infer_task(table: &Table, column: &str) -> Result<InferredTask, Error> {
    let candidate = Candidate::new(table, table.column(column)?);
    let refusal = 'asked: {
        for kind in in_order_of_inference() {
            match kind.infer(&candidate) {
                Ok(Some(task)) => return Ok(task),
                Ok(None) => {}
                Err(refusal) => break 'asked refusal,
            }
        }
        candidate.refusal()
    };
    let problem = format!("{} in {}", refusal.problem, table.name());
    Err(Error::Task { task: column.to_owned(), problem, hint: Hint::new(refusal.hint) })
}
