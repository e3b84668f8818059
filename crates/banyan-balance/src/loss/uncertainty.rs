//! Uncertainty weighting: Kendall, Gal & Cipolla, "Multi-Task Learning Using Uncertainty to Weigh Losses for Scene
//! Geometry and Semantics", CVPR 2018.
//!
//! Each task has a learned `s_i = log σ_i²`, and the loss is `Σ_i ½ e^(-s_i) L_i + ½ s_i`: the weight is
//! `½ e^(-s_i)`, and `s_i` follows its derivative `½ - ½ e^(-s_i) L_i` by an Adam of its own. At rest `s_i = log L_i`,
//! that is, the weight is `1 / (2 L_i)`.

use super::balancer;
use crate::adam::Adam;
use crate::methods::{Kind, Method};
use crate::options::{OptionKind, OptionSpec};
use crate::{Error, LossNeeds, LossWeighting, StepContext};

pub(crate) const METHOD: Method = Method {
    name: "uncertainty",
    kind: Kind::Loss,
    summary: "a learned noise level for each task; noisy tasks count less",
    paper: Some("Kendall, Gal & Cipolla, CVPR 2018"),
    scale: "half a sum: every weight starts at 1/2 (for the default start)",
    options: &[
        OptionSpec {
            name: "learning_rate",
            summary: "Adam's learning rate for the log variances",
            kind: OptionKind::Number { default: 0.025, minimum: 0.0, maximum: 10.0 },
        },
        OptionSpec {
            name: "initial",
            summary: "where every log variance starts",
            kind: OptionKind::Number { default: 0.0, minimum: -20.0, maximum: 20.0 },
        },
    ],
    build: |settings, tasks| {
        let log_variances = Adam::new(tasks, settings.number("initial"), settings.number("learning_rate"));
        Ok(balancer(tasks, Uncertainty { log_variances }))
    },
};

struct Uncertainty {
    log_variances: Adam,
}

impl LossWeighting for Uncertainty {
    fn needs(&self) -> LossNeeds {
        LossNeeds::Nothing
    }

    fn weights(&mut self, _: &StepContext<'_>, _: Option<&[f64]>) -> Result<Vec<f64>, Error> {
        Ok(self.log_variances.values.iter().map(|value| 0.5 * (-value).exp()).collect())
    }

    fn after(&mut self, step: &StepContext<'_>, before: &[f64], _: Option<&[f64]>) -> Result<(), Error> {
        for task in step.known_tasks() {
            let slope = 0.5 - 0.5 * (-self.log_variances.values[task]).exp() * before[task];
            self.log_variances.step(task, slope);
        }
        Ok(())
    }

    fn state(&self) -> Vec<f64> {
        self.log_variances.state()
    }

    fn restore(&mut self, state: &[f64]) -> Result<(), Error> {
        self.log_variances.restore(state)
    }
}
