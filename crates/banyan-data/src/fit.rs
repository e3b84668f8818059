//! What preprocessing learns, from the training rows only.

use crate::config::OnBadRow;
use crate::dataset::parallel;
use crate::error::{Error, Hint};
use crate::infer;
use crate::inputs::{InputConfig, Problem};
use crate::labels::TargetConfig;
use crate::labels::{Task, TaskInput};
use crate::rows::Rows;
use crate::schema::{InputSchema, Schema, TargetSchema};
use crate::table::Table;

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
        let fitted = parallel::each(inputs, |(name, config)| fit_input(table, rows, name, config, bad));
        let fitted = fitted.into_iter().collect::<Result<Vec<InputSchema>, _>>()?;
        let seen: Vec<TaskInput> = fitted.iter().map(as_tasks_see).collect();
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
        Ok(Self { inputs: fitted, targets })
    }
}

/// What a task knows of an input.
fn as_tasks_see(input: &InputSchema) -> TaskInput {
    let fitted = input.details.input();
    TaskInput { name: input.name.clone(), column: input.column.clone(), has_words: fitted.has_words(), canvas: fitted.canvas() }
}

fn fit_input(table: &Table, rows: &[usize], name: &str, config: &InputConfig, bad: OnBadRow) -> Result<InputSchema, Error> {
    let wrong = |problem: String, hint| Error::Input { input: name.to_owned(), problem, hint };
    config.settings.check().map_err(|error| wrong(error.to_string(), Hint::default()))?;
    let rows = Rows { table, rows, column: table.column(config.column(name))? };
    let details = config.settings.input().fit(rows, bad).map_err(|problem| match problem {
        Problem::Cell(misfit) => infer::misfit(table, rows.column, config.kind(), misfit),
        Problem::Whole { problem, hint } => wrong(problem, hint),
        Problem::Other(error) => error,
    })?;
    rows.column.release();
    Ok(InputSchema { name: name.to_owned(), column: rows.column.name.clone(), details })
}
