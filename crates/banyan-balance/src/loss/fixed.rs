//! Weights that never change: `L = Σ_i weights_i L_i`.

use super::balancer;
use crate::known::LossRule;
use crate::method::{BalanceMethod, Family, scale};
use crate::{Before, Error, StepContext};
use banyan_method::{Method, OptionSpec, Range};

pub(crate) const METHOD: BalanceMethod = BalanceMethod {
    method: Method::new("fixed", "the sum of the losses with weights of your own")
        .options(&[OptionSpec::per_task("weights", "one weight for each task", 1.0, Range::ANY.at_least(0.0))])
        .remarks(&[scale("as given")]),
    family: Family::Weighting,
    build: |settings, tasks, _| Ok(balancer(tasks, Fixed { weights: settings.per_task("weights") })),
};

/// Also equal weights, with ones.
pub(super) struct Fixed {
    pub(super) weights: Vec<f64>,
}

impl LossRule for Fixed {
    fn before(&self) -> Before {
        Before::Nothing
    }

    fn weights(&mut self, _: &StepContext<'_>, _: &[f64]) -> Result<Vec<f64>, Error> {
        Ok(self.weights.clone())
    }
}
