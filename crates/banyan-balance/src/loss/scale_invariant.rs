//! The sum of the losses' logarithms, `L = Σ_i log L_i`: the scale-invariant baseline of Navon et al., ICML 2022.
//!
//! The weight is `1 / L_i`, so that multiplying a loss by a constant changes nothing. Losses under 1e-8 count as 1e-8,
//! which keeps a task that is learned perfectly from taking over.

use super::balancer;
use crate::methods::{Kind, Method};
use crate::{Error, LossNeeds, LossWeighting, StepContext};

pub(crate) const METHOD: Method = Method {
    name: "scale-invariant",
    kind: Kind::Loss,
    summary: "the sum of the losses' logarithms",
    paper: Some("baseline of Navon, Shamsian, Achituve, Maron, Kawaguchi, Chechik & Fetaya, ICML 2022"),
    scale: "sum of relative changes: the weights are 1 / loss",
    options: &[],
    build: |_, tasks| Ok(balancer(tasks, ScaleInvariant)),
};

const SMALLEST_LOSS: f64 = 1e-8;

struct ScaleInvariant;

impl LossWeighting for ScaleInvariant {
    fn needs(&self) -> LossNeeds {
        LossNeeds::Losses
    }

    fn weights(&mut self, step: &StepContext<'_>, losses: Option<&[f64]>) -> Result<Vec<f64>, Error> {
        let losses = losses.ok_or(Error::LossesMissing { which: "the batch's losses" })?;
        let mut weights = vec![0.0; losses.len()];
        for task in step.known_tasks() {
            if losses[task] < 0.0 {
                return Err(Error::LossTooSmall { method: METHOD.name, task, bound: 0.0, value: losses[task] });
            }
            weights[task] = 1.0 / losses[task].max(SMALLEST_LOSS);
        }
        Ok(weights)
    }
}
