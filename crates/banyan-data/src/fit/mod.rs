//! What preprocessing learns, from the training rows only.

mod frames;
mod input;
mod lemmas;
mod media;
mod pretrained;
mod tags;
mod target;
mod task;
mod tokens;

use crate::config::{InputConfig, InputKind, OnBadRow, TargetConfig};
use crate::error::{Error, Mend};
use crate::infer;
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
        let mend = match inferred.kind {
            // An infinity is a wrong number, not a word.
            Some(other) if other != kind && !problem.ends_with("is infinite") => {
                Mend::new(format!("type = \"{}\" would fit the column", other.name()))
            }
            _ => Mend::new("mend the cell, or leave it empty"),
        };
        Error::Cell { place: self.table.place(row, Some(&self.column.name)), problem, mend }
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
        let targets = targets
            .iter()
            .map(|(name, config)| {
                let column = table.column(&config.column)?;
                let details = target::fit(Rows { table, rows, column }, name, config, inputs)?;
                Ok(TargetSchema { name: name.clone(), column: config.column.clone(), details })
            })
            .collect::<Result<_, Error>>()?;
        Ok(Self { inputs: fitted, targets })
    }
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
    Whole { problem: String, mend: Mend },
}

impl Problem {
    fn whole(problem: impl Into<String>, mend: impl Into<String>) -> Self {
        Self::Whole { problem: problem.into(), mend: Mend::new(mend) }
    }

    fn about(self, input: &str) -> Error {
        match self {
            Self::Placed(error) => error,
            Self::Whole { problem, mend } => Error::Input { input: input.to_owned(), problem, mend },
        }
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        Self::Placed(error)
    }
}

type Fitted = Result<InputDetails, Problem>;

/// Mean and deviation by running updates (Welford 1962), which lose nothing to a large mean.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Moments {
    count: f64,
    mean: f64,
    squares: f64,
}

impl Moments {
    pub(crate) fn add(&mut self, value: f64) {
        self.count += 1.0;
        let before = value - self.mean;
        self.mean += before / self.count;
        self.squares += before * (value - self.mean);
    }

    pub(crate) fn mean(&self) -> f64 {
        self.mean
    }

    /// The deviation over the rows; 1 where it is nothing but rounding.
    pub(crate) fn deviation(&self) -> f64 {
        let deviation = (self.squares / self.count.max(1.0)).sqrt();
        if self.is_constant() { 1.0 } else { deviation }
    }

    pub(crate) fn is_constant(&self) -> bool {
        let deviation = (self.squares / self.count.max(1.0)).sqrt();
        // Written so that an overflow to NaN counts as constant, too.
        !(deviation.is_finite() && deviation > 1e-12 * self.mean.abs())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_of_known_values() {
        let mut moments = Moments::default();
        for value in [1e9 + 1.0, 1e9 + 2.0, 1e9 + 3.0] {
            moments.add(value);
        }
        assert_eq!(moments.mean(), 1e9 + 2.0);
        assert!((moments.deviation() - (2f64 / 3.0).sqrt()).abs() < 1e-6);
        let mut constant = Moments::default();
        for _ in 0..10 {
            constant.add(0.1);
        }
        assert_eq!(constant.deviation(), 1.0);
    }
}
