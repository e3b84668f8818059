//! What preprocessing learns, from the training rows only.

use crate::config::OnBadRow;
use crate::dataset::parallel;
use crate::error::{Error, Hint};
use crate::infer;
use crate::inputs::{Fitting, InputConfig, InputDetails, InputKind, Problem};
use crate::labels::TargetConfig;
use crate::labels::{Task, TaskInput};
use crate::rows::Rows;
use crate::schema::{InputSchema, Schema, TargetSchema};
use crate::table::Table;
use rayon::prelude::*;

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
        Self::fit_checked(table, rows, inputs, targets, bad, |_| Ok(()))
    }

    /// Learns as [`fit`](Self::fit) does, and asks `check` whether to go on before image and audio files are decoded: what it is given
    /// has the sizes of everything, and of such inputs no means yet. Without such inputs it is not asked.
    ///
    /// # Errors
    /// As [`fit`](Self::fit), and what `check` says.
    pub fn fit_checked<E: From<Error>>(
        table: &Table,
        rows: &[usize],
        inputs: &[(String, InputConfig)],
        targets: &[(String, TargetConfig)],
        bad: OnBadRow,
        check: impl FnOnce(&Self) -> Result<(), E>,
    ) -> Result<Self, E> {
        if rows.len() < 2 {
            return Err(Error::TooFewRows { table: table.name(), rows: rows.len() }.into());
        }
        let begun = parallel::each(inputs, |(name, config)| InputFit::begin(table, rows, name, config, bad));
        let begun = begun.into_iter().collect::<Result<Vec<InputFit<'_>>, _>>()?;
        let seen: Vec<TaskInput> = begun.iter().map(|input| as_tasks_see(&input.sizes())).collect();
        let targets = targets
            .iter()
            .map(|(name, config)| {
                let wrong = |problem: String| Error::Task { task: name.clone(), problem, hint: Hint::default() };
                config.settings.check().map_err(|error| wrong(error.to_string()))?;
                let task = Task { table, rows, column: table.column(&config.column)?, name, config, inputs: &seen };
                let details = config.kind().kind().fit(&task)?;
                task.column.release();
                Ok(TargetSchema { name: name.clone(), column: config.column.clone(), details })
            })
            .collect::<Result<_, Error>>()?;
        let mut schema = Self { inputs: Vec::new(), targets };
        if begun.iter().any(|input| input.fitting.decodes()) {
            schema.inputs = begun.iter().map(InputFit::sizes).collect();
            check(&schema)?;
        }
        schema.inputs = begun.into_par_iter().map(InputFit::finish).collect::<Vec<_>>().into_iter().collect::<Result<_, Error>>()?;
        Ok(schema)
    }
}

/// What a task knows of an input.
fn as_tasks_see(input: &InputSchema) -> TaskInput {
    let fitted = input.details.input();
    TaskInput { name: input.name.clone(), column: input.column.clone(), has_words: fitted.has_words(), canvas: fitted.canvas() }
}

/// An input that is being learned of.
struct InputFit<'a> {
    rows: Rows<'a>,
    name: &'a str,
    kind: InputKind,
    fitting: Fitting<'a>,
}

impl<'a> InputFit<'a> {
    /// Learns what is known before a file is decoded.
    fn begin(table: &'a Table, rows: &'a [usize], name: &'a str, config: &InputConfig, bad: OnBadRow) -> Result<Self, Error> {
        let wrong = |problem: String| Error::Input { input: name.to_owned(), problem, hint: Hint::default() };
        config.settings.check().map_err(|error| wrong(error.to_string()))?;
        let rows = Rows { table, rows, column: table.column(config.column(name))? };
        let kind = config.kind();
        let fitting = config.settings.input().fit(rows, bad).map_err(|problem| error_of(problem, rows, name, kind))?;
        if !fitting.decodes() {
            rows.column.release();
        }
        Ok(Self { rows, name, kind, fitting })
    }

    /// What is known by now.
    fn sizes(&self) -> InputSchema {
        schema(self.name, self.rows, self.fitting.details().clone())
    }

    /// Learns the rest.
    fn finish(self) -> Result<InputSchema, Error> {
        let Self { rows, name, kind, fitting } = self;
        let decodes = fitting.decodes();
        let details = fitting.finish().map_err(|problem| error_of(problem, rows, name, kind))?;
        if decodes {
            rows.column.release();
        }
        Ok(schema(name, rows, details))
    }
}

fn schema(name: &str, rows: Rows<'_>, details: InputDetails) -> InputSchema {
    InputSchema { name: name.to_owned(), column: rows.column.name.clone(), details }
}

fn error_of(problem: Problem, rows: Rows<'_>, input: &str, kind: InputKind) -> Error {
    match problem {
        Problem::Cell(misfit) => infer::misfit(rows.table, rows.column, kind, misfit),
        Problem::Whole { problem, hint } => Error::Input { input: input.to_owned(), problem, hint },
        Problem::Other(error) => error,
    }
}
