//! What preprocessing learns, from the training rows only.

mod input;
mod media;
mod pretrained;
mod tokens;

use crate::config::{InputConfig, InputKind, OnBadRow, TargetConfig};
use crate::error::{Error, Hint};
use crate::infer;
use crate::labels::{Task, TaskInput};
use crate::schema::{InputDetails, InputSchema, Schema, TargetSchema};
use crate::table::{Cell, Column, Table};

/// The training rows of one column.
#[derive(Clone, Copy)]
pub(crate) struct Rows<'a> {
    pub(crate) table: &'a Table,
    pub(crate) rows: &'a [usize],
    pub(crate) column: &'a Column,
}

impl<'a> Rows<'a> {
    /// The cells.
    fn cells(self) -> impl Iterator<Item = Cell<'a>> {
        self.rows.iter().map(move |row| self.column.cell(*row))
    }

    /// The error of a cell that does not fit `kind`, with the kind that would.
    pub(crate) fn misfit(&self, row: usize, kind: InputKind, problem: String) -> Error {
        let inferred = infer::infer_input(self.table, self.column);
        let hint = match inferred.kind {
            // An infinity is a wrong number, not a word.
            Some(other) if other != kind && !problem.ends_with("is infinite") => {
                Hint::new(format!("type = \"{}\" would fit the column", other.name()))
            }
            _ => Hint::new("fix the cell, or leave it empty"),
        };
        Error::Cell { place: self.table.place(row, Some(&self.column.name)), problem, hint }
    }
}

impl Schema {
    /// Learns from the given rows of a table: vocabularies, means and deviations, sizes. `inputs` and `targets` are
    /// names with their configuration, in the order in which batches will hold them.
    ///
    /// # Errors
    /// Fewer than two rows, a column that the table lacks, a cell that does not fit its type (with the type that
    /// would), an input without a value, a task without labels or with one class only, a class for each row, more
    /// than two classes of a binary task, infinities, labels of words that are not as many as the words or whose input is
    /// not there, a head that is not the number of another word, and, where `bad` says so, an unreadable file.
    pub fn fit(
        table: &Table,
        rows: &[usize],
        inputs: &[(String, InputConfig)],
        targets: &[(String, TargetConfig)],
        bad: OnBadRow,
    ) -> Result<Self, Error> {
        if rows.len() < 2 {
            return Err(Error::TooFewRows { table: table.name(), rows: rows.len() });
        }
        let fitted = inputs.iter().map(|(name, config)| fit_input(table, rows, name, config, bad)).collect::<Result<_, _>>()?;
        let seen: Vec<TaskInput> = inputs.iter().map(|(name, config)| as_tasks_see(name, config)).collect();
        let targets = targets
            .iter()
            .map(|(name, config)| {
                let task = Task { table, rows, column: table.column(&config.column)?, name, config, inputs: &seen };
                Ok(TargetSchema { name: name.clone(), column: config.column.clone(), details: config.kind.kind().fit(&task)? })
            })
            .collect::<Result<_, Error>>()?;
        Ok(Self { inputs: fitted, targets })
    }
}

/// What a task knows of an input.
fn as_tasks_see(name: &str, config: &InputConfig) -> TaskInput {
    let column = config.column.clone().unwrap_or_else(|| name.to_owned());
    TaskInput { name: name.to_owned(), column, has_words: config.kind == InputKind::Tokens }
}

fn fit_input(table: &Table, rows: &[usize], name: &str, config: &InputConfig, bad: OnBadRow) -> Result<InputSchema, Error> {
    let column_name = config.column.as_deref().unwrap_or(name);
    let column = Rows { table, rows, column: table.column(column_name)? };
    let details = match config.kind {
        InputKind::Number => input::number(column),
        InputKind::Category => input::category(column, config),
        InputKind::Set => input::set(column, config),
        InputKind::Date => input::date(column),
        InputKind::Vector => input::vector(column),
        InputKind::Text => input::text(column, config),
        InputKind::Tokens => tokens::tokens(column, config),
        InputKind::Image => media::image(column, config, bad),
        InputKind::Audio => media::audio(column, config, bad),
    }
    .map_err(|problem| problem.about(name))?;
    Ok(InputSchema { name: name.to_owned(), column: column_name.to_owned(), details })
}

/// A problem of one cell, which knows its place, or of the input as a whole, which has yet to be named.
pub(crate) enum Problem {
    Placed(Error),
    Whole { problem: String, hint: Hint },
}

impl Problem {
    fn whole(problem: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Whole { problem: problem.into(), hint: Hint::new(hint) }
    }

    fn about(self, input: &str) -> Error {
        match self {
            Self::Placed(error) => error,
            Self::Whole { problem, hint } => Error::Input { input: input.to_owned(), problem, hint },
        }
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        Self::Placed(error)
    }
}

type Fitted = Result<InputDetails, Problem>;
