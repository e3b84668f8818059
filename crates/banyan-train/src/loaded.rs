//! A finished run, to evaluate and to predict with.

use crate::columns;
use crate::config::Config;
use crate::error::TrainError;
use crate::evaluation::Evaluation;
use crate::memory;
use crate::observer::{Event, Observer, Silent};
use crate::outputs::{Evaluated, Runner, append, note_on_unfinite};
use crate::pipeline::{self, Tables};
use crate::predictions::Predictions;
use crate::registry;
use crate::remembered;
use crate::restored;
use crate::run::RunFolder;
use banyan_data::dataset::{Dataset, EncodeOptions, Purpose, Report};
use banyan_data::schema::{Schema, TargetSchema};
use banyan_data::table::{Cell, Column, ReadOptions, Table, TablePart};
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
    folder: RunFolder,
    model: Model,
    parameters: Parameters,
    engine: Engine,
    operations: usize,
    observer: Box<dyn Observer + Send>,
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
        let schema = restored::schema(&folder, &config)?;
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
        Ok(Self { config, schema, folder, model, parameters, engine, operations: 0, observer: Box::new(Silent) })
    }

    /// Tells an observer what takes time from now on: tables that are read, and rows that were predicted.
    pub fn observe(&mut self, observer: impl Observer + Send + 'static) {
        self.observer = Box::new(observer);
    }

    /// Measures the model on a table, or without one on the run's test rows (its validation rows, where it has no test): on those that
    /// the training held out, which the run remembers. Only the named inputs are read and only the named tasks are run.
    ///
    /// # Errors
    /// An unknown name, a table that cannot be read, one that has none of the inputs or labels or in which the name of their column seems to
    /// be mistyped, and without one a table of the run that has changed since.
    pub fn evaluate(
        &mut self,
        data: Option<&Path>,
        inputs: Option<&[String]>,
        tasks: Option<&[String]>,
    ) -> Result<(Evaluation, Report), TrainError> {
        // A name that does not exist is refused before a large table is read.
        let (input_mask, task_mask) = self.masks(inputs, tasks)?;
        let Some(path) = data else {
            let (data, report) = self.encode_held_out(inputs, tasks)?;
            return self.measure(&data, report, (&input_mask, &task_mask));
        };
        let table = self.read(path)?;
        let (evaluation, mut report) = self.evaluate_table(&table, inputs, tasks)?;
        report.notes.extend(remembered::note_on_training_table(&self.folder, path));
        Ok((evaluation, report))
    }

    /// Measures the model on all rows of a table that is at hand.
    ///
    /// # Errors
    /// As [`evaluate`](Self::evaluate).
    pub fn evaluate_table(
        &mut self,
        table: &Table,
        inputs: Option<&[String]>,
        tasks: Option<&[String]>,
    ) -> Result<(Evaluation, Report), TrainError> {
        let (input_mask, task_mask) = self.masks(inputs, tasks)?;
        columns::expect(table, &self.schema, (&input_mask, &task_mask), columns::Purpose::Measuring)?;
        let rows: Vec<usize> = (0..table.rows()).collect();
        let (data, report) = self.encode_for(Purpose::Use, table, &rows, inputs, tasks)?;
        self.measure(&data, report, (&input_mask, &task_mask))
    }

    fn measure(
        &mut self,
        data: &Dataset,
        mut report: Report,
        (inputs, tasks): (&[bool], &[bool]),
    ) -> Result<(Evaluation, Report), TrainError> {
        self.observer.event(&Event::Preparing { what: &format!("measuring {} rows", data.len()) });
        let request = Request { inputs, tasks, modality_dropout: 0.0 };
        let Evaluated { evaluation, unfinite, .. } = self.runner().evaluate(data, request, None)?;
        report.notes.extend(unfinite.iter().map(|(task, rows)| note_on_unfinite(task, *rows)));
        Ok((evaluation, report))
    }

    /// Predicts every row of a table.
    ///
    /// # Errors
    /// An unknown name, a table that cannot be read, one that has none of the inputs, or one in which the name of an input's column seems
    /// to be mistyped.
    pub fn predict(
        &mut self,
        data: &Path,
        inputs: Option<&[String]>,
        tasks: Option<&[String]>,
    ) -> Result<(Predictions, Report), TrainError> {
        let table = self.read(data)?;
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
        columns::expect(table, &self.schema, (&input_mask, &task_mask), columns::Purpose::Predicting)?;
        self.predict_as_it_is(table, inputs, (&input_mask, &task_mask))
    }

    /// Predicts a table that may have any columns, or none.
    fn predict_as_it_is(
        &mut self,
        table: &Table,
        inputs: Option<&[String]>,
        (input_mask, task_mask): (&[bool], &[bool]),
    ) -> Result<(Predictions, Report), TrainError> {
        let request = Request { inputs: input_mask, tasks: task_mask, modality_dropout: 0.0 };
        // Labels are not needed, and a table to predict may hold anything in their columns; but for predicates, whose roles are predicted.
        let wanted = self.schema.targets.iter().zip(task_mask).filter(|(target, wanted)| **wanted && target.guides_predictions());
        let in_table = wanted.map(|(target, _)| target).filter(|target| target.columns().any(|column| table.find(column).is_some()));
        let given: Vec<String> = in_table.map(|target| target.name.clone()).collect();
        let all: Vec<usize> = (0..table.rows()).collect();
        let mut predictions: Vec<Option<Values>> = vec![None; self.schema.targets.len()];
        let mut report = Report::default();
        self.operations = 0;
        let mut too_long: Vec<Vec<(usize, usize)>> = vec![Vec::new(); self.schema.targets.len()];
        for block in all.chunks(BLOCK) {
            let (data, found) = self.encode_for(Purpose::Use, table, block, inputs, Some(&given))?;
            let (of_block, ran) = self.runner().predict(&data, request)?;
            self.operations += ran.operations;
            append(&mut predictions, of_block);
            report.append(found);
            for (place, (target, _)) in self.schema.targets.iter().zip(task_mask).enumerate().filter(|(_, (_, wanted))| **wanted) {
                too_long[place].extend(rows_without_prediction(target, &data));
            }
            self.observer.event(&Event::Predicted { rows: block.last().map_or(0, |last| last + 1), of: all.len() });
        }
        let unfinite =
            self.schema.targets.iter().zip(&predictions).filter_map(|(target, values)| Some((target, values.as_ref()?.unfinite_rows())));
        report.notes.extend(unfinite.filter(|(_, rows)| *rows > 0).map(|(target, rows)| note_on_unfinite(&target.name, rows)));
        for (target, rows) in self.schema.targets.iter().zip(&too_long) {
            report.notes.extend(note_on_long_rows(target, rows, table));
        }
        Ok((Predictions::new(&self.schema, &predictions, table)?, report))
    }

    /// Predicts one row from values at hand, as a service does: open the run once, then call this for every request. It takes about as
    /// long as the model itself, some tens of microseconds for a small one.
    ///
    /// Each cell comes with the name of its column, in any order; a column that is not named is missing. Paths of image and audio files are
    /// relative to the current folder, or to `data.media_root` in it, and may not leave that.
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
        let folder = self.config.data.media_root.as_deref().unwrap_or_default();
        let table = Table::from_columns("the row", Path::new(folder), columns)?;
        let (input_mask, task_mask) = self.masks(None, tasks)?;
        let (predictions, mut report) = self.predict_as_it_is(&table, None, (&input_mask, &task_mask))?;
        // A column that was not named is no news.
        report.inputs.iter_mut().for_each(|input| input.absent = None);
        Ok((predictions, report))
    }

    /// How tables are read that the run is given: as those that it was trained on, and of a file that names several parts the one held out.
    pub fn read_options(&self) -> ReadOptions {
        ReadOptions { part: TablePart::HeldOut, ..self.config.data.read_options() }
    }

    /// Operations that the last prediction ran: fewer where inputs or tasks were left out.
    pub fn operations(&self) -> usize {
        self.operations
    }

    /// Trained numbers of the model.
    pub fn parameters(&self) -> usize {
        self.parameters.trainable_len()
    }

    fn read(&mut self, path: &Path) -> Result<Table, TrainError> {
        self.observer.event(&Event::Preparing { what: &format!("reading {}", path.display()) });
        Ok(Table::read(path, &self.read_options())?)
    }

    fn runner(&mut self) -> Runner<'_> {
        let threads = self.config.training.threads;
        Runner { engine: &mut self.engine, model: &self.model, parameters: &self.parameters, threads }
    }

    /// The rows that the training held out, as the run remembers them.
    fn encode_held_out(&mut self, inputs: Option<&[String]>, tasks: Option<&[String]>) -> Result<(Dataset, Report), TrainError> {
        if let Some(data) = self.folder.data()? {
            let (table, rows) = remembered::recall_held_out(&self.folder, &data, &self.config, &mut *self.observer)?;
            return self.encode(&table, &rows, inputs, tasks);
        }
        let tables = Tables::read(&self.config, Path::new(""), &mut *self.observer)?;
        let (table, rows) = tables.held_out().ok_or_else(remembered::no_held_out_rows)?;
        let (data, mut report) = self.encode(table, rows, inputs, tasks)?;
        report.notes.push(remembered::OF_EARLIER_VERSION.to_owned());
        report.notes.extend(remembered::note_on_counts(&self.folder, &tables)?);
        Ok((data, report))
    }

    /// Encodes rows that the training has seen, by its rules.
    fn encode(
        &self,
        table: &Table,
        rows: &[usize],
        inputs: Option<&[String]>,
        tasks: Option<&[String]>,
    ) -> Result<(Dataset, Report), TrainError> {
        self.encode_for(Purpose::Training, table, rows, inputs, tasks)
    }

    fn encode_for(
        &self,
        purpose: Purpose,
        table: &Table,
        rows: &[usize],
        inputs: Option<&[String]>,
        tasks: Option<&[String]>,
    ) -> Result<(Dataset, Report), TrainError> {
        let memory = pipeline::media_memory(&self.config);
        let (bad, threads) = (self.config.data.on_bad_row, self.config.training.threads);
        let options = EncodeOptions { inputs, tasks, bad, purpose, threads, memory: Some(&memory) };
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
                format!("the labels of the task \"{name}\" are on the input \"{on}\", which is left out; name it among the inputs");
            return Err(TrainError::Unfit(message));
        }
        Ok((input_mask, task_mask))
    }
}

fn unknown(kind: &'static str, name: &str, known: &[&str]) -> TrainError {
    let hint = banyan_method::suggest(name, known, "it has").map(|hint| format!("; {hint}")).unwrap_or_default();
    TrainError::UnknownName { kind, name: name.to_owned(), hint }
}

/// The rows of the table with more words than a task predicts, and how many those are.
fn rows_without_prediction(target: &TargetSchema, data: &Dataset) -> Vec<(usize, usize)> {
    let Some(most) = target.most_words() else { return Vec::new() };
    let words = (0..data.len()).map(|row| (data.table_row(row), data.tokens(row)));
    words.filter(|(_, words)| *words > most).collect()
}

fn note_on_long_rows(target: &TargetSchema, rows: &[(usize, usize)], table: &Table) -> Option<String> {
    let (&(row, words), most) = rows.first().zip(target.most_words())?;
    let subject = if rows.len() == 1 { "row has" } else { "rows have" };
    let place = table.place(row, None);
    Some(format!(
        "task \"{}\": {} {subject} more than the {most} words of a sentence that it predicts, and no prediction (the first is {place}, with {words} \
         words); cut long sentences into several rows",
        target.name,
        rows.len(),
    ))
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
