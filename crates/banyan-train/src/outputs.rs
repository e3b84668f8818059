//! Runs a model over rows, block after block, and hands on what it predicts: nothing is kept of a block when the next one comes.

use crate::chunks::{Chunks, rows_per_predicted_chunk};
use crate::config::Config;
use crate::error::TrainError;
use crate::error_analysis::{Images, TaskErrors};
use crate::evaluation::{Evaluation, TaskScorer, score, weighted_score};
use crate::feed::{Feed, with_feed};
use crate::tasks::{self, ErrorAnalysis, Rows};
use banyan_data::dataset::{Dataset, Loaded};
use banyan_data::labels::Subject;
use banyan_data::schema::{Schema, TargetSchema};
use banyan_data::values::Values;
use banyan_engine::{Engine, Parameters};
use banyan_model::{Model, Request};
use indexmap::IndexMap;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

/// Rows that are made ready and run at once. What a data set's files take is much more than what its columns do.
const BLOCK: usize = 4096;
const BLOCK_OF_FILES: usize = 512;

/// What a model predicts for a block of rows.
pub(crate) struct Block {
    /// The block's rows among those of the data set.
    pub(crate) rows: Range<usize>,
    /// For each task the prediction of each row; none for a task that was not wanted.
    pub(crate) predictions: Vec<Option<Values>>,
    /// The decoded files of the rows that memory does not keep, those of labels among them.
    pub(crate) loaded: Arc<Loaded>,
}

/// What a run over all rows of a data set came to.
#[derive(Debug)]
pub(crate) struct Ran {
    /// For each task its mean loss over the known labels, where any is known.
    pub(crate) losses: Vec<Option<f64>>,
    /// Operations that were run, over all chunks.
    pub(crate) operations: usize,
    /// For how long nothing ran because files were not decoded yet.
    pub(crate) waited: Duration,
}

/// Metrics, and which errors are behind them.
#[derive(Debug)]
pub(crate) struct Evaluated {
    pub(crate) evaluation: Evaluation,
    /// Of each task that has known labels and whose kind there is more to tell of; none where no words were given.
    pub(crate) errors: IndexMap<String, TaskErrors>,
    /// Rows with a prediction that is no finite number, of each task that has some.
    pub(crate) unfinite: IndexMap<String, usize>,
    pub(crate) waited: Duration,
}

/// For each input of tokens the words of each row of a data set.
pub(crate) type Words = IndexMap<String, Vec<Vec<String>>>;

/// A model with its numbers, and an engine to run it.
pub(crate) struct Runner<'a> {
    pub(crate) engine: &'a mut Engine,
    pub(crate) model: &'a Model,
    pub(crate) parameters: &'a Parameters,
    /// Threads that decode files, as in the configuration.
    pub(crate) threads: Option<usize>,
}

impl Runner<'_> {
    /// Runs all rows of a data set, and hands each block of them to `take`, in their order.
    ///
    /// # Errors
    /// A file that can no longer be read.
    pub(crate) fn run(&mut self, data: &Dataset, request: Request<'_>, take: &mut dyn FnMut(Block)) -> Result<Ran, TrainError> {
        // Not by what memory keeps: the sums of the losses must not depend on it.
        let block = if self.model.schema().inputs.iter().any(|input| input.details.is_file()) { BLOCK_OF_FILES } else { BLOCK };
        let blocks = (0..data.len()).step_by(block).map(move |first| (first..data.len().min(first + block)).collect());
        let threads = self.threads;
        with_feed(data, Box::new(blocks), threads, |feed| self.run_blocks(data, request, feed, take))
    }

    fn run_blocks(
        &mut self,
        data: &Dataset,
        request: Request<'_>,
        feed: &mut Feed<'_, '_>,
        take: &mut dyn FnMut(Block),
    ) -> Result<Ran, TrainError> {
        let tasks = self.model.schema().targets.len();
        let known: Vec<usize> = (0..tasks).map(|task| (0..data.len()).map(|row| data.labels(task, row)).sum()).collect();
        let size = rows_per_predicted_chunk(self.model);
        let (mut losses, mut operations, mut done) = (vec![0.0; tasks], 0, 0);
        while let Some(ready) = feed.next()? {
            let mut chunks = Chunks::for_prediction(self.model, data, ready, size, request);
            chunks.shares = known.iter().map(|&known| 1.0 / known.max(1) as f32).collect();
            for (sum, loss) in losses.iter_mut().zip(self.engine.losses(self.parameters, &chunks, tasks)) {
                *sum += loss;
            }
            // Chunks are put together by the length of their sentences: the rows are brought back into their order.
            let order: Vec<usize> = chunks.rows().collect();
            let mut predictions: Vec<Option<Values>> = vec![None; tasks];
            let (outputs, loaded) = chunks.into_outputs();
            for chunk in outputs {
                operations += chunk.operations;
                for (task, own) in chunk.tasks {
                    match &mut predictions[task] {
                        Some(all) => all.append(&own),
                        first @ None => *first = Some(own),
                    }
                }
            }
            if !order.is_sorted() {
                let mut places: Vec<usize> = (0..order.len()).collect();
                places.sort_by_key(|&place| order[place]);
                predictions.iter_mut().flatten().for_each(|own| *own = own.select(&places));
            }
            let rows = done..done + order.len();
            done = rows.end;
            take(Block { rows, predictions, loaded });
        }
        let loss = |(task, loss): (usize, f64)| (self.model.answers(task, request) && known[task] > 0).then_some(loss);
        Ok(Ran { losses: losses.into_iter().enumerate().map(loss).collect(), operations, waited: feed.waited() })
    }

    /// Predicts all rows of a data set.
    ///
    /// # Errors
    /// A file that can no longer be read.
    pub(crate) fn predict(&mut self, data: &Dataset, request: Request<'_>) -> Result<(Vec<Option<Values>>, Ran), TrainError> {
        let model = self.model;
        let wanted = (0..model.schema().targets.len()).map(|task| model.answers(task, request));
        let mut all: Vec<Option<Values>> = wanted.enumerate().map(|(task, wanted)| wanted.then(|| model.no_predictions(task))).collect();
        let ran = self.run(data, request, &mut |block| append(&mut all, block.predictions))?;
        Ok((all, ran))
    }

    /// Measures every wanted task on all rows of a data set; with `words`, finds its errors besides.
    ///
    /// # Errors
    /// A file that can no longer be read.
    pub(crate) fn evaluate(&mut self, data: &Dataset, request: Request<'_>, words: Option<&Words>) -> Result<Evaluated, TrainError> {
        let model = self.model;
        let schema = model.schema();
        let mut measures: Vec<Option<Measure<'_>>> =
            (0..schema.targets.len()).map(|task| model.answers(task, request).then(|| Measure::new(schema, task, words))).collect();
        let ran = self.run(data, request, &mut |block| {
            let rows: Vec<usize> = block.rows.clone().collect();
            let labels = data.targets(&rows, &block.loaded);
            for ((measure, labels), predictions) in measures.iter_mut().zip(&labels).zip(&block.predictions) {
                if let (Some(measure), Some(predictions)) = (measure, predictions) {
                    measure.unfinite += predictions.unfinite_rows();
                    let words = measure.words.map(|words| &words[block.rows.clone()]);
                    measure.update(Rows { labels: &labels.values, known: &labels.known, predictions, words });
                }
            }
        })?;
        let (mut tasks, mut errors, mut unfinite) = (IndexMap::new(), IndexMap::new(), IndexMap::new());
        for ((target, measure), loss) in schema.targets.iter().zip(measures).zip(ran.losses) {
            let Some(measure) = measure else { continue };
            let metrics = measure.scorer.finish(loss);
            if measure.unfinite > 0 {
                unfinite.insert(target.name.clone(), measure.unfinite);
            }
            if let Some(mut analysis) = measure.analysis.filter(|_| metrics.rows > 0) {
                illustrate(analysis.as_mut(), data, schema, target);
                errors.insert(target.name.clone(), analysis.finish());
            }
            tasks.insert(target.name.clone(), metrics);
        }
        let names = schema.inputs.iter().enumerate().filter(|(place, _)| request.inputs.is_empty() || request.inputs[*place]);
        let inputs = names.map(|(_, input)| input.name.clone()).collect();
        Ok(Evaluated { evaluation: Evaluation { inputs, rows: data.len(), tasks }, errors, unfinite, waited: ran.waited })
    }
}

/// What one task is measured with.
struct Measure<'a> {
    scorer: TaskScorer<'a>,
    analysis: Option<Box<dyn ErrorAnalysis>>,
    /// Of all rows, for a task on words.
    words: Option<&'a [Vec<String>]>,
    /// Rows with a prediction that is no finite number.
    unfinite: usize,
}

impl<'a> Measure<'a> {
    fn new(schema: &'a Schema, task: usize, words: Option<&'a Words>) -> Self {
        let target = &schema.targets[task];
        Self {
            scorer: TaskScorer::new(target),
            analysis: words.and_then(|_| tasks::of(target.kind()).error_analysis(target)),
            words: words.and_then(|words| words.get(target.on()?)).map(Vec::as_slice),
            unfinite: 0,
        }
    }

    fn update(&mut self, rows: Rows<'_>) {
        self.scorer.update(rows);
        if let Some(analysis) = &mut self.analysis {
            analysis.update(rows);
        }
    }
}

/// The room for images in a run's errors, in bytes: a page about it must not be too large to be sent.
const ROOM_FOR_IMAGES: usize = 2_000_000;

/// Has an analysis look up the images of the rows that it shows.
fn illustrate(analysis: &mut dyn ErrorAnalysis, data: &Dataset, schema: &Schema, target: &TargetSchema) {
    let on_images = |target: &&TargetSchema| target.kind().subject() == Subject::Image;
    let Some(input) =
        Some(target).filter(on_images).and_then(|target| schema.inputs.iter().position(|input| Some(input.name.as_str()) == target.on()))
    else {
        return;
    };
    // An image that could be read before and cannot be now is missing there, and its row is shown without it.
    let picture = |row| data.picture(schema, input, row).ok().flatten();
    let number = |row| data.table_row(row) + 1;
    let bytes = ROOM_FOR_IMAGES / schema.targets.iter().filter(on_images).count();
    analysis.illustrate(Images { picture: &picture, number: &number, bytes });
}

/// What is said of predictions that are no finite numbers.
pub(crate) fn note_on_unfinite(task: &str, rows: usize) -> String {
    let rows = if rows == 1 { "1 row has a prediction that is".to_owned() } else { format!("{rows} rows have predictions that are") };
    format!("task \"{task}\": {rows} not a finite number; look for extreme values in the inputs")
}

/// Appends the predictions of a block to those of the blocks before.
pub(crate) fn append(all: &mut [Option<Values>], block: Vec<Option<Values>>) {
    for (all, block) in all.iter_mut().zip(block) {
        match (all, block) {
            (Some(all), Some(block)) => all.append(&block),
            (all @ None, block) => *all = block,
            (Some(_), None) => {}
        }
    }
}

/// The weighted score of an evaluation over the tasks of a configuration.
pub(crate) fn total_score(config: &Config, schema: &Schema, evaluation: &Evaluation) -> Option<f64> {
    weighted_score(schema.targets.iter().filter_map(|target| {
        let task = config.tasks.get(&target.name)?;
        Some((task.score_weight(), score(target, task.metric.as_deref(), evaluation.tasks.get(&target.name)?)))
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
