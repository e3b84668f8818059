//! One training step: a batch in, moved parameters out.

use crate::augment::Augmentation;
use crate::chunks::Chunks;
use crate::config::Config;
use crate::error::TrainError;
use crate::registry::GradientOf;
use crate::state::{Learner, Progress};
use banyan_balance::{Balancer, Gramian, LossNeeds, StepContext};
use banyan_data::dataset::Dataset;
use banyan_engine::{Context, Engine, Parameters, Purpose};
use banyan_model::{Model, Request, Tie};
use banyan_nn::{Schedule, clip_global_norm};

/// What stays the same over all steps.
pub(crate) struct Stepper<'a> {
    pub(crate) config: &'a Config,
    pub(crate) model: &'a Model,
    pub(crate) data: &'a Dataset,
    pub(crate) schedule: Schedule,
    pub(crate) gradient_of: GradientOf,
    pub(crate) ties: Vec<Tie>,
    pub(crate) chunk_rows: usize,
    pub(crate) augmentation: Option<Augmentation>,
}

/// What a step found.
pub(crate) struct StepResult {
    /// Each task's loss times its weight in the configuration; none for a task without a label in the batch.
    pub(crate) losses: Vec<Option<f64>>,
    pub(crate) weights: Vec<f64>,
    /// Of the tasks' gradients, where the step looked at them.
    pub(crate) gramian: Option<Gramian>,
    pub(crate) learning_rate: f64,
}

/// The losses, the weights, and the Gramian where it was looked at; the gradient is in the engine.
type Differentiated = (Vec<f64>, Vec<f64>, Option<Gramian>);

/// Whether a step looks at every task's own gradient though its method does not need it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    /// As the method needs.
    AsNeeded,
    /// For the log.
    AtEveryTask,
}

impl Stepper<'_> {
    /// Makes step `learner.progress.step` (counted from 0) of `epoch` with these rows.
    pub(crate) fn step(
        &self,
        engine: &mut Engine,
        learner: &mut Learner,
        epoch: u64,
        rows: Vec<usize>,
        look: Look,
    ) -> Result<StepResult, TrainError> {
        let training = &self.config.training;
        let step = learner.progress.step;
        let context = Context { purpose: Purpose::Training, seed: training.seed, step };
        let request = Request { modality_dropout: training.modality_dropout as f32, ..Request::all() };
        let mut chunks = Chunks::for_training(self.model, self.data, rows, self.chunk_rows, request, context);
        chunks.augmentation = self.augmentation.as_ref();
        let known = chunks.known();
        let task_weights = self.config.tasks.values().map(|task| task.weight as f32);
        chunks.shares = known.iter().zip(task_weights).map(|(&known, weight)| weight / known.max(1) as f32).collect();
        let is_known: Vec<bool> = known.iter().map(|&known| known > 0).collect();
        let told = StepContext { step, epoch, seed: training.seed, known: &is_known };

        let (losses, weights, gramian) = self.differentiate(engine, learner, &chunks, &told, look)?;
        for (task, (&loss, &known)) in losses.iter().zip(&is_known).enumerate() {
            if known && !loss.is_finite() {
                let name = self.config.tasks.get_index(task).map_or("", |(name, _)| name.as_str());
                return Err(diverged(&learner.progress, format!("the loss of task \"{name}\""), loss));
            }
        }
        pull_together(&self.ties, &learner.parameters, engine.gradient_mut());
        let (gradient, workers) = engine.gradient_and_workers();
        let norm = clip_global_norm(workers, gradient, training.clip);
        if !norm.is_finite() {
            return Err(diverged(&learner.progress, "the norm of the gradient".to_owned(), norm));
        }
        let learning_rate = self.schedule.rate(step);
        engine.update_state(&mut learner.parameters);
        learner.optimizer.step(engine.workers(), &mut learner.parameters, engine.gradient(), learning_rate);
        if let Some(average) = &mut learner.average {
            average.update(&learner.parameters.values()[..engine.gradient().len()]);
        }
        if let Balancer::Loss(weighting) = &mut learner.balancer {
            let again =
                (weighting.needs() == LossNeeds::LossesBeforeAndAfter).then(|| engine.losses(&learner.parameters, &chunks, losses.len()));
            weighting.after(&told, &losses, again.as_deref())?;
        }
        learner.progress.step += 1;
        let losses = losses.into_iter().zip(&is_known).map(|(loss, &known)| known.then_some(loss)).collect();
        Ok(StepResult { losses, weights, gramian, learning_rate })
    }

    fn differentiate(
        &self,
        engine: &mut Engine,
        learner: &mut Learner,
        chunks: &Chunks<'_>,
        told: &StepContext<'_>,
        look: Look,
    ) -> Result<Differentiated, TrainError> {
        let tasks = told.known.len();
        let parameters = &learner.parameters;
        let look = look == Look::AtEveryTask && tasks > 1;
        match &mut learner.balancer {
            Balancer::Loss(weighting) if look => {
                let losses = engine.stacked(parameters, chunks, tasks);
                let values = engine.gramian(parameters);
                if !finite(&values) || !finite(&losses) {
                    return Ok(not_finite(engine, parameters, losses));
                }
                let weights = weighting.weights(told, Some(&losses))?;
                let gramian = Gramian::new(tasks, values)?;
                engine.combine_losses(parameters, &narrow(&weights));
                Ok((losses, weights, Some(gramian)))
            }
            Balancer::Loss(weighting) if weighting.needs() == LossNeeds::Nothing => {
                let weights = weighting.weights(told, None)?;
                let losses = engine.weighted(parameters, chunks, &narrow(&weights));
                Ok((losses, weights, None))
            }
            Balancer::Loss(weighting) => {
                let mut weights = Vec::new();
                let losses = engine.weighted_by_losses(parameters, chunks, tasks, |losses| -> Result<Vec<f32>, TrainError> {
                    weights =
                        if losses.iter().all(|loss| loss.is_finite()) { weighting.weights(told, Some(losses))? } else { vec![0.0; tasks] };
                    Ok(narrow(&weights))
                })?;
                Ok((losses, weights, None))
            }
            Balancer::Gramian(weighting) if self.gradient_of == GradientOf::Representation => {
                let mut chosen = Vec::new();
                let (losses, gramian) =
                    engine.weighted_by_representation(parameters, chunks, tasks, |losses, gramian| -> Result<Vec<f32>, TrainError> {
                        chosen = if finite(gramian) && finite(losses) {
                            weighting.weights(told, &Gramian::new(tasks, gramian.to_vec())?, losses)?
                        } else {
                            vec![0.0; tasks]
                        };
                        Ok(narrow(&chosen))
                    })?;
                let gramian = finite(&gramian).then(|| Gramian::new(tasks, gramian)).transpose()?;
                Ok((losses, chosen, gramian))
            }
            Balancer::Gramian(weighting) => {
                let losses = engine.stacked(parameters, chunks, tasks);
                let values = engine.gramian(parameters);
                if !finite(&values) || !finite(&losses) {
                    return Ok(not_finite(engine, parameters, losses));
                }
                let gramian = Gramian::new(tasks, values)?;
                let weights = weighting.weights(told, &gramian, &losses)?;
                engine.combine(parameters, &narrow(&weights));
                Ok((losses, weights, Some(gramian)))
            }
        }
    }
}

/// The plain sum, for a step that will be refused: the caller names what is not finite.
fn not_finite(engine: &mut Engine, parameters: &Parameters, losses: Vec<f64>) -> Differentiated {
    let ones = vec![1.0; losses.len()];
    engine.combine(parameters, &narrow(&ones));
    (losses, ones, None)
}

fn finite(values: &[f64]) -> bool {
    values.iter().all(|x| x.is_finite())
}

fn narrow(weights: &[f64]) -> Vec<f32> {
    weights.iter().map(|&weight| weight as f32).collect()
}

/// Adds the gradient of every tie's penalty.
fn pull_together(ties: &[Tie], parameters: &Parameters, gradient: &mut [f32]) {
    for tie in ties {
        let count = tie.parameters.len() as f32;
        for place in 0..parameters.get(tie.parameters[0]).len() {
            let sum: f32 = tie.parameters.iter().map(|&id| parameters.get(id)[place]).sum();
            for &id in &tie.parameters {
                // d/dW_i of Σ_{i<j} |W_i - W_j|² is 2 Σ_j (W_i - W_j).
                let own = parameters.get(id)[place];
                gradient[parameters.info(id).range.start + place] += 2.0 * tie.strength as f32 * (count * own - sum);
            }
        }
    }
}

/// The error of a training that left the finite numbers; the step at hand is the one after `progress.step`.
pub(crate) fn diverged(progress: &Progress, what: String, value: f64) -> TrainError {
    let last_good = if progress.best_step > 0 {
        format!("the best weights so far, of step {}, are kept in the run", progress.best_step)
    } else {
        "there was no evaluation before it, so no weights were kept".to_owned()
    };
    TrainError::Diverged { step: progress.step + 1, what, value, last_good }
}
