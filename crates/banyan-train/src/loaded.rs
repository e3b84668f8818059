//! A finished run, to evaluate and to predict with.

use crate::config::{Config, nearest};
use crate::error::TrainError;
use crate::metrics::Evaluation;
use crate::observer::Silent;
use crate::outputs::Runner;
use crate::pipeline::{self, Tables};
use crate::predictions::Predictions;
use crate::registry;
use crate::run::RunFolder;
use banyan_data::dataset::{Dataset, EncodeOptions, Report};
use banyan_data::schema::Schema;
use banyan_data::table::Table;
use banyan_engine::{Engine, Parameters, Settings};
use banyan_model::{Model, Request, weights};
use std::path::Path;

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
        let folder = RunFolder::open(path)?;
        let config = Config::parse(&folder.config_path().display().to_string(), &folder.config_text()?, &[])?;
        let schema = Schema::load(&folder.vocabulary_path())?;
        let (model, mut parameters) = Model::build(&registry::plan(&config), &schema)?;
        let Some(bytes) = folder.model()? else {
            let text = format!(
                "the run {} has no weights yet: they are kept after the first evaluation; go on with \"banyan train --resume\"",
                path.display()
            );
            return Err(TrainError::Unfit(text));
        };
        weights::from_bytes(&mut parameters, &bytes)?;
        let settings = Settings { threads: config.training.threads.unwrap_or(0), ..Settings::default() };
        let engine = Engine::new(settings).map_err(|cause| TrainError::System(format!("the threads could not be started: {cause}")))?;
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
            Some(path) => self.encode(&Table::read(path, &pipeline::read_options(&self.config))?, inputs, tasks)?,
            None => {
                let prepared =
                    Tables::read(&self.config, Path::new(""), &mut Silent)?.encode(&self.config, Some(self.schema.clone()), &mut Silent)?;
                let held_out = prepared.test.or(prepared.valid);
                let Some(data) = held_out else {
                    return Err(TrainError::Unfit("the run has neither test nor validation rows; name a table with --data".to_owned()));
                };
                (data, Report::default())
            }
        };
        let request = Request { inputs: &input_mask, tasks: &task_mask, modality_dropout: 0.0 };
        Ok((self.runner().evaluate(&data, request), report))
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
        // Labels are not needed, and a table to predict may hold anything in their columns.
        let (data, report) = self.encode(table, inputs, Some(&[]))?;
        let request = Request { inputs: &input_mask, tasks: &task_mask, modality_dropout: 0.0 };
        let outputs = self.runner().run(&data, request);
        self.operations = outputs.operations;
        let rows = (0..data.len()).map(|row| data.table_row(row)).collect();
        Ok((Predictions::new(&self.schema, &outputs.predictions, rows), report))
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
        Runner { engine: &mut self.engine, model: &self.model, parameters: &self.parameters }
    }

    fn encode(&self, table: &Table, inputs: Option<&[String]>, tasks: Option<&[String]>) -> Result<(Dataset, Report), TrainError> {
        let rows: Vec<usize> = (0..table.rows()).collect();
        let options = EncodeOptions { inputs, tasks, bad: self.config.data.on_bad_row, threads: self.config.training.threads };
        Ok(Dataset::encode(table, &rows, &self.schema, options)?)
    }

    fn masks(&self, inputs: Option<&[String]>, tasks: Option<&[String]>) -> Result<(Vec<bool>, Vec<bool>), TrainError> {
        let known_inputs: Vec<&str> = self.schema.inputs.iter().map(|input| input.name.as_str()).collect();
        let known_tasks: Vec<&str> = self.schema.targets.iter().map(|target| target.name.as_str()).collect();
        Ok((mask("input", &known_inputs, inputs)?, mask("task", &known_tasks, tasks)?))
    }
}

fn mask(kind: &'static str, known: &[&str], wanted: Option<&[String]>) -> Result<Vec<bool>, TrainError> {
    let Some(wanted) = wanted else { return Ok(vec![true; known.len()]) };
    if let Some(name) = wanted.iter().find(|name| !known.contains(&name.as_str())) {
        let hint = match nearest(name, known.iter().copied()) {
            Some(near) => format!("; did you mean \"{near}\"?"),
            None => format!("; it has {}", known.join(", ")),
        };
        return Err(TrainError::UnknownName { kind, name: name.clone(), hint });
    }
    if wanted.is_empty() {
        return Err(TrainError::UnknownName { kind, name: String::new(), hint: format!("; it has {}", known.join(", ")) });
    }
    Ok(known.iter().map(|name| wanted.iter().any(|wanted| wanted == name)).collect())
}
