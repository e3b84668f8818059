//! FairGrad: Ban & Ji, "Fair Resource Allocation in Multi-Task Learning", ICML 2024.
//!
//! The direction is a resource that the tasks share α-fairly: `G w = w^(-1/α)`, `w > 0`. `α = 1` is proportional fairness
//! and gives Nash-MTL's bargain; larger α helps the worst-off task more. `α = 0` stands for the mean of the gradients.
//! Tasks with a zero gradient get weight 0.

use super::{COMMON, balancer};
use crate::known::GramianRule;
use crate::math::fair_weights;
use crate::method::{BalanceMethod, Family, scale};
use crate::{Error, Gramian, StepContext};
use banyan_method::{Method, OptionSpec, Range};

pub(crate) const METHOD: BalanceMethod = BalanceMethod {
    method: Method::new("fairgrad", "an alpha-fair share of the step for every task")
        .paper("Ban & Ji, ICML 2024")
        .options(&[OptionSpec::number("alpha", "fairness; 0 for the mean", 1.0, Range::between(0.1, 10.0).or(0.0))])
        .common_options(COMMON)
        .remarks(&[scale("its own: J scaled by c scales the step by c^((1 - alpha) / (1 + alpha)), not at all for alpha = 1")]),
    family: Family::Aggregator,
    build: |settings, tasks, _| Ok(balancer(settings, tasks, FairGrad { alpha: settings.number("alpha") })),
};

struct FairGrad {
    alpha: f64,
}

impl GramianRule for FairGrad {
    fn weights(&mut self, _: &StepContext<'_>, _: &[usize], gramian: &Gramian, _: &[f64]) -> Result<Vec<f64>, Error> {
        if self.alpha == 0.0 {
            return Ok(vec![1.0 / gramian.tasks() as f64; gramian.tasks()]);
        }
        fair_weights(METHOD.name(), gramian, 1.0 / self.alpha)
    }
}
