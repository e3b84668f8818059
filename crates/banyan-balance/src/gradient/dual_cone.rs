//! Projection onto the cone of directions that no task objects to, `{ x : J x ≥ 0 }`, as a program in the weights.

use crate::Gramian;
use crate::math::{Matrix, minimize_nonnegative};
use banyan_method::{OptionSpec, Range};

pub(super) const REGULARIZATION: OptionSpec = OptionSpec::number(
    "regularisation",
    "multiple of the identity that is added to the Gramian of trace 1",
    1e-4,
    Range::between(0.0, 1.0),
);

/// The normalized, regularized Gramian `G / trace G + ε I`.
///
/// The trace makes the method's answer independent of the gradients' common scale. The regularization makes the
/// program strictly convex, so that weights are unique and change continuously; its price is that the inner products
/// `J d` are bounded below by `-ε · trace G · w` rather than by 0.
pub(super) struct DualCone {
    matrix: Matrix,
}

impl DualCone {
    /// `None` if all gradients are zero: then nothing conflicts.
    pub(super) fn new(gramian: &Gramian, regularization: f64) -> Option<Self> {
        let trace = gramian.trace();
        if trace < f64::MIN_POSITIVE {
            return None;
        }
        let mut matrix = gramian.matrix();
        matrix.scale(1.0 / trace);
        (0..gramian.tasks()).for_each(|task| matrix.add(task, task, regularization));
        Some(DualCone { matrix })
    }

    /// The weights `v` of the projection of `Jᵀ u`: `argmin vᵀ G v` over `v ≥ u`.
    pub(super) fn project(&self, weights: &[f64]) -> Vec<f64> {
        let added = minimize_nonnegative(&self.matrix, &self.matrix.times(weights));
        weights.iter().zip(added).map(|(weight, added)| weight + added).collect()
    }
}
