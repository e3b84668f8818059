//! Elementwise exponential.

use super::Op;
use crate::graph::Graph;
use crate::simd::{self, dispatch};
use crate::sweep::Sweep;
use crate::tape::Var;

#[derive(Debug, Clone, Copy)]
pub(crate) struct Exp {
    input: Var,
}

dispatch! {
    fn exp(y: &mut [f32], x: &[f32]) {
        for (y, &x) in y.iter_mut().zip(x) {
            // `simd::exp` saturates before f32 overflows; the square of the root overflows where it should.
            let root = simd::exp(0.5 * x);
            *y = root * root;
        }
    }
}

dispatch! {
    fn pull_back(cotangent: &mut [f32], output: &[f32]) {
        for (c, &y) in cotangent.iter_mut().zip(output) {
            *c = if *c == 0.0 { 0.0 } else { *c * y };
        }
    }
}

impl Graph<'_> {
    /// `e^x` of every element.
    ///
    /// Domain: all numbers. Above 88.72 the result overflows to infinity, below -103.97 it is 0. Nothing is checked here: an infinity
    /// reaches the loss, and training stops at the first loss that is not finite. A zero cotangent stays zero where the
    /// result is infinite, so that masked values (padding, rows without a label) do not spoil the gradient.
    pub fn exp(&mut self, input: Var) -> Var {
        self.elementwise(input, Op::Exp(Exp { input }), exp)
    }
}

impl Exp {
    pub(crate) fn backward(&self, sweep: &mut Sweep<'_>, output: Var) {
        sweep.pull_back_elementwise(output, self.input, output, pull_back);
    }
}
