//! One training step: a batch in, moved parameters out.

use crate::chunks::Chunks;
use crate::config::Config;
use crate::error::TrainError;
use crate::feed::Ready;
use crate::state::{Learner, Progress};
pub(crate) use crate::train_step::Inspect;
use crate::train_step::{GradientNorm, StepError, TrainState, TrainStep};
use banyan_balance::{Gramian, StepContext};
use banyan_data::augment::Augmentation;
use banyan_data::dataset::Dataset;
use banyan_engine::{AuxiliaryLoss, Context, Engine, Program, Purpose};
use banyan_model::{Model, Request};
use banyan_nn::Schedule;

/// What stays the same over all steps.
pub(crate) struct Stepper<'a> {
    pub(crate) config: &'a Config,
    pub(crate) model: &'a Model,
    pub(crate) data: &'a Dataset,
    pub(crate) schedule: Schedule,
    /// The losses of no task that are balanced like tasks.
    pub(crate) balanced: Vec<String>,
    pub(crate) chunk_rows: usize,
    pub(crate) augmentation: Option<Augmentation>,
}

/// For so many epochs one at the end is without mixed images.
const EPOCHS_OF_ONE_UNMIXED: usize = 10;

/// What a step found, task by task as the configuration names them.
pub(crate) struct LoggedStep {
    /// Each task's loss times its weight in the configuration; none for a task without a label in the batch.
    /// After the tasks come the losses of no task that are balanced like them.
    pub(crate) losses: Vec<Option<f64>>,
    pub(crate) weights: Vec<f64>,
    /// Of no task.
    pub(crate) auxiliary: Vec<AuxiliaryLoss>,
    /// Of the tasks' gradients, where the step looked at them.
    pub(crate) gramian: Option<Gramian>,
    pub(crate) learning_rate: f64,
}

impl Stepper<'_> {
    /// Makes step `learner.progress.step` (counted from 0) of `epoch` with these rows.
    pub(crate) fn step(
        &self,
        engine: &mut Engine,
        learner: &mut Learner,
        epoch: u64,
        ready: Ready,
        inspect: Inspect,
    ) -> Result<LoggedStep, TrainError> {
        let training = &self.config.training;
        let step = learner.progress.step;
        let context = Context { purpose: Purpose::Training, seed: training.seed, step };
        let parts = ready.divide(learner.balancer.needs().before.parts());
        let augmentation = self.augmentation.map(|augmentation| in_epoch(augmentation, epoch, training.epochs));
        let parts: Vec<Chunks<'_>> = parts.into_iter().map(|ready| self.chunks(ready, context, augmentation.as_ref())).collect();
        let known: Vec<Vec<usize>> = parts.iter().map(Chunks::known).collect();
        let tasks = (0..self.config.tasks.len()).map(|task| known.iter().all(|known| known[task] > 0));
        let is_known: Vec<bool> = tasks.chain(self.balanced.iter().map(|_| true)).collect();
        let train_step = TrainStep { norm: if training.clip > 0.0 { GradientNorm::AtMost(training.clip) } else { GradientNorm::Finite } };
        let state = TrainState {
            parameters: &mut learner.parameters,
            optimizer: &mut learner.optimizer,
            average: learner.average.as_mut(),
            balancer: &mut *learner.balancer,
        };
        let learning_rate = self.schedule.rate(step);
        let step = StepContext { step, epoch, seed: training.seed, known: &is_known };
        let programs: Vec<&dyn Program> = parts.iter().map(|part| part as &dyn Program).collect();
        let result = train_step
            .step_in_parts(engine, &programs, state, &step, learning_rate, inspect)
            .map_err(|error| self.name_the_task(error, &learner.progress))?;
        learner.progress.step += 1;
        let losses = result.losses.into_iter().zip(&is_known).map(|(loss, &known)| known.then_some(loss)).collect();
        Ok(LoggedStep { losses, weights: result.weights, auxiliary: result.auxiliary, gramian: result.gramian, learning_rate })
    }

    /// Rows as the engine runs them, each task's loss a mean over its labels, times its weight in the configuration.
    fn chunks<'a>(&'a self, ready: Ready, context: Context, augmentation: Option<&'a Augmentation>) -> Chunks<'a> {
        let request = Request { modality_dropout: self.config.training.modality_dropout as f32, ..Request::all() };
        let chunks = Chunks::for_training(self.model, self.data, ready, self.chunk_rows, request, context);
        let mut chunks = chunks.varied(augmentation);
        chunks.balanced = &self.balanced;
        for (known, task) in chunks.known().into_iter().zip(self.config.tasks.values()) {
            let weight = task.weight as f32;
            chunks.weights.push(if known > 0 { weight } else { 0.0 });
            chunks.shares.push(weight / known.max(1) as f32);
        }
        chunks
    }

    /// What a user of a configuration understands.
    fn name_the_task(&self, error: StepError, progress: &Progress) -> TrainError {
        match error {
            StepError::Loss { task, value } => {
                let name = self.config.tasks.get_index(task).map_or("", |(name, _)| name.as_str());
                diverged(progress, format!("the loss of task \"{name}\""), value)
            }
            StepError::Auxiliary { name, value } => diverged(progress, format!("the auxiliary loss \"{name}\""), value),
            StepError::Gradient { value } => diverged(progress, "the norm of the gradient".to_owned(), value),
            StepError::Parts { .. } => unreachable!("the batch is divided as the method needs"),
            StepError::Balance(error) => error.into(),
        }
    }
}

/// How images are varied in one of the epochs, counted from 0: at the end they are no longer mixed, so that the last weights have seen whole ones
/// (as Ge et al., "YOLOX", 2021, do).
fn in_epoch(augmentation: Augmentation, epoch: u64, epochs: usize) -> Augmentation {
    let mixed = epochs - epochs / EPOCHS_OF_ONE_UNMIXED;
    if epoch < mixed as u64 { augmentation } else { augmentation.unmixed() }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_tenth_of_the_epochs_is_not_mixed() {
        let augmentation = Augmentation { mosaic: 0.5, copy_paste: 0.3, ..Augmentation::default() };
        let mixed = |epochs: usize| (0..epochs as u64).filter(|epoch| in_epoch(augmentation, *epoch, epochs).is_mixing()).count();
        assert_eq!([1, 9, 10, 25, 100].map(mixed), [1, 9, 9, 23, 90]);
        assert_eq!(in_epoch(augmentation, 9, 10), Augmentation::default());
    }
}
