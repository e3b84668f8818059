//! The sum of the losses' logarithms, `L = Σ_i log L_i`: the scale-invariant baseline of Navon et al., ICML 2022.
//!
//! The weight is `1 / L_i`, so that multiplying a loss by a constant changes nothing. Losses under 1e-8 count as 1e-8,
//! which keeps a task that is learned perfectly from taking over.

use super::balancer;
use crate::known::LossRule;
use crate::method::{BalanceMethod, Family, scale};
use crate::{Before, Error, StepContext};
use banyan_method::Method;

pub(crate) const METHOD: BalanceMethod = BalanceMethod {
    method: Method::new("scale-invariant", "the sum of the losses' logarithms")
        .paper("baseline of Navon, Shamsian, Achituve, Maron, Kawaguchi, Chechik & Fetaya, ICML 2022")
        .remarks(&[scale("sum of relative changes: the weights are 1 / loss")]),
    family: Family::Weighting,
    build: |_, tasks, _| Ok(balancer(tasks, ScaleInvariant)),
};

const SMALLEST_LOSS: f64 = 1e-8;

struct ScaleInvariant;

impl LossRule for ScaleInvariant {
    fn before(&self) -> Before {
        Before::Losses
    }

    fn weights(&mut self, step: &StepContext<'_>, losses: &[f64]) -> Result<Vec<f64>, Error> {
        let mut weights = vec![0.0; losses.len()];
        for task in step.known_tasks() {
            if losses[task] < 0.0 {
                return Err(Error::LossTooSmall { method: METHOD.name(), task, bound: 0.0, value: losses[task] });
            }
            weights[task] = 1.0 / losses[task].max(SMALLEST_LOSS);
        }
        Ok(weights)
    }
}
