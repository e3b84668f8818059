//! IMTL-G: Liu, Li, Kuang, Xue, Chen, Yang, Liao & Zhang, "Towards Impartial Multi-task Learning", ICLR 2021.
//!
//! The direction whose projections on all gradients are equal, `u_i · d = const` with `u_i = g_i / ‖g_i‖`, and whose
//! weights sum to 1: `w = v / Σ v`, `G v = (‖g_1‖, …, ‖g_T‖)`. Weights can be negative, and where the sum is negative
//! too, the direction conflicts with every task: the method promises impartiality and nothing else.
//!
//! Solved with the gradients scaled to unit length, so that a gradient's scale has no part in which directions are
//! too weak to count. With independent gradients that changes nothing; otherwise the pseudo-inverse is that of the
//! cosine matrix. Where the weights cannot be made to sum to 1, they are 0.

use super::{COMMON, balancer};
use crate::known::GramianRule;
use crate::math::{Eigen, Matrix};
use crate::method::{BalanceMethod, Family, scale};
use crate::{Error, Gramian, StepContext};
use banyan_method::Method;

pub(crate) const METHOD: BalanceMethod = BalanceMethod {
    method: Method::new("imtl-g", "the direction with equal projections on all gradients")
        .paper("Liu, Li, Kuang, Xue, Chen, Yang, Liao & Zhang, ICLR 2021")
        .common_options(COMMON)
        .remarks(&[scale("mean: the weights sum to 1")]),
    family: Family::Aggregator,
    build: |settings, tasks, _| Ok(balancer(settings, tasks, ImtlG)),
};

/// A sum of weights below this part of their sizes is nothing but rounding.
const SMALLEST_SUM: f64 = 1e-12;

struct ImtlG;

impl GramianRule for ImtlG {
    fn weights(&mut self, _: &StepContext<'_>, _: &[usize], gramian: &Gramian, _: &[f64]) -> Result<Vec<f64>, Error> {
        let size = gramian.tasks();
        let norms = gramian.norms();
        let ones: Vec<f64> = norms.iter().map(|norm| if *norm > 0.0 { 1.0 } else { 0.0 }).collect();
        let eigen = Eigen::of(&Matrix::from_values(size, gramian.cosines()));
        let largest = eigen.values.last().copied().unwrap_or(0.0);
        let cutoff = largest * size as f64 * f64::from(f32::EPSILON);
        let solution = eigen.apply(|value| if value > cutoff { 1.0 / value } else { 0.0 }, &ones);
        let unit = norms.iter().fold(0.0, |largest: f64, norm| largest.max(*norm));
        let mut weights: Vec<f64> =
            solution.iter().zip(&norms).map(|(value, norm)| if *norm > 0.0 { value * (unit / norm) } else { 0.0 }).collect();
        let total: f64 = weights.iter().sum();
        let size_of_weights: f64 = weights.iter().map(|weight| weight.abs()).sum();
        let usable = total.abs() > SMALLEST_SUM * size_of_weights;
        weights.iter_mut().for_each(|weight| *weight = if usable { *weight / total } else { 0.0 });
        Ok(weights)
    }
}
