//! Runs a model over rows and gathers what it says.

use crate::chunks::Chunks;
use crate::config::Config;
use crate::error::TrainError;
use crate::feed::{Feed, with_feed};
use crate::metrics::{self, Evaluation, Scoring, TaskMetrics, Truth, score, weighted_score};
use banyan_data::batch::TargetValues;
use banyan_data::config::TaskKind;
use banyan_data::dataset::Dataset;
use banyan_data::schema::{InputDetails, Schema, TargetDetails, TargetSchema};
use banyan_engine::{Engine, Parameters};
use banyan_model::{Frames, Model, Prediction, Request, TaskOutput, interpret};
use banyan_text::Ragged;
use indexmap::IndexMap;
use std::time::Duration;

/// Rows of a chunk when nothing is learned.
const ROWS: usize = 32;
/// Rows that are made ready and run at once. What a data set's files take is much more than what its columns do.
const BLOCK: usize = 4096;
const BLOCK_OF_FILES: usize = 512;

/// What a model says of some rows.
#[derive(Debug)]
pub(crate) struct Outputs {
    /// For each task its prediction of every row; none for a task that was not wanted.
    pub(crate) predictions: Vec<Option<Prediction>>,
    /// For each task its mean loss over the known labels, where any is known.
    pub(crate) losses: Vec<Option<f64>>,
    /// Operations that were run, over all chunks.
    pub(crate) operations: usize,
    /// For how long nothing ran because files were not decoded yet.
    pub(crate) waited: Duration,
}

/// A model with its numbers, and an engine to run it.
pub(crate) struct Runner<'a> {
    pub(crate) engine: &'a mut Engine,
    pub(crate) model: &'a Model,
    pub(crate) parameters: &'a Parameters,
    /// Threads that decode files, as in the configuration.
    pub(crate) threads: Option<usize>,
}

impl Runner<'_> {
    /// Runs all rows of a data set, block after block.
    ///
    /// # Errors
    /// A file that can no longer be read.
    pub(crate) fn run(&mut self, data: &Dataset, request: Request<'_>) -> Result<Outputs, TrainError> {
        let files = |details: &InputDetails| matches!(details, InputDetails::Image { .. } | InputDetails::Audio { .. });
        // Not by what memory keeps: the sums of the losses must not depend on it.
        let block = if self.model.schema().inputs.iter().any(|input| files(&input.details)) { BLOCK_OF_FILES } else { BLOCK };
        let blocks = (0..data.len()).step_by(block).map(move |first| (first..data.len().min(first + block)).collect());
        let threads = self.threads;
        with_feed(data, Box::new(blocks), threads, |feed| self.run_blocks(data, request, feed))
    }

    fn run_blocks(&mut self, data: &Dataset, request: Request<'_>, feed: &mut Feed<'_, '_>) -> Result<Outputs, TrainError> {
        let targets = &self.model.schema().targets;
        let known: Vec<usize> = (0..targets.len()).map(|task| (0..data.len()).map(|row| data.labels(task, row)).sum()).collect();
        let mut losses = vec![0.0; targets.len()];
        let mut gathered: Vec<Option<TaskOutput>> = vec![None; targets.len()];
        let mut operations = 0;
        // The rows in the order in which something was said of them.
        let mut said_of: Vec<usize> = Vec::with_capacity(data.len());
        while let Some(ready) = feed.next()? {
            let mut chunks = Chunks::for_prediction(self.model, data, ready, ROWS, request);
            chunks.shares = known.iter().map(|&known| 1.0 / known.max(1) as f32).collect();
            for (sum, loss) in losses.iter_mut().zip(self.engine.losses(self.parameters, &chunks, targets.len())) {
                *sum += loss;
            }
            said_of.extend(chunks.rows());
            for chunk in chunks.into_outputs() {
                operations += chunk.operations;
                for (task, said) in chunk.tasks {
                    match &mut gathered[task] {
                        Some(all) => all.append(said),
                        first @ None => *first = Some(said),
                    }
                }
            }
        }
        if !said_of.is_sorted() {
            let mut places: Vec<usize> = (0..said_of.len()).collect();
            places.sort_by_key(|&place| said_of[place]);
            gathered.iter_mut().flatten().for_each(|said| *said = said.in_order(&places));
        }
        let wanted = |task: usize| self.model.answers(task, request);
        Ok(Outputs {
            predictions: targets
                .iter()
                .zip(gathered)
                .enumerate()
                .map(|(task, (target, said))| wanted(task).then(|| prediction(target, said)))
                .collect(),
            losses: losses
                .into_iter()
                .zip(known)
                .enumerate()
                .map(|(task, (loss, known))| (wanted(task) && known > 0).then_some(loss))
                .collect(),
            operations,
            waited: feed.waited(),
        })
    }

    /// Runs all rows of a data set and measures every wanted task. Tells also for how long nothing ran because files were
    /// not decoded yet.
    ///
    /// # Errors
    /// A file that can no longer be read.
    pub(crate) fn evaluate(&mut self, data: &Dataset, request: Request<'_>) -> Result<(Evaluation, Duration), TrainError> {
        let outputs = self.run(data, request)?;
        Ok((self.measure(data, request, &outputs), outputs.waited))
    }

    /// Measures what was said of all rows of a data set.
    pub(crate) fn measure(&self, data: &Dataset, request: Request<'_>, outputs: &Outputs) -> Evaluation {
        let schema = self.model.schema();
        let rows: Vec<usize> = (0..data.len()).collect();
        let labels = Labels::gather(data, &rows);
        let mut tasks = IndexMap::new();
        for (task, prediction) in outputs.predictions.iter().enumerate() {
            if let Some(prediction) = prediction {
                tasks.insert(
                    schema.targets[task].name.clone(),
                    labels.measure(schema, task, prediction, data.known_mask(task), outputs.losses[task]),
                );
            }
        }
        let names = schema.inputs.iter().enumerate().filter(|(place, _)| request.inputs.is_empty() || request.inputs[*place]);
        let inputs = names.map(|(_, input)| input.name.clone()).collect();
        Evaluation { inputs, rows: data.len(), tasks }
    }
}

/// What was said of all rows of a task; nothing where there are none.
fn prediction(target: &TargetSchema, said: Option<TaskOutput>) -> Prediction {
    match said {
        Some(TaskOutput::Rows(values)) => interpret(target, &values),
        Some(TaskOutput::Tags(tags)) => Prediction::Tags(tags),
        Some(TaskOutput::Trees { heads, relations }) => Prediction::Trees { heads, relations },
        Some(TaskOutput::Frames(frames)) => Prediction::Frames(frames),
        None if target.kind() == TaskKind::Srl => Prediction::Frames(Frames::default()),
        None if target.kind() == TaskKind::Dependencies => Prediction::Trees { heads: Ragged::default(), relations: Ragged::default() },
        None if target.on().is_some() => Prediction::Tags(Ragged::default()),
        None => interpret(target, &[]),
    }
}

/// The labels of some rows, as the metrics want them.
struct Labels {
    tasks: Vec<TargetValues>,
}

impl Labels {
    fn gather(data: &Dataset, rows: &[usize]) -> Self {
        Self { tasks: data.targets(rows).into_iter().map(|target| target.values).collect() }
    }

    fn measure(&self, schema: &Schema, task: usize, prediction: &Prediction, known: &[bool], loss: Option<f64>) -> TaskMetrics {
        let truth = match &self.tasks[task] {
            TargetValues::Number(values) => Truth::Numbers(values),
            TargetValues::Class(classes) => Truth::Classes(classes),
            TargetValues::Labels { classes, values } => Truth::Labels { classes: *classes, values },
            TargetValues::Trees { heads, relations } => Truth::Trees { heads, relations, names: schema.targets[task].classes() },
            TargetValues::Frames(values) => Truth::Frames { values, roles: schema.targets[task].classes() },
            TargetValues::Lemmas(lemmas) => Truth::Lemmas(lemmas),
            TargetValues::Tags(rows) => Truth::Tags { classes: schema.targets[task].classes().len(), rows },
        };
        let target = &schema.targets[task];
        let kind = target.kind();
        let predictions = match prediction {
            Prediction::Numbers(values) => {
                // Measured in deviations from the mean, where an f32 loses nothing whatever the label's size, and told in its unit.
                let TargetDetails::Regression { mean, deviation, .. } = &target.details else {
                    unreachable!("a regression predicts numbers")
                };
                let standardised: Vec<f32> = values.iter().map(|value| ((value - mean) / deviation) as f32).collect();
                let mut measured = metrics::evaluate(kind, metrics::Predictions::Numbers(&standardised), truth, known, loss);
                for metric in ["mae", "rmse"] {
                    measured.set(metric, measured.get(metric).map(|value| value * deviation));
                }
                return measured;
            }
            Prediction::Probabilities { classes, values } if matches!(truth, Truth::Labels { .. }) => {
                metrics::Predictions::Labels { classes: *classes, values }
            }
            Prediction::Probabilities { classes, values } => metrics::Predictions::Probabilities { classes: *classes, values },
            Prediction::Tags(tags) => metrics::Predictions::Tags(tags),
            Prediction::Trees { heads, relations } => metrics::Predictions::Trees { heads, relations },
            Prediction::Frames(frames) => metrics::Predictions::Frames(frames),
        };
        metrics::evaluate(kind, predictions, truth, known, loss)
    }
}

/// The weighted score of an evaluation over the tasks of a configuration.
pub(crate) fn total_score(config: &Config, schema: &Schema, evaluation: &Evaluation) -> Option<f64> {
    weighted_score(schema.targets.iter().filter_map(|target| {
        let task = config.tasks.get(&target.name)?;
        let scoring = Scoring { kind: target.kind(), metric: task.metric.as_deref(), classes: target.classes().len() };
        Some((task.score_weight(), score(scoring, evaluation.tasks.get(&target.name)?)))
    }))
}

/// The subsets of inputs that a finished run is measured on: all of them, then each modality alone and, from
/// three modalities on, all but each.
pub(crate) fn subsets(model: &Model) -> Vec<Vec<bool>> {
    let schema = model.schema();
    let modalities = model.modalities();
    let mask = |keep: &dyn Fn(usize) -> bool| -> Vec<bool> {
        let kept: Vec<&str> =
            modalities.iter().enumerate().filter(|(place, _)| keep(*place)).flat_map(|(_, (_, inputs))| inputs.clone()).collect();
        schema.inputs.iter().map(|input| kept.contains(&input.name.as_str())).collect()
    };
    let mut subsets = vec![vec![true; schema.inputs.len()]];
    let count = modalities.len();
    if count > 1 {
        subsets.extend((0..count).map(|one| mask(&|place| place == one)));
    }
    if count > 2 {
        subsets.extend((0..count).map(|one| mask(&|place| place != one)));
    }
    subsets
}
