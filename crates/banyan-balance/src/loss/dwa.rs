//! Dynamic weight average: Liu, Johns & Davison, "End-to-End Multi-Task Learning with Attention", CVPR 2019.
//!
//! `w = T · softmax(r / temperature)` with `r_i` the mean loss of the last epoch over that of the epoch before: tasks
//! whose loss falls slowly count more. Until a task has two epochs behind it, its ratio is 1.

use super::balancer;
use crate::known::LossRule;
use crate::math::softmax;
use crate::method::{BalanceMethod, Family, scale};
use crate::{Before, Error, StepContext, Tensor};
use banyan_method::{Method, OptionSpec, Range};

pub(crate) const METHOD: BalanceMethod = BalanceMethod {
    method: Method::new("dwa", "tasks whose loss fell least over the last two epochs count more")
        .paper("Liu, Johns & Davison, CVPR 2019")
        .options(&[OptionSpec::number("temperature", "larger is closer to equal weights", 2.0, Range::between(1e-3, 1e6))])
        .remarks(&[scale("sum: the weights sum to the number of tasks")]),
    family: Family::Weighting,
    build: |settings, tasks, _| {
        let zeros = || vec![0.0; tasks];
        let (sums, counts, finished, last, before) = (zeros(), zeros(), zeros(), zeros(), zeros());
        Ok(balancer(tasks, DynamicWeightAverage { temperature: settings.number("temperature"), sums, counts, finished, last, before }))
    },
};

struct DynamicWeightAverage {
    temperature: f64,
    /// Sum of each task's losses of this epoch.
    sums: Vec<f64>,
    /// Batches of this epoch that had the task's label.
    counts: Vec<f64>,
    /// Epochs with a mean: 0, 1, or 2 for two and more.
    finished: Vec<f64>,
    /// Mean of the last one.
    last: Vec<f64>,
    /// Mean of the one before.
    before: Vec<f64>,
}

impl LossRule for DynamicWeightAverage {
    fn before(&self) -> Before {
        Before::Nothing
    }

    fn weights(&mut self, _: &StepContext<'_>, _: &[f64]) -> Result<Vec<f64>, Error> {
        let ratio = |task: usize| {
            let ratio = self.last[task] / self.before[task];
            // A loss that reached zero has no ratio.
            if self.finished[task] == 2.0 && ratio.is_finite() { ratio } else { 1.0 }
        };
        let all: Vec<usize> = (0..self.sums.len()).collect();
        let scaled: Vec<f64> = all.iter().map(|&task| ratio(task) / self.temperature).collect();
        Ok(softmax(&scaled, &all).iter().map(|share| share * scaled.len() as f64).collect())
    }

    fn after(&mut self, step: &StepContext<'_>, before: &[f64], _: &[f64]) -> Result<(), Error> {
        for task in step.known_tasks() {
            self.sums[task] += before[task];
            self.counts[task] += 1.0;
        }
        Ok(())
    }

    fn end_epoch(&mut self) {
        for task in (0..self.sums.len()).filter(|&task| self.counts[task] > 0.0).collect::<Vec<_>>() {
            self.before[task] = self.last[task];
            self.last[task] = self.sums[task] / self.counts[task];
            self.finished[task] = (self.finished[task] + 1.0).min(2.0);
            (self.sums[task], self.counts[task]) = (0.0, 0.0);
        }
    }

    fn memory(&mut self) -> Vec<Tensor<'_>> {
        vec![
            Tensor::per_task("sums", &mut self.sums),
            Tensor::per_task("counts", &mut self.counts),
            Tensor::per_task("finished", &mut self.finished),
            Tensor::per_task("last", &mut self.last),
            Tensor::per_task("before", &mut self.before),
        ]
    }
}
