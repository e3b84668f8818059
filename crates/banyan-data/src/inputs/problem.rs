//! Why an input cannot be learned from, or a cell not be read.

use crate::error::{Error, Hint};
use crate::rows::Rows;
use crate::table::Cell;

/// A cell that does not fit its input.
pub(crate) struct Misfit {
    /// The row of the table.
    pub(crate) row: usize,
    /// What is wrong, beginning with what the cell holds.
    pub(crate) problem: String,
}

/// Why nothing can be learned of an input.
pub(crate) enum Problem {
    /// A cell that does not fit.
    Cell(Misfit),
    /// Something about the input as a whole.
    Whole { problem: String, hint: Hint },
    /// What is an error of its own, with its place.
    Other(Error),
}

impl Problem {
    pub(super) fn whole(problem: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Whole { problem: problem.into(), hint: Hint::new(hint) }
    }
}

impl From<Misfit> for Problem {
    fn from(misfit: Misfit) -> Self {
        Self::Cell(misfit)
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        Self::Other(error)
    }
}

/// Calls `take` with the value of each row that has one, of which there must be some.
pub(super) fn each_present<'a, T>(
    rows: Rows<'a>,
    read: impl Fn(Cell<'a>) -> Result<Option<T>, String>,
    mut take: impl FnMut(T),
) -> Result<(), Problem> {
    let mut is_empty = true;
    for &row in rows.rows {
        if let Some(value) = read(rows.column.cell(row)).map_err(|problem| Misfit { row, problem })? {
            is_empty = false;
            take(value);
        }
    }
    if is_empty { Err(nothing(rows)) } else { Ok(()) }
}

/// The values of the rows that have one, each with its row.
pub(super) fn present<'a, T>(rows: Rows<'a>, read: impl Fn(Cell<'a>) -> Result<Option<T>, String>) -> Result<Vec<(usize, T)>, Problem> {
    let mut values = Vec::with_capacity(rows.rows.len());
    for &row in rows.rows {
        let value = read(rows.column.cell(row)).map_err(|problem| Misfit { row, problem })?;
        values.extend(value.map(|value| (row, value)));
    }
    if values.is_empty() { Err(nothing(rows)) } else { Ok(values) }
}

/// The problem of a column without a value.
pub(super) fn nothing(rows: Rows<'_>) -> Problem {
    Problem::whole(
        format!("column \"{}\" is empty in every training row", rows.column.name),
        "leave the input out, or train on rows that have it",
    )
}
