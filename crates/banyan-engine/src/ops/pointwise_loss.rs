//! Losses of single elements, with a weight for each.

use super::{Op, cross_entropy::Kept};
use crate::graph::Graph;
use crate::shape::Shape;
use crate::sweep::Sweep;
use crate::tape::Var;

/// What a difference costs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Residual {
    /// `d²`
    Square,
    /// `d²/2` up to `delta`, then `delta (|d| - delta/2)` (Huber, 1964).
    Huber(f32),
}

impl Residual {
    /// The cost and its derivative.
    fn cost(self, difference: f32) -> (f32, f32) {
        match self {
            Self::Square => (difference * difference, 2.0 * difference),
            Self::Huber(delta) if difference.abs() <= delta => (0.5 * difference * difference, difference),
            Self::Huber(delta) => (delta * (difference.abs() - 0.5 * delta), delta * difference.signum()),
        }
    }
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct PointwiseLoss {
    prediction: Var,
    kept: Kept,
}

impl Graph<'_> {
    /// `Σ weights · cost(prediction - target)` over all elements, a scalar.
    pub fn regression_loss(&mut self, prediction: Var, targets: &[f32], weights: &[f32], residual: Residual) -> Var {
        assert_eq!(targets.len(), self.shape(prediction).len(), "a target for each prediction");
        self.pointwise_loss(prediction, weights, |element, prediction| residual.cost(prediction - targets[element]))
    }

    /// `Σ weights · cost(element, prediction)` over all elements, a scalar. `cost` gives the cost of a prediction and its derivative by the
    /// prediction; `element` counts the elements in row-major order. An element whose weight is 0 is not asked for.
    pub fn pointwise_loss(&mut self, prediction: Var, weights: &[f32], cost: impl Fn(usize, f32) -> (f32, f32)) -> Var {
        let len = self.shape(prediction).len();
        assert_eq!(weights.len(), len, "a weight for each prediction");
        let mut derivative = self.tape.pool.take(len);
        let mut loss = 0.0f64;
        for (element, ((d, &prediction), &weight)) in derivative.iter_mut().zip(self.tape.value(prediction)).zip(weights).enumerate() {
            if weight == 0.0 {
                *d = 0.0;
                continue;
            }
            let (cost, slope) = cost(element, prediction);
            loss += f64::from(weight * cost);
            *d = weight * slope;
        }
        let mut value = self.tape.pool.take(1);
        value[0] = loss as f32;
        let kept = Kept::new(self.tape, derivative, weights);
        let reaches = self.reaches(prediction);
        self.tape.push(Op::PointwiseLoss(PointwiseLoss { prediction, kept }), Shape::new(&[]), value, reaches)
    }
}

impl PointwiseLoss {
    pub(crate) fn backward(&self, sweep: &mut Sweep<'_>, output: Var) {
        self.kept.pull_back(sweep, output, self.prediction);
    }
}
