//! What a resumed training needs, as the parts of a checkpoint.

use crate::balance_state;
use crate::error::TrainError;
use crate::run::{Checkpoint, Part, StopReason};
use banyan_balance::Balancer;
use banyan_engine::Parameters;
use banyan_nn::{Average, Optimizer};
use serde::{Deserialize, Serialize};

/// The place in the training and what was best so far.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Progress {
    /// Steps made.
    pub(crate) step: u64,
    /// The best score's bits, so that it is exact.
    pub(crate) best_score: Option<u64>,
    pub(crate) best_epoch: u64,
    pub(crate) best_step: u64,
    /// Evaluations since the best one, in epochs.
    pub(crate) epochs_without_better: usize,
    /// Seconds so far.
    pub(crate) seconds: f64,
    /// Seconds of them in which the training waited for data.
    #[serde(default)]
    pub(crate) waited: f64,
    /// Steps of the optimizer and of the average.
    pub(crate) optimizer_steps: u64,
    pub(crate) average_steps: u64,
    /// Rows of the training, validation and test data: a resumed run must have the same.
    pub(crate) rows: [usize; 3],
    /// The epochs that the training was to have; a checkpoint of an earlier version does not say.
    #[serde(default)]
    pub(crate) epochs: Option<usize>,
    /// Whether the end was reached.
    pub(crate) done: Option<StopReason>,
}

/// Everything that changes while a model learns.
pub(crate) struct Learner {
    pub(crate) parameters: Parameters,
    pub(crate) optimizer: Optimizer,
    pub(crate) average: Option<Average>,
    pub(crate) balancer: Box<dyn Balancer>,
    pub(crate) progress: Progress,
}

impl Learner {
    /// The parts of a checkpoint, by name.
    pub(crate) fn parts(&mut self) -> Vec<(&'static str, Vec<u8>)> {
        let (first, second, steps) = self.optimizer.state();
        self.progress.optimizer_steps = steps;
        self.progress.average_steps = self.average.as_ref().map_or(0, Average::steps);
        let average = self.average.as_ref().map(Average::values).unwrap_or_default();
        vec![
            ("progress.json", serde_json::to_vec(&self.progress).expect("numbers are JSON")),
            ("parameters.f32", bytes(self.parameters.values())),
            ("first.f32", bytes(first)),
            ("second.f32", bytes(second)),
            ("average.f32", bytes(average)),
            ("balance.safetensors", balance_state::to_bytes(&self.balancer.state())),
        ]
    }

    /// Goes on from a checkpoint.
    pub(crate) fn restore(&mut self, checkpoint: &Checkpoint) -> Result<(), TrainError> {
        self.progress = serde_json::from_slice(checkpoint.part("progress.json")?).map_err(|error| {
            TrainError::Unfit(format!("the checkpoint's progress.json cannot be read: {error}; train again without --resume"))
        })?;
        if self.progress.best_step > self.progress.step || self.progress.best_epoch > self.progress.best_step {
            let text = "the checkpoint's progress.json has its best weights after its last step; train again without --resume";
            return Err(TrainError::Unfit(text.to_owned()));
        }
        let values = numbers(checkpoint, "parameters.f32")?;
        if values.len() != self.parameters.values().len() {
            return Err(TrainError::Unfit(format!(
                "the checkpoint has {} parameters and the configuration makes {}: it belongs to another configuration or version; train again without --resume",
                values.len(),
                self.parameters.values().len()
            )));
        }
        self.parameters.values_mut().copy_from_slice(&values);
        let (first, second) = (numbers(checkpoint, "first.f32")?, numbers(checkpoint, "second.f32")?);
        self.optimizer.restore(first, second, self.progress.optimizer_steps).map_err(|error| TrainError::Unfit(error.to_string()))?;
        if let Some(average) = &mut self.average {
            let values = numbers(checkpoint, "average.f32")?;
            if values.len() != average.values().len() {
                let (found, wanted) = (values.len(), average.values().len());
                return Err(TrainError::Unfit(format!(
                    "the checkpoint's average.f32 has {found} numbers and the model {wanted} that are trained; train again without --resume"
                )));
            }
            average.restore(values, self.progress.average_steps);
        }
        let state = balance_state::from_bytes(checkpoint.part("balance.safetensors")?).map_err(|error| {
            TrainError::Unfit(format!("the checkpoint's balance.safetensors cannot be read: {error}; train again without --resume"))
        })?;
        self.balancer.restore(&state)?;
        Ok(())
    }

    /// Says how many epochs, of so many steps in all, the training is to have. A run that has ended goes on where they are more than before.
    pub(crate) fn plan(&mut self, epochs: usize, steps: u64) {
        let progress = &mut self.progress;
        // Without the earlier number: all its epochs were done, and they had fewer steps.
        let more = match progress.epochs {
            Some(before) => epochs > before,
            None => progress.done == Some(StopReason::Completed) && progress.step < steps,
        };
        if more {
            progress.done = None;
        }
        progress.epochs = Some(epochs);
    }

    /// The parameters that are evaluated and kept: the average's where there is one.
    pub(crate) fn evaluated(&self) -> std::borrow::Cow<'_, Parameters> {
        match &self.average {
            Some(average) => {
                let mut parameters = self.parameters.clone();
                parameters.values_mut()[..average.values().len()].copy_from_slice(average.values());
                std::borrow::Cow::Owned(parameters)
            }
            None => std::borrow::Cow::Borrowed(&self.parameters),
        }
    }
}

/// Borrows parts as a checkpoint wants them.
pub(crate) fn borrowed<'a>(parts: &'a [(&'static str, Vec<u8>)]) -> Vec<Part<'a>> {
    parts.iter().map(|(name, bytes)| Part { name, bytes }).collect()
}

fn bytes(values: &[f32]) -> Vec<u8> {
    values.iter().flat_map(|x| x.to_le_bytes()).collect()
}

/// The numbers of a part.
fn numbers(checkpoint: &Checkpoint, name: &str) -> Result<Vec<f32>, TrainError> {
    let unfit = |problem: String| TrainError::Unfit(format!("the checkpoint's {name} {problem}; train again without --resume"));
    let bytes = checkpoint.part(name)?;
    let (words, []) = bytes.as_chunks::<4>() else { return Err(unfit("ends within a number".to_owned())) };
    let values: Vec<f32> = words.iter().map(|word| f32::from_le_bytes(*word)).collect();
    match values.iter().find(|value| !value.is_finite()) {
        Some(value) => Err(unfit(format!("holds {value}, with which nothing can be computed"))),
        None => Ok(values),
    }
}
