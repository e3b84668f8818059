//! DualProj: the mean gradient, projected onto the cone `{ x : J x ≥ 0 }` of directions that no task objects to.
//! Lopez-Paz & Ranzato, "Gradient Episodic Memory for Continual Learning", NeurIPS 2017, as an aggregator.
//!
//! `w = argmin { vᵀ G v : v ≥ p }`, `p = 1/T` by default; stabilised as UPGrad.

use super::dual_cone::{DualCone, REGULARIZATION};
use super::preference::{PREFERENCE, among};
use super::{COMMON, balancer};
use crate::known::GramianRule;
use crate::method::{BalanceMethod, Family, scale};
use crate::{Error, Gramian, StepContext};
use banyan_method::Method;

pub(crate) const METHOD: BalanceMethod = BalanceMethod {
    method: Method::new("dualproj", "the direction nearest to the mean gradient that conflicts with no task")
        .paper("Lopez-Paz & Ranzato, NeurIPS 2017")
        .options(&[PREFERENCE, REGULARIZATION])
        .common_options(COMMON)
        .remarks(&[scale("mean: without conflict every weight is 1/T")]),
    family: Family::Aggregator,
    build: |settings, tasks, _| {
        let preference = settings.per_task(PREFERENCE.name);
        Ok(balancer(settings, tasks, DualProj { preference, regularization: settings.number(REGULARIZATION.name) }))
    },
};

struct DualProj {
    preference: Vec<f64>,
    regularization: f64,
}

impl GramianRule for DualProj {
    fn weights(&mut self, _: &StepContext<'_>, tasks: &[usize], gramian: &Gramian, _: &[f64]) -> Result<Vec<f64>, Error> {
        let preference = among(&self.preference, tasks);
        Ok(match DualCone::new(gramian, self.regularization) {
            Some(cone) => cone.project(&preference),
            None => preference,
        })
    }
}
