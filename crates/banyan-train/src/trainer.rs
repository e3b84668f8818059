//! The training loop.

use crate::chunks::rows_per_chunk;
use crate::config::Config;
use crate::error::TrainError;
use crate::error_analysis::RunErrors;
use crate::feed::{Feed, Ready, Steps, with_feed};
use crate::memory;
use crate::methods::check_choices;
use crate::observer::{Event, Observer};
use crate::outputs::{Evaluated, Runner, note_on_unfinite, subsets, total_score};
use crate::pipeline::{self, Prepared};
use crate::prepare::prepare;
use crate::pretrained;
use crate::registry;
use crate::remembered;
use crate::report;
use crate::restored;
use crate::run::{DataSummary, EvaluationRecord, LogRecord, RunWriter, SplitEvaluation, StartRecord, StepRecord, StopReason, Summary};
use crate::sampler::Sampler;
use crate::sources::expect_no_sources;
use crate::state::{Learner, Progress, borrowed};
use crate::stepper::{Inspect, LoggedStep, Stepper, diverged};
use banyan_data::dataset::Dataset;
use banyan_engine::{Engine, Parameters};
use banyan_model::{Methods, Model, Request, weights};
use banyan_nn::{Average, Optimizer, Schedule};
use indexmap::IndexMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Whether a run is begun or taken up again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Resume {
    /// A new run in a new folder.
    #[default]
    No,
    /// The run in the folder goes on where its last checkpoint was; a run that had ended stays as it is, unless the configuration has more
    /// epochs than it had. The learning rate is then that of a training of so many epochs, from the next step on.
    Yes,
}

/// Where a training writes and how long it may take.
#[derive(Debug, Clone, Default)]
pub struct TrainOptions {
    /// The run's folder.
    pub out: PathBuf,
    /// Whether it is there already.
    pub resume: Resume,
    /// After this much time, that before an interruption included, the training ends as if its epochs were done.
    pub time_limit: Option<Duration>,
    /// What the model can be built from: the standard methods, and those that a program adds.
    pub methods: Methods,
}

/// Trains a configuration into a run.
///
/// `folder` is what the configuration's data paths are relative to. Setting `interrupt` ends the training after the
/// step at hand, with a checkpoint.
///
/// The same configuration gives the same weights, bit for bit, whatever the number of threads and however
/// often the training was interrupted and resumed.
///
/// # Errors
/// Everything that [`TrainError`] names; what the run had kept by then stays. A new run is not begun in a folder that holds one of the files
/// that it is made from: its own files could overwrite it.
pub fn train(
    config: &Config,
    folder: &Path,
    options: &TrainOptions,
    observer: &mut dyn Observer,
    interrupt: &AtomicBool,
) -> Result<Summary, TrainError> {
    let begun = Instant::now();
    if options.resume == Resume::No {
        expect_no_sources(config, folder, &options.out)?;
    }
    check_choices(config, &options.methods)?;
    let (resumed, checkpoint, stored, data) = match options.resume {
        // The folder is made once everything is read: a start that fails, or is killed before, leaves nothing behind.
        Resume::No => {
            RunWriter::expect_free(&options.out)?;
            (None, None, None, None)
        }
        Resume::Yes => {
            let (run, checkpoint) = RunWriter::resume(&options.out)?;
            let schema = restored::schema(run.folder(), config)?;
            let data = run.folder().data()?;
            (Some(run), checkpoint, Some(schema), data)
        }
    };
    let (mut prepared, data) = prepare(config, folder, &options.methods, (resumed.as_ref(), stored, data), observer)?;
    let engine = registry::engine(config)?;
    prepared.notes.extend(registry::note_on(&engine, config));
    for note in &prepared.notes {
        observer.event(&Event::Note { text: note });
    }
    let (model, mut parameters) = registry::model(config, &prepared.schema, &options.methods, memory::Purpose::Training)?;
    memory::check_steps(config, (&model, &parameters), &options.methods, &prepared.train)?;
    if checkpoint.is_none() {
        pretrained::load(config, folder, &model, &mut parameters)?;
    }
    let balanced = registry::balanced(config, &model);
    let balancer = registry::balancer(config, balanced.len())?;
    let average =
        (config.training.average > 0.0).then(|| Average::new(config.training.average, &parameters.values()[..parameters.trainable_len()]));
    let optimizer = Optimizer::new(registry::optimizer(config)?, config.training.weight_decay, &parameters);
    let mut learner = Learner { parameters, optimizer, average, balancer, progress: Progress::default() };
    let rows = prepared.rows();
    if let Some(checkpoint) = &checkpoint {
        learner.restore(checkpoint)?;
        if learner.progress.rows != rows {
            let text = format!(
                "the run was begun with {:?} training, validation and test rows, and there are {rows:?} now: a resumed run needs the same data; \
                 put the tables back, or begin a new run with another --out",
                learner.progress.rows
            );
            return Err(TrainError::Unfit(text));
        }
    }
    learner.progress.rows = rows;
    let kept_config = pipeline::with_absolute_paths(config, folder);
    let mut run = match resumed {
        Some(run) => {
            remembered::follow(&run, &kept_config)?;
            run
        }
        None => {
            let run = RunWriter::create(&options.out)?;
            // By the run, which syncs its folders as well: a resumed training reads this before anything else.
            for (name, bytes) in prepared.schema.files()? {
                run.write_vocabulary(&name, &bytes)?;
            }
            if let Some(data) = &data {
                run.write_data(data)?;
            }
            run.write_config(&kept_config.to_toml()?)?;
            run
        }
    };
    let rows = 0..prepared.train.len();
    let sources = rows.clone().map(|row| prepared.train.source_of(row));
    let sampler = Sampler::new(sources, config.data.sampling, config.training.batch_size, config.training.seed)
        .by_length(rows.map(|row| prepared.train.tokens(row)));
    let steps = (config.training.epochs * sampler.steps()) as u64;
    learner.plan(config.training.epochs, steps);
    let stepper = Stepper {
        config,
        model: &model,
        data: &prepared.train,
        schedule: Schedule {
            kind: registry::schedule(config)?,
            base: config.training.learning_rate,
            warm_up_steps: (config.training.warmup * steps as f64).round() as u64,
            total_steps: steps,
        },
        balanced,
        chunk_rows: rows_per_chunk(&model),
        augmentation: registry::augmentation(config)?,
    };
    let (preparing, begun) = (begun.elapsed(), Instant::now());
    let mut training = Training {
        config,
        prepared: &prepared,
        model: &model,
        data: pipeline::summary(&prepared),
        sampler,
        stepper,
        engine,
        preparing,
        seconds_before: learner.progress.seconds,
        waited_before: learner.progress.waited,
        waited: Duration::ZERO,
        learner,
        run: &mut run,
        observer,
        begun,
        saved: begun,
        smoothed: IndexMap::new(),
    };
    let done = training.learner.progress.step;
    let plan = training.steps(done);
    with_feed(&prepared.train, plan, config.training.threads, |feed| training.run(feed, steps, options.time_limit, interrupt))
}

struct Training<'a> {
    config: &'a Config,
    prepared: &'a Prepared,
    model: &'a Model,
    data: DataSummary,
    sampler: Sampler,
    stepper: Stepper<'a>,
    engine: Engine,
    learner: Learner,
    run: &'a mut RunWriter,
    observer: &'a mut dyn Observer,
    begun: Instant,
    /// What came before the first step.
    preparing: Duration,
    seconds_before: f64,
    waited_before: f64,
    /// For how long this process waited for data.
    waited: Duration,
    saved: Instant,
    smoothed: IndexMap<String, f64>,
}

impl Training<'_> {
    /// The rows of every step after the first `done`.
    fn steps(&self, done: u64) -> Steps<'static> {
        let (sampler, epochs) = (self.sampler.clone(), self.config.training.epochs as u64);
        let per_epoch = sampler.steps() as u64;
        Box::new((done / per_epoch..epochs).flat_map(move |epoch| sampler.epoch(epoch)).skip((done % per_epoch) as usize))
    }

    fn run(
        &mut self,
        feed: &mut Feed<'_, '_>,
        steps: u64,
        time_limit: Option<Duration>,
        interrupt: &AtomicBool,
    ) -> Result<Summary, TrainError> {
        let per_epoch = self.sampler.steps();
        let first = self.learner.progress.step;
        let epochs = self.config.training.epochs;
        if first == 0 {
            let start = StartRecord { parameters: self.trained(), steps_per_epoch: per_epoch, data: self.data.clone() };
            self.run.log(&LogRecord::Start(start))?;
        }
        let started =
            Event::Started { parameters: self.trained(), rows: &self.data.rows, epochs, steps_per_epoch: per_epoch, done_steps: first };
        self.observer.event(&started);
        let mut stop = self.learner.progress.done;
        let mut waited_for_steps = Duration::ZERO;
        while stop.is_none() && self.learner.progress.step < steps {
            let ready = match feed.next() {
                Ok(Some(ready)) => ready,
                Ok(None) => break,
                Err(error) => {
                    // What was learned is worth keeping: the step at hand has not begun.
                    if self.learner.progress.step > first {
                        self.save_checkpoint()?;
                    }
                    return Err(error);
                }
            };
            self.waited += feed.waited() - waited_for_steps;
            waited_for_steps = feed.waited();
            self.step(ready, steps, first)?;
            let ends_epoch = self.learner.progress.step.is_multiple_of(per_epoch as u64);
            if ends_epoch {
                stop = self.end_epoch(self.learner.progress.step / per_epoch as u64)?;
            }
            if stop.is_none() && time_limit.is_some_and(|limit| self.seconds() >= limit.as_secs_f64()) {
                stop = Some(StopReason::TimeLimit);
            }
            if stop.is_none() && interrupt.load(Ordering::Relaxed) {
                self.save_checkpoint()?;
                return self.finish(StopReason::Interrupted);
            }
            if ends_epoch || self.saved.elapsed().as_secs_f64() >= self.config.training.checkpoint_seconds {
                self.save_checkpoint()?;
            }
        }
        let stop = stop.unwrap_or(StopReason::Completed);
        if self.learner.progress.done.is_none() {
            // A training that ended within an epoch is evaluated where it ended.
            if self.learner.progress.step > 0 && !self.learner.progress.step.is_multiple_of(per_epoch as u64) {
                self.evaluate(self.learner.progress.step.div_ceil(per_epoch as u64))?;
            }
            (self.learner.progress.seconds, self.learner.progress.waited) = (self.seconds(), self.waited_seconds());
            self.learner.progress.done = Some(stop);
            self.save_checkpoint()?;
        }
        self.finish(stop)
    }

    fn step(&mut self, ready: Ready, steps: u64, first: u64) -> Result<(), TrainError> {
        let count = ready.rows.len();
        let epoch = self.learner.progress.step / self.sampler.steps() as u64;
        let number = self.learner.progress.step + 1;
        let logged = number == 1 || number.is_multiple_of(self.config.training.log_every as u64);
        let inspect = if logged { Inspect::EveryTask } else { Inspect::AsNeeded };
        let result = self.stepper.step(&mut self.engine, &mut self.learner, epoch, ready, inspect)?;
        let losses = self.own_losses(&result);
        for (name, loss) in &losses {
            let smoothed = self.smoothed.entry(name.clone()).or_insert(*loss);
            *smoothed += 0.1 * (loss - *smoothed);
        }
        if logged {
            let record = self.record(&result, losses, epoch + 1, count);
            self.run.log(&LogRecord::Step(record))?;
        }
        let shown: Vec<(String, f64)> = self.smoothed.iter().map(|(name, loss)| (name.clone(), *loss)).collect();
        let seconds_left = self.begun.elapsed().as_secs_f64() / (number - first) as f64 * (steps - number) as f64;
        self.observer.event(&Event::Step { step: number, steps, epoch: epoch as usize + 1, losses: &shown, seconds_left });
        Ok(())
    }

    /// Each task's own loss, without its weight in the configuration.
    fn own_losses(&self, result: &LoggedStep) -> IndexMap<String, f64> {
        let own = |((name, task), loss): ((&String, &crate::config::TaskConfig), &Option<f64>)| {
            let loss = (*loss)?;
            Some((name.clone(), if task.weight > 0.0 { loss / task.weight } else { 0.0 }))
        };
        self.config.tasks.iter().zip(&result.losses).filter_map(own).collect()
    }

    fn record(&self, result: &LoggedStep, losses: IndexMap<String, f64>, epoch: u64, rows: usize) -> StepRecord {
        let names: Vec<&String> = self.config.tasks.keys().chain(&self.stepper.balanced).collect();
        let of = |values: &[f64]| -> IndexMap<String, f64> {
            let known = names.iter().zip(values).zip(&result.losses).filter(|(_, loss)| loss.is_some());
            known.map(|((name, value), _)| ((*name).clone(), *value)).collect()
        };
        let (mut cosines, mut norms) = (IndexMap::new(), IndexMap::new());
        if let Some(gramian) = &result.gramian {
            norms = of(&gramian.norms());
            let all = gramian.cosines();
            for i in 0..names.len() {
                for j in i + 1..names.len() {
                    if result.losses[i].is_some() && result.losses[j].is_some() {
                        cosines.insert(format!("{}/{}", names[i], names[j]), all[i * names.len() + j]);
                    }
                }
            }
        }
        StepRecord {
            step: self.learner.progress.step,
            epoch,
            losses,
            auxiliary: result.auxiliary.iter().map(|loss| (loss.name.clone(), loss.value)).collect(),
            weights: of(&result.weights),
            cosines,
            norms,
            learning_rate: result.learning_rate,
            rows,
        }
    }

    fn end_epoch(&mut self, epoch: u64) -> Result<Option<StopReason>, TrainError> {
        self.learner.balancer.end_epoch();
        let last = epoch as usize == self.config.training.epochs;
        if last || (epoch as usize).is_multiple_of(self.config.training.evaluate_every) {
            self.evaluate(epoch)?;
        }
        let patience = self.config.training.patience;
        Ok(patience.filter(|&patience| self.learner.progress.epochs_without_better >= patience).map(|_| StopReason::Patience))
    }

    /// Evaluates on the validation rows and keeps the weights if they are the best; without validation rows the newest are kept.
    fn evaluate(&mut self, epoch: u64) -> Result<(), TrainError> {
        let step = self.learner.progress.step;
        let parameters = self.learner.evaluated();
        let Some(valid) = &self.prepared.valid else {
            self.run.write_model(&weights::to_bytes(&parameters)?)?;
            (self.learner.progress.best_epoch, self.learner.progress.best_step) = (epoch, step);
            return Ok(());
        };
        let threads = self.config.training.threads;
        let mut runner = Runner { engine: &mut self.engine, model: self.model, parameters: &parameters, threads };
        let Evaluated { evaluation, waited, .. } = runner.evaluate(valid, Request::all(), None)?;
        self.waited += waited;
        if let Some((name, _)) = evaluation.tasks.iter().find(|(_, metrics)| metrics.rows > 0 && metrics.get("loss").is_none()) {
            drop(parameters);
            return Err(diverged(&self.learner.progress, format!("the validation loss of task \"{name}\""), f64::NAN));
        }
        let score = total_score(self.config, self.model.schema(), &evaluation);
        let before = self.learner.progress.best_score.map(f64::from_bits);
        let is_best = match (score, before) {
            (Some(score), Some(before)) => score > before,
            (None, Some(_)) => false,
            // while no task has a score, as where all validation rows are of one class, the newest weights are kept
            (_, None) => true,
        };
        if is_best {
            self.run.write_model(&weights::to_bytes(&parameters)?)?;
        }
        drop(parameters);
        let progress = &mut self.learner.progress;
        if is_best {
            progress.best_score = score.map(f64::to_bits);
            (progress.best_epoch, progress.best_step) = (epoch, step);
        }
        progress.epochs_without_better = (epoch - progress.best_epoch) as usize;
        let record = EvaluationRecord { epoch, step, split: "valid".to_owned(), score, tasks: evaluation.tasks.clone() };
        self.run.log(&LogRecord::Evaluation(record))?;
        self.observer.event(&Event::Evaluated { epoch: epoch as usize, split: "valid", evaluation: &evaluation, score, best: is_best });
        Ok(())
    }

    /// Measures the kept weights on every split and subset of inputs, and writes the summary and the report.
    fn finish(&mut self, stop_reason: StopReason) -> Result<Summary, TrainError> {
        let mut results = Vec::new();
        if let Some(bytes) = self.run.folder().model()? {
            let mut best: Parameters = self.learner.parameters.clone();
            weights::from_bytes(self.stepper.model, &mut best, &bytes)?;
            let splits: [(&str, Option<&Dataset>); 2] = [("test", self.prepared.test.as_ref()), ("valid", self.prepared.valid.as_ref())];
            for (split, data) in splits {
                let Some(data) = data else { continue };
                for inputs in subsets(self.model) {
                    let request = Request { inputs: &inputs, ..Request::all() };
                    let threads = self.config.training.threads;
                    let mut runner = Runner { engine: &mut self.engine, model: self.model, parameters: &best, threads };
                    // The words that were kept are those of the first split that there is, and the first subset is all inputs.
                    let words = results.is_empty().then_some(&self.prepared.words);
                    let Evaluated { evaluation, errors, unfinite, .. } = runner.evaluate(data, request, words)?;
                    if words.is_some() {
                        for (task, rows) in &unfinite {
                            self.observer.event(&Event::Note { text: &format!("{split} rows: {}", note_on_unfinite(task, *rows)) });
                        }
                        self.run.write_errors(&RunErrors { split: split.to_owned(), tasks: errors })?;
                    }
                    results.push(SplitEvaluation { split: split.to_owned(), evaluation });
                }
            }
        }
        let progress = &self.learner.progress;
        let summary = Summary {
            stop_reason,
            epochs: progress.step.div_ceil(self.sampler.steps() as u64),
            steps: progress.step,
            best_epoch: progress.best_epoch,
            best_step: progress.best_step,
            best_score: progress.best_score.map(f64::from_bits),
            seconds: self.seconds(),
            waited_seconds: self.waited_seconds(),
            preparing_seconds: self.preparing.as_secs_f64(),
            parameters: self.trained(),
            seed: self.config.training.seed,
            data: self.data.clone(),
            results,
        };
        self.run.write_summary(&summary)?;
        let page = report::html(&report::ReportData::read(self.run.folder())?);
        self.run.write_report(&page)?;
        self.observer.event(&Event::Finished { summary: &summary });
        Ok(summary)
    }

    fn save_checkpoint(&mut self) -> Result<(), TrainError> {
        (self.learner.progress.seconds, self.learner.progress.waited) = (self.seconds(), self.waited_seconds());
        let parts = self.learner.parts();
        self.run.save_checkpoint(&borrowed(&parts))?;
        self.saved = Instant::now();
        Ok(())
    }

    fn seconds(&self) -> f64 {
        if self.learner.progress.done.is_some() {
            self.learner.progress.seconds
        } else {
            self.seconds_before + self.begun.elapsed().as_secs_f64()
        }
    }

    fn waited_seconds(&self) -> f64 {
        if self.learner.progress.done.is_some() { self.learner.progress.waited } else { self.waited_before + self.waited.as_secs_f64() }
    }

    fn trained(&self) -> usize {
        self.learner.parameters.trainable_len()
    }
}
