//! DualProj: the mean gradient, projected onto the cone `{ x : J x ≥ 0 }` of directions that no task objects to.
//! Lopez-Paz & Ranzato, "Gradient Episodic Memory for Continual Learning", NeurIPS 2017, as an aggregator.
//!
//! `w = argmin { vᵀ G v : v ≥ p }`, `p = 1/T` by default; stabilised as UPGrad.

use super::balancer;
use super::dual_cone::{DualCone, REGULARISATION};
use super::preference::{PREFERENCE, among};
use crate::known::GramianRule;
use crate::methods::{Kind, Method};
use crate::{Error, Gramian, StepContext};

pub(crate) const METHOD: Method = Method {
    name: "dualproj",
    kind: Kind::Gramian,
    summary: "the direction nearest to the mean gradient that conflicts with no task",
    paper: Some("Lopez-Paz & Ranzato, NeurIPS 2017"),
    scale: "mean: without conflict every weight is 1/T",
    options: &[PREFERENCE, REGULARISATION],
    build: |settings, tasks| {
        let preference = settings.per_task(PREFERENCE.name);
        Ok(balancer(tasks, DualProj { preference, regularisation: settings.number(REGULARISATION.name) }))
    },
};

struct DualProj {
    preference: Vec<f64>,
    regularisation: f64,
}

impl GramianRule for DualProj {
    fn weights(&mut self, _: &StepContext<'_>, tasks: &[usize], gramian: &Gramian, _: &[f64]) -> Result<Vec<f64>, Error> {
        let preference = among(&self.preference, tasks);
        Ok(match DualCone::new(gramian, self.regularisation) {
            Some(cone) => cone.project(&preference),
            None => preference,
        })
    }
}
