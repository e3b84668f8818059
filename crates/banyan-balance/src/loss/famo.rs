//! FAMO: Liu, Feng, Stone & Liu, "FAMO: Fast Adaptive Multitask Optimization", NeurIPS 2023.
//!
//! With `z = softmax(ξ)` and `D_i = L_i - minimum_i + 1e-8`, the step descends `c Σ_i z_i log D_i`, `c = 1 / Σ_i z_i / D_i`
//! held constant: the weights are `c z_i / D_i`. After the step the losses of the same batch are taken again, and `ξ`
//! follows the gradient of `Σ_i z_i (log D_i - log D'_i)` downhill by an Adam of its own, with weight decay: tasks that
//! improved more than the others count less. Only tasks with labels in the batch take part in any of it.

use super::balancer;
use crate::adam::Adam;
use crate::known::LossRule;
use crate::math::{dot, softmax};
use crate::method::{BalanceMethod, Family, scale};
use crate::{Again, Before, Error, StepContext, Tensor};
use banyan_method::{Method, OptionSpec, Range};

pub(crate) const METHOD: BalanceMethod = BalanceMethod {
    method: Method::new("famo", "all losses fall at the same relative rate, learned from each batch's losses before and after its step")
        .paper("Liu, Feng, Stone & Liu, NeurIPS 2023")
        .options(&[
            OptionSpec::number("learning_rate", "Adam's learning rate for the logits", 0.025, Range::between(0.0, 10.0)),
            OptionSpec::number("decay", "weight decay of the logits (gamma in the paper)", 1e-3, Range::between(0.0, 1.0)),
            OptionSpec::per_task("minimum_losses", "the smallest loss that each task can reach", 0.0, Range::ANY),
        ])
        .remarks(&[scale("mean: the weights sum to 1")]),
    family: Family::Weighting,
    build: |settings, tasks, _| {
        Ok(balancer(
            tasks,
            Famo {
                logits: Adam::new(tasks, 0.0, settings.number("learning_rate")),
                decay: settings.number("decay"),
                minimum_losses: settings.per_task("minimum_losses"),
            },
        ))
    },
};

/// Keeps logarithms finite at the minimum.
const MARGIN: f64 = 1e-8;

struct Famo {
    logits: Adam,
    decay: f64,
    minimum_losses: Vec<f64>,
}

impl Famo {
    /// `D_i` for the known tasks, 1 for the others.
    fn distances(&self, known: &[usize], losses: &[f64]) -> Result<Vec<f64>, Error> {
        let mut distances = vec![1.0; losses.len()];
        for &task in known {
            let (bound, value) = (self.minimum_losses[task], losses[task]);
            if value < bound {
                return Err(Error::LossTooSmall { method: METHOD.name(), task, bound, value });
            }
            distances[task] = value - bound + MARGIN;
        }
        Ok(distances)
    }
}

impl LossRule for Famo {
    fn before(&self) -> Before {
        Before::Losses
    }

    fn again(&self) -> Again {
        Again::Losses
    }

    fn weights(&mut self, step: &StepContext<'_>, losses: &[f64]) -> Result<Vec<f64>, Error> {
        let known = step.known_tasks();
        let distances = self.distances(&known, losses)?;
        let shares = softmax(&self.logits.values, &known);
        let ratios: Vec<f64> = shares.iter().zip(distances).map(|(share, distance)| share / distance).collect();
        let total: f64 = ratios.iter().sum();
        Ok(ratios.iter().map(|ratio| if total > 0.0 { ratio / total } else { 0.0 }).collect())
    }

    fn after(&mut self, step: &StepContext<'_>, before: &[f64], after: &[f64]) -> Result<(), Error> {
        let known = step.known_tasks();
        let (before, after) = (self.distances(&known, before)?, self.distances(&known, after)?);
        let shares = softmax(&self.logits.values, &known);
        let gains: Vec<f64> = before.iter().zip(after).map(|(before, after)| before.ln() - after.ln()).collect();
        let mean = dot(&shares, &gains);
        for task in known {
            let gradient = shares[task] * (gains[task] - mean) + self.decay * self.logits.values[task];
            self.logits.step(task, gradient);
        }
        Ok(())
    }

    fn memory(&mut self) -> Vec<Tensor<'_>> {
        self.logits.memory("logits")
    }
}
