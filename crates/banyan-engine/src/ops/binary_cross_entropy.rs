//! Sigmoid and binary cross-entropy in one, with a weight for each element.

use super::{Op, cross_entropy::Kept};
use crate::graph::Graph;
use crate::shape::Shape;
use crate::simd::{self, dispatch};
use crate::sweep::Sweep;
use crate::tape::Var;

#[derive(Debug, Clone, Copy)]
pub(crate) struct BinaryCrossEntropy {
    logits: Var,
    kept: Kept,
}

dispatch! {
    fn forward(logits: &mut [f32], targets: &[f32], weights: &[f32]) -> f64 {
        let mut loss = 0.0f64;
        for ((z, &y), &weight) in logits.iter_mut().zip(targets).zip(weights) {
            if weight == 0.0 {
                *z = 0.0;
                continue;
            }
            // max(z, 0) - z y + log(1 + e^-|z|) neither overflows nor cancels.
            loss += f64::from(weight * (z.max(0.0) - *z * y + (-z.abs()).exp().ln_1p()));
            *z = (simd::sigmoid(*z) - y) * weight;
        }
        loss
    }
}

impl Graph<'_> {
    /// `Σ weights · BCE(sigmoid(logits), targets)` over all elements, a scalar; targets are in `[0, 1]`.
    pub fn binary_cross_entropy(&mut self, logits: Var, targets: &[f32], weights: &[f32]) -> Var {
        let len = self.shape(logits).len();
        assert!(targets.len() == len && weights.len() == len, "a target and a weight for each of {len} logits");
        let mut derivative = self.tape.pool.take(len);
        derivative.copy_from_slice(self.tape.value(logits));
        let mut value = self.tape.pool.take(1);
        value[0] = forward(&mut derivative, targets, weights) as f32;
        let kept = Kept::new(self.tape, derivative, weights);
        let reaches = self.reaches(logits);
        self.tape.push(Op::BinaryCrossEntropy(BinaryCrossEntropy { logits, kept }), Shape::new(&[]), value, reaches)
    }
}

impl BinaryCrossEntropy {
    pub(crate) fn backward(&self, sweep: &mut Sweep<'_>, output: Var) {
        self.kept.pull_back(sweep, output, self.logits);
    }
}
