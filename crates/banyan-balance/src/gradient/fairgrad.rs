//! FairGrad: Ban & Ji, "Fair Resource Allocation in Multi-Task Learning", ICML 2024.
//!
//! The direction is a resource that the tasks share α-fairly: `G w = w^(-1/α)`, `w > 0`. `α = 1` is proportional fairness
//! and gives Nash-MTL's bargain; larger α helps the worst-off task more. `α = 0` stands for the mean of the gradients.
//! Tasks with a zero gradient get weight 0.

use super::balancer;
use crate::known::GramianRule;
use crate::math::fair_weights;
use crate::methods::{Kind, Method};
use crate::options::{OptionKind, OptionSpec};
use crate::{Error, Gramian, StepContext};

pub(crate) const METHOD: Method = Method {
    name: "fairgrad",
    kind: Kind::Gramian,
    summary: "an alpha-fair share of the step for every task",
    paper: Some("Ban & Ji, ICML 2024"),
    scale: "its own: J scaled by c scales the step by c^((1 - alpha) / (1 + alpha)), not at all for alpha = 1",
    options: &[OptionSpec {
        name: "alpha",
        summary: "fairness: 0 for the mean, or from 0.1 to 10",
        kind: OptionKind::Number { default: 1.0, minimum: 0.0, maximum: 10.0 },
    }],
    build: |settings, tasks| {
        let alpha = settings.number("alpha");
        if alpha > 0.0 && alpha < 0.1 {
            let expected = "0 or a number between 0.1 and 10".to_owned();
            return Err(Error::OptionValue { method: METHOD.name, option: "alpha", expected, found: alpha.to_string() });
        }
        Ok(balancer(tasks, FairGrad { alpha }))
    },
};

struct FairGrad {
    alpha: f64,
}

impl GramianRule for FairGrad {
    fn weights(&mut self, _: &StepContext<'_>, _: &[usize], gramian: &Gramian, _: &[f64]) -> Result<Vec<f64>, Error> {
        if self.alpha == 0.0 {
            return Ok(vec![1.0 / gramian.tasks() as f64; gramian.tasks()]);
        }
        fair_weights(METHOD.name, gramian, 1.0 / self.alpha)
    }
}
