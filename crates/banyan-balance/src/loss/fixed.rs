//! Weights that never change: `L = Σ_i weights_i L_i`.

use super::balancer;
use crate::methods::{Kind, Method};
use crate::options::{OptionKind, OptionSpec, TaskDefault};
use crate::{Error, LossNeeds, LossWeighting, StepContext};

pub(crate) const METHOD: Method = Method {
    name: "fixed",
    kind: Kind::Loss,
    summary: "the sum of the losses with weights of your own",
    paper: None,
    scale: "as given",
    options: &[OptionSpec {
        name: "weights",
        summary: "one weight for each task",
        kind: OptionKind::PerTask { default: TaskDefault::Constant(1.0), minimum: 0.0, maximum: f64::MAX },
    }],
    build: |settings, tasks| Ok(balancer(tasks, Fixed { weights: settings.per_task("weights") })),
};

/// Also equal weights, with ones.
pub(super) struct Fixed {
    pub(super) weights: Vec<f64>,
}

impl LossWeighting for Fixed {
    fn needs(&self) -> LossNeeds {
        LossNeeds::Nothing
    }

    fn weights(&mut self, _: &StepContext<'_>, _: Option<&[f64]>) -> Result<Vec<f64>, Error> {
        Ok(self.weights.clone())
    }
}
