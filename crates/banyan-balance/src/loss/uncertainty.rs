//! Uncertainty weighting: Kendall, Gal & Cipolla, "Multi-Task Learning Using Uncertainty to Weigh Losses for Scene
//! Geometry and Semantics", CVPR 2018.
//!
//! Each task has a learned `s_i = log σ_i²`, and the loss is `Σ_i ½ e^(-s_i) L_i + ½ s_i`: the weight is
//! `½ e^(-s_i)`, and `s_i` follows its derivative `½ - ½ e^(-s_i) L_i` by an Adam of its own. At rest `s_i = log L_i`,
//! that is, the weight is `1 / (2 L_i)`.

use super::balancer;
use crate::adam::Adam;
use crate::known::LossRule;
use crate::method::{BalanceMethod, Family, scale};
use crate::{Before, Error, StepContext, Tensor};
use banyan_method::{Method, OptionSpec, Range};

pub(crate) const METHOD: BalanceMethod = BalanceMethod {
    method: Method::new("uncertainty", "a learned noise level for each task; noisy tasks count less")
        .paper("Kendall, Gal & Cipolla, CVPR 2018")
        .options(&[
            OptionSpec::number("learning_rate", "Adam's learning rate for the log variances", 0.025, Range::between(0.0, 10.0)),
            OptionSpec::number("initial", "where every log variance starts", 0.0, Range::between(-20.0, 20.0)),
        ])
        .remarks(&[scale("half a sum: every weight starts at 1/2 (for the default start)")]),
    family: Family::Weighting,
    build: |settings, tasks, _| {
        let log_variances = Adam::new(tasks, settings.number("initial"), settings.number("learning_rate"));
        Ok(balancer(tasks, Uncertainty { log_variances }))
    },
};

struct Uncertainty {
    log_variances: Adam,
}

impl LossRule for Uncertainty {
    fn before(&self) -> Before {
        Before::Nothing
    }

    fn weights(&mut self, _: &StepContext<'_>, _: &[f64]) -> Result<Vec<f64>, Error> {
        Ok(self.log_variances.values.iter().map(|value| 0.5 * (-value).exp()).collect())
    }

    fn after(&mut self, step: &StepContext<'_>, before: &[f64], _: &[f64]) -> Result<(), Error> {
        for task in step.known_tasks() {
            let slope = 0.5 - 0.5 * (-self.log_variances.values[task]).exp() * before[task];
            self.log_variances.step(task, slope);
        }
        Ok(())
    }

    fn memory(&mut self) -> Vec<Tensor<'_>> {
        self.log_variances.memory("log_variances")
    }
}
