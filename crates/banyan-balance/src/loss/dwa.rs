//! Dynamic weight average: Liu, Johns & Davison, "End-to-End Multi-Task Learning with Attention", CVPR 2019.
//!
//! `w = T · softmax(r / temperature)` with `r_i` the mean loss of the last epoch over that of the epoch before: tasks
//! whose loss falls slowly count more. Until a task has two epochs behind it, its ratio is 1.

use super::balancer;
use crate::math::softmax;
use crate::methods::{BalanceMethod, Kind, scale};
use crate::weighting::expect_state;
use crate::{Error, LossNeeds, LossWeighting, StepContext};
use banyan_method::{Method, OptionSpec, Range};

pub(crate) const METHOD: BalanceMethod = BalanceMethod {
    method: Method::new("dwa", "tasks whose loss fell least over the last two epochs count more")
        .paper("Liu, Johns & Davison, CVPR 2019")
        .options(&[OptionSpec::number("temperature", "larger is closer to equal weights", 2.0, Range::between(1e-3, 1e6))])
        .remarks(&[scale("sum: the weights sum to the number of tasks")]),
    kind: Kind::Loss,
    build: |settings, tasks| {
        let epochs = vec![Epochs::default(); tasks];
        Ok(balancer(tasks, DynamicWeightAverage { temperature: settings.number("temperature"), epochs }))
    },
};

/// What is remembered of one task.
#[derive(Debug, Clone, Copy, Default)]
struct Epochs {
    /// Sum of the losses of this epoch.
    sum: f64,
    /// Batches of this epoch that had the task's label.
    count: f64,
    /// Epochs with a mean: 0, 1, or 2 for two and more.
    finished: f64,
    /// Mean of the last one.
    last: f64,
    /// Mean of the one before.
    before: f64,
}

struct DynamicWeightAverage {
    temperature: f64,
    epochs: Vec<Epochs>,
}

impl LossWeighting for DynamicWeightAverage {
    fn needs(&self) -> LossNeeds {
        LossNeeds::Nothing
    }

    fn weights(&mut self, _: &StepContext<'_>, _: Option<&[f64]>) -> Result<Vec<f64>, Error> {
        let ratio = |epochs: &Epochs| {
            let ratio = epochs.last / epochs.before;
            // A loss that reached zero has no ratio.
            if epochs.finished == 2.0 && ratio.is_finite() { ratio } else { 1.0 }
        };
        let scaled: Vec<f64> = self.epochs.iter().map(|epochs| ratio(epochs) / self.temperature).collect();
        let all: Vec<usize> = (0..scaled.len()).collect();
        Ok(softmax(&scaled, &all).iter().map(|share| share * scaled.len() as f64).collect())
    }

    fn after(&mut self, step: &StepContext<'_>, before: &[f64], _: Option<&[f64]>) -> Result<(), Error> {
        for task in step.known_tasks() {
            self.epochs[task].sum += before[task];
            self.epochs[task].count += 1.0;
        }
        Ok(())
    }

    fn end_epoch(&mut self) {
        for epochs in self.epochs.iter_mut().filter(|epochs| epochs.count > 0.0) {
            epochs.before = epochs.last;
            epochs.last = epochs.sum / epochs.count;
            epochs.finished = (epochs.finished + 1.0).min(2.0);
            (epochs.sum, epochs.count) = (0.0, 0.0);
        }
    }

    fn state(&self) -> Vec<f64> {
        self.epochs.iter().flat_map(|e| [e.sum, e.count, e.finished, e.last, e.before]).collect()
    }

    fn restore(&mut self, state: &[f64]) -> Result<(), Error> {
        expect_state(5 * self.epochs.len(), state)?;
        for (epochs, saved) in self.epochs.iter_mut().zip(state.chunks_exact(5)) {
            let [sum, count, finished, last, before] = [saved[0], saved[1], saved[2], saved[3], saved[4]];
            *epochs = Epochs { sum, count, finished, last, before };
        }
        Ok(())
    }
}
