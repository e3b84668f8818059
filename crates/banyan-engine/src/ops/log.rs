//! Elementwise natural logarithm.

use super::Op;
use crate::graph::Graph;
use crate::simd::{self, dispatch};
use crate::sweep::Sweep;
use crate::tape::Var;

#[derive(Debug, Clone, Copy)]
pub(crate) struct Log {
    input: Var,
}

dispatch! {
    fn log(y: &mut [f32], x: &[f32]) {
        for (y, &x) in y.iter_mut().zip(x) {
            *y = simd::ln(x);
        }
    }
}

dispatch! {
    fn pull_back(cotangent: &mut [f32], input: &[f32]) {
        for (c, &x) in cotangent.iter_mut().zip(input) {
            *c = if *c == 0.0 { 0.0 } else { *c / x };
        }
    }
}

impl Graph<'_> {
    /// `ln x` of every element.
    ///
    /// Domain: positive numbers. The logarithm of 0 is minus infinity, that of a negative number is NaN, as in PyTorch. Nothing is
    /// checked here: both reach the loss, and training stops at the first loss that is not finite. A zero cotangent stays zero
    /// even there, so that masked values (padding, rows without a label) may lie outside the domain.
    pub fn log(&mut self, input: Var) -> Var {
        self.elementwise(input, Op::Log(Log { input }), log)
    }
}

impl Log {
    pub(crate) fn backward(&self, sweep: &mut Sweep<'_>, output: Var) {
        sweep.pull_back_elementwise(output, self.input, self.input, pull_back);
    }
}
