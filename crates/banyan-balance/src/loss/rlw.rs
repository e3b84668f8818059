//! Random loss weighting: Lin, Ye, Zhang & Tsang, "Reasonable Effectiveness of Random Weighting: A Litmus Test for
//! Multi-Task Learning", TMLR 2022.
//!
//! `w = softmax(z)`, `z` standard normal and new at every step: a function of (seed, step, task). The softmax runs
//! over the tasks that have labels in the batch.

use super::balancer;
use crate::known::LossRule;
use crate::math::softmax;
use crate::method::{BalanceMethod, Family, scale};
use crate::random::Draws;
use crate::{Before, Error, StepContext};
use banyan_method::Method;

pub(crate) const METHOD: BalanceMethod = BalanceMethod {
    method: Method::new("rlw", "new random weights at every step")
        .paper("Lin, Ye, Zhang & Tsang, TMLR 2022")
        .remarks(&[scale("mean: the weights sum to 1")]),
    family: Family::Weighting,
    build: |_, tasks, _| Ok(balancer(tasks, RandomLossWeighting)),
};

struct RandomLossWeighting;

impl LossRule for RandomLossWeighting {
    fn before(&self) -> Before {
        Before::Nothing
    }

    fn weights(&mut self, step: &StepContext<'_>, _: &[f64]) -> Result<Vec<f64>, Error> {
        let draws = Draws::new("rlw", step.seed, step.step);
        let normals: Vec<f64> = (0..step.known.len()).map(|task| draws.normal(task)).collect();
        Ok(softmax(&normals, &step.known_tasks()))
    }
}
