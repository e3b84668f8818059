//! Nash-MTL: Navon, Shamsian, Achituve, Maron, Kawaguchi, Chechik & Fetaya, "Multi-Task Learning as a Bargaining Game",
//! ICML 2022.
//!
//! The tasks bargain for the direction; the Nash solution is `G w = 1/w`, `w > 0`. It ignores the scale of every
//! gradient. Published code finds it by up to 20 convex programs; it is also the stationary point of the strictly
//! convex `½ wᵀ G w - Σ log w_i`, which Newton's method minimizes exactly.
//!
//! The solution's length is `√T` whatever the gradients' (`normalise = "none"`, the paper's equation). Published code
//! divides `G` by its Frobenius norm first (`normalise = "frobenius"`), so that the step shrinks with the gradients.
//! Either way it is then shortened to `max_norm`; 0 leaves it. With `update_every = n` weights are computed at every
//! n-th step, and reused in between (they are the method's memory). Tasks with a zero gradient get weight 0.

use super::{COMMON, balancer};
use crate::known::GramianRule;
use crate::math::{dot, fair_weights};
use crate::method::{BalanceMethod, Family, scale};
use crate::{Error, Gramian, StepContext, Tensor};
use banyan_method::{Method, OptionSpec, Range};

pub(crate) const METHOD: BalanceMethod = BalanceMethod {
    method: Method::new("nash-mtl", "the Nash bargain of the tasks, blind to the scale of each gradient")
        .paper("Navon, Shamsian, Achituve, Maron, Kawaguchi, Chechik & Fetaya, ICML 2022")
        .options(&[
            OptionSpec::number("max_norm", "longest step in the shared parameters; 0 for no limit", 1.0, Range::ANY.at_least(0.0)),
            OptionSpec::word("normalise", "divide the Gramian by nothing, or by its Frobenius norm", &["none", "frobenius"]),
            OptionSpec::count("update_every", "steps from one bargain to the next", 1, 1..=1_000_000),
        ])
        .common_options(COMMON)
        .remarks(&[scale("its own: a step of length max_norm (of length sqrt(T) without it)")]),
    family: Family::Aggregator,
    build: |settings, tasks, _| {
        let length = match settings.word("normalise") {
            "frobenius" => Length::Frobenius,
            _ => Length::Constant,
        };
        Ok(balancer(
            settings,
            tasks,
            NashMtl {
                max_norm: settings.number("max_norm"),
                length,
                update_every: settings.count("update_every"),
                previous: vec![0.0; tasks],
            },
        ))
    },
};

enum Length {
    Constant,
    Frobenius,
}

struct NashMtl {
    max_norm: f64,
    length: Length,
    update_every: u64,
    /// The last bargain over all tasks, before clipping; 0 where a task was not yet part of one.
    previous: Vec<f64>,
}

impl NashMtl {
    fn bargain(&self, gramian: &Gramian) -> Result<Vec<f64>, Error> {
        let mut weights = fair_weights(METHOD.name(), gramian, 1.0)?;
        if let Length::Frobenius = self.length {
            // Solving with G/c gives √c times the weights.
            let largest = gramian.values().iter().fold(0.0, |largest: f64, value| largest.max(value.abs()));
            let scaled: Vec<f64> = gramian.values().iter().map(|value| value / largest.max(f64::MIN_POSITIVE)).collect();
            let root = (largest * dot(&scaled, &scaled).sqrt()).sqrt();
            weights.iter_mut().for_each(|weight| *weight *= root);
        }
        Ok(weights)
    }
}

impl GramianRule for NashMtl {
    fn weights(&mut self, step: &StepContext<'_>, tasks: &[usize], gramian: &Gramian, _: &[f64]) -> Result<Vec<f64>, Error> {
        let due = step.step.is_multiple_of(self.update_every);
        if due || tasks.iter().any(|&task| self.previous[task] == 0.0) {
            let bargain = self.bargain(gramian)?;
            tasks.iter().zip(bargain).for_each(|(&task, weight)| self.previous[task] = weight);
        }
        let mut weights: Vec<f64> = tasks.iter().map(|&task| self.previous[task]).collect();
        let norm = gramian.direction_norm(&weights);
        if self.max_norm > 0.0 && norm > self.max_norm {
            weights.iter_mut().for_each(|weight| *weight *= self.max_norm / norm);
        }
        Ok(weights)
    }

    fn memory(&mut self) -> Vec<Tensor<'_>> {
        vec![Tensor::per_task("bargain", &mut self.previous)]
    }
}
