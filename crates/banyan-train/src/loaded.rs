//! A finished run, to evaluate and to predict with.

use crate::config::Config;
use crate::error::TrainError;
use crate::evaluation::Evaluation;
use crate::memory;
use crate::observer::Silent;
use crate::outputs::{Runner, append};
use crate::pipeline::{self, Tables};
use crate::predictions::Predictions;
use crate::registry;
use crate::run::RunFolder;
use banyan_data::dataset::{Dataset, EncodeOptions, Report};
use banyan_data::schema::Schema;
use banyan_data::table::{Cell, Column, Table};
use banyan_data::values::Values;
use banyan_engine::{Engine, Parameters};
use banyan_model::{Methods, Model, Request, weights};
use std::path::Path;

/// Rows of a table that are encoded and predicted at once, so that memory does not grow with the table.
const BLOCK: usize = 8192;

/// A run's model with the weights that were kept.
pub struct LoadedRun {
    /// The configuration, every default filled in.
    pub config: Config,
    /// What the preprocessing learned.
    pub schema: Schema,
    model: Model,
    parameters: Parameters,
    engine: Engine,
    operations: usize,
}

impl LoadedRun {
    /// Opens a run.
    ///
    /// # Errors
    /// If there is no run, or it has no weights yet, or they do not fit.
    pub fn open(path: &Path) -> Result<Self, TrainError> {
        Self::open_with(path, &Methods::default())
    }

    /// Opens a run whose model was built from these methods, among which there may be a program's own.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn open_with(path: &Path, methods: &Methods) -> Result<Self, TrainError> {
        let folder = RunFolder::open(path)?;
        let config = Config::parse(&folder.config_path().display().to_string(), &folder.config_text()?, &[])?;
        let schema = Schema::load(&folder.vocabulary_path())?;
        let (model, mut parameters) = registry::model(&config, &schema, methods, memory::Purpose::Prediction)?;
        let Some(bytes) = folder.model()? else {
            let text = format!(
                "the run {} has no weights yet: they are kept after the first evaluation; go on with \"banyan train --resume\"",
                path.display()
            );
            return Err(TrainError::Unfit(text));
        };
        weights::from_bytes(&model, &mut parameters, &bytes)?;
        let engine = registry::engine(&config)?;
        Ok(Self { config, schema, model, parameters, engine, operations: 0 })
    }

    /// Measures the model on a table, or without one on the run's test rows (its validation rows, where it has no test).
    /// Only the named inputs are read and only the named tasks are run.
    ///
    /// # Errors
    /// An unknown name, or a table that cannot be read.
    pub fn evaluate(
        &mut self,
        data: Option<&Path>,
        inputs: Option<&[String]>,
        tasks: Option<&[String]>,
    ) -> Result<(Evaluation, Report), TrainError> {
        let (input_mask, task_mask) = self.masks(inputs, tasks)?;
        let (data, report) = match data {
            Some(path) => {
                let table = Table::read(path, &pipeline::read_options(&self.config))?;
                let rows: Vec<usize> = (0..table.rows()).collect();
                self.encode(&table, &rows, inputs, tasks)?
            }
            None => {
                let tables = Tables::read(&self.config, Path::new(""), &mut Silent)?;
                let Some((table, rows)) = tables.held_out() else {
                    return Err(TrainError::Unfit("the run has neither test nor validation rows; name a table with --data".to_owned()));
                };
                self.encode(table, rows, inputs, tasks)?
            }
        };
        let request = Request { inputs: &input_mask, tasks: &task_mask, modality_dropout: 0.0 };
        Ok((self.runner().evaluate(&data, request, None)?.evaluation, report))
    }

    /// Predicts every row of a table.
    ///
    /// # Errors
    /// An unknown name, or a table that cannot be read.
    pub fn predict(
        &mut self,
        data: &Path,
        inputs: Option<&[String]>,
        tasks: Option<&[String]>,
    ) -> Result<(Predictions, Report), TrainError> {
        let table = Table::read(data, &pipeline::read_options(&self.config))?;
        self.predict_table(&table, inputs, tasks)
    }

    /// Predicts every row of a table that is at hand.
    ///
    /// # Errors
    /// As [`predict`](Self::predict).
    pub fn predict_table(
        &mut self,
        table: &Table,
        inputs: Option<&[String]>,
        tasks: Option<&[String]>,
    ) -> Result<(Predictions, Report), TrainError> {
        let (input_mask, task_mask) = self.masks(inputs, tasks)?;
        let request = Request { inputs: &input_mask, tasks: &task_mask, modality_dropout: 0.0 };
        // Labels are not needed, and a table to predict may hold anything in their columns; but for predicates, whose roles are predicted.
        let wanted = self.schema.targets.iter().zip(&task_mask).filter(|(target, wanted)| **wanted && target.guides_predictions());
        let in_table = wanted.map(|(target, _)| target).filter(|target| target.columns().any(|column| table.find(column).is_some()));
        let given: Vec<String> = in_table.map(|target| target.name.clone()).collect();
        let all: Vec<usize> = (0..table.rows()).collect();
        let mut predictions: Vec<Option<Values>> = vec![None; self.schema.targets.len()];
        let (mut rows, mut report) = (Vec::with_capacity(all.len()), Report::default());
        self.operations = 0;
        for block in all.chunks(BLOCK) {
            let (data, found) = self.encode(table, block, inputs, Some(&given))?;
            let (of_block, ran) = self.runner().predict(&data, request)?;
            self.operations += ran.operations;
            rows.extend((0..data.len()).map(|row| data.table_row(row)));
            append(&mut predictions, of_block);
            report.append(found);
        }
        Ok((Predictions::new(&self.schema, &predictions, table, rows)?, report))
    }

    /// Predicts one row from values at hand, as a service does: open the run once, then call this for every request. It takes about as
    /// long as the model itself, some tens of microseconds for a small one.
    ///
    /// Each cell comes with the name of its column, in any order; a column that is not named is missing. Paths of image and audio files are
    /// relative to the current folder and may not leave it.
    ///
    /// ```no_run
    /// use banyan_data::table::Cell;
    /// use banyan_train::LoadedRun;
    ///
    /// let mut run = LoadedRun::open("runs/adult-1".as_ref())?;
    /// let row = [("age", Cell::Number(39.0)), ("education", Cell::Text("Bachelors"))];
    /// let (predictions, _) = run.predict_row(&row, None)?;
    /// println!("{:?}", predictions.columns);
    /// # Ok::<(), banyan_train::TrainError>(())
    /// ```
    ///
    /// # Errors
    /// A column or task that the run does not know, and a cell that does not fit its input.
    pub fn predict_row(&mut self, cells: &[(&str, Cell<'_>)], tasks: Option<&[String]>) -> Result<(Predictions, Report), TrainError> {
        let known = || self.schema.inputs.iter().map(|input| input.column.as_str());
        if let Some((name, _)) = cells.iter().find(|(name, _)| !known().any(|column| column == *name)) {
            let columns: Vec<&str> = known().collect();
            return Err(unknown("input column", name, &columns));
        }
        let columns = cells.iter().map(|(name, cell)| {
            let mut column = Column::new(*name);
            column.push(*cell);
            column
        });
        let mut columns: Vec<Column> = columns.collect();
        if columns.is_empty() {
            // A table needs a column to have a row; everything is missing.
            let mut column = Column::new("");
            column.push(Cell::Missing);
            columns.push(column);
        }
        let table = Table::from_columns("the row", Path::new(""), columns)?;
        let (predictions, mut report) = self.predict_table(&table, None, tasks)?;
        // A column that was not named is no news.
        report.inputs.iter_mut().for_each(|input| input.absent = None);
        Ok((predictions, report))
    }

    /// Operations that the last prediction ran: fewer where inputs or tasks were left out.
    pub fn operations(&self) -> usize {
        self.operations
    }

    /// Trained numbers of the model.
    pub fn parameters(&self) -> usize {
        self.parameters.trainable_len()
    }

    fn runner(&mut self) -> Runner<'_> {
        let threads = self.config.training.threads;
        Runner { engine: &mut self.engine, model: &self.model, parameters: &self.parameters, threads }
    }

    fn encode(
        &self,
        table: &Table,
        rows: &[usize],
        inputs: Option<&[String]>,
        tasks: Option<&[String]>,
    ) -> Result<(Dataset, Report), TrainError> {
        let memory = pipeline::media_memory(&self.config);
        let (bad, threads) = (self.config.data.on_bad_row, self.config.training.threads);
        let options = EncodeOptions { inputs, tasks, bad, threads, memory: Some(&memory) };
        Ok(Dataset::encode(table, rows, &self.schema, options)?)
    }

    fn masks(&self, inputs: Option<&[String]>, tasks: Option<&[String]>) -> Result<(Vec<bool>, Vec<bool>), TrainError> {
        let known_inputs: Vec<&str> = self.schema.inputs.iter().map(|input| input.name.as_str()).collect();
        let known_tasks: Vec<&str> = self.schema.targets.iter().map(|target| target.name.as_str()).collect();
        let (input_mask, task_mask) = (mask("input", &known_inputs, inputs)?, mask("task", &known_tasks, tasks)?);
        let request = Request { inputs: &input_mask, ..Request::all() };
        let possible: Vec<bool> = (0..task_mask.len()).map(|task| self.model.answers(task, request)).collect();
        // Without a list of tasks, those that the inputs do not allow are left out, unless nothing would be left.
        let is_strict = tasks.is_some() || !possible.contains(&true);
        let impossible = (0..task_mask.len()).find(|&task| is_strict && task_mask[task] && !possible[task]);
        if let Some(target) = impossible.map(|task| &self.schema.targets[task]) {
            let (name, on) = (&target.name, target.on().unwrap_or_default());
            let message =
                format!("the task \"{name}\" labels the words of the input \"{on}\", which is left out; name it among the inputs");
            return Err(TrainError::Unfit(message));
        }
        Ok((input_mask, task_mask))
    }
}

fn unknown(kind: &'static str, name: &str, known: &[&str]) -> TrainError {
    let hint = banyan_method::suggest(name, known, "it has").map(|hint| format!("; {hint}")).unwrap_or_default();
    TrainError::UnknownName { kind, name: name.to_owned(), hint }
}

fn mask(kind: &'static str, known: &[&str], wanted: Option<&[String]>) -> Result<Vec<bool>, TrainError> {
    let Some(wanted) = wanted else { return Ok(vec![true; known.len()]) };
    if let Some(name) = wanted.iter().find(|name| !known.contains(&name.as_str())) {
        return Err(unknown(kind, name, known));
    }
    if wanted.is_empty() {
        return Err(TrainError::UnknownName { kind, name: String::new(), hint: format!("; it has {}", known.join(", ")) });
    }
    Ok(known.iter().map(|name| wanted.iter().any(|wanted| wanted == name)).collect())
}
