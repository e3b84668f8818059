//! UPGrad: Quinton & Rey, "Jacobian Descent for Multi-Objective Optimization", 2024 (arXiv:2406.16232).
//!
//! Each gradient by itself is projected onto the cone `{ x : J x ≥ 0 }` of directions that no task objects to, and the
//! projections are averaged: `w = Σ_i argmin { vᵀ G v : v ≥ p_i e_i }`, `p_i = 1/T` by default. The result conflicts
//! with no task, lies in the span of the gradients, and is linear in the scale of each gradient, so that a task
//! with small gradients keeps its small influence.
//!
//! Stabilised as the authors' library does: the Gramian is divided by its trace and 1e-4 of the identity is added.
//! Unlike there, no trace is too small to be divided by, short of 0: gradients of size 1e-10 are projected like any
//! others.

use super::dual_cone::{DualCone, REGULARIZATION};
use super::preference::{PREFERENCE, among};
use super::{COMMON, balancer};
use crate::known::GramianRule;
use crate::method::{BalanceMethod, Family, scale};
use crate::{Error, Gramian, StepContext};
use banyan_method::Method;

pub(crate) const METHOD: BalanceMethod = BalanceMethod {
    method: Method::new("upgrad", "the mean of the gradients, each first freed of what conflicts with another task")
        .paper("Quinton & Rey, 2024 (arXiv:2406.16232)")
        .options(&[PREFERENCE, REGULARIZATION])
        .common_options(COMMON)
        .remarks(&[scale("mean: without conflict every weight is 1/T")]),
    family: Family::Aggregator,
    build: |settings, tasks, _| {
        let preference = settings.per_task(PREFERENCE.name);
        Ok(balancer(settings, tasks, UpGrad { preference, regularization: settings.number(REGULARIZATION.name) }))
    },
};

struct UpGrad {
    preference: Vec<f64>,
    regularization: f64,
}

impl GramianRule for UpGrad {
    fn weights(&mut self, _: &StepContext<'_>, tasks: &[usize], gramian: &Gramian, _: &[f64]) -> Result<Vec<f64>, Error> {
        let preference = among(&self.preference, tasks);
        let Some(cone) = DualCone::new(gramian, self.regularization) else { return Ok(preference) };
        let mut weights = vec![0.0; tasks.len()];
        let mut alone = vec![0.0; tasks.len()];
        for task in 0..tasks.len() {
            alone[task] = preference[task];
            let projected = cone.project(&alone);
            weights.iter_mut().zip(projected).for_each(|(weight, part)| *weight += part);
            alone[task] = 0.0;
        }
        Ok(weights)
    }
}
