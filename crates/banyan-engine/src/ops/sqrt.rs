//! Elementwise square root.

use super::Op;
use crate::graph::Graph;
use crate::simd::dispatch;
use crate::sweep::Sweep;
use crate::tape::Var;

#[derive(Debug, Clone, Copy)]
pub(crate) struct Sqrt {
    input: Var,
}

dispatch! {
    fn sqrt(y: &mut [f32], x: &[f32]) {
        for (y, &x) in y.iter_mut().zip(x) {
            *y = x.sqrt();
        }
    }
}

dispatch! {
    fn pull_back(cotangent: &mut [f32], output: &[f32]) {
        for (c, &y) in cotangent.iter_mut().zip(output) {
            *c = if *c == 0.0 { 0.0 } else { 0.5 * *c / y };
        }
    }
}

impl Graph<'_> {
    /// `√x` of every element.
    ///
    /// Domain: numbers that are not negative. The root of a negative number is NaN. The derivative at 0 is infinite, as in PyTorch:
    /// add a small number before taking the root of a sum of squares. Nothing is checked here: NaN reaches the loss, an infinite
    /// gradient the norm or the loss of the next step, and training stops at the first that is not finite. A zero
    /// cotangent stays zero everywhere, so that masked values (padding, rows without a label) may lie outside the domain.
    pub fn sqrt(&mut self, input: Var) -> Var {
        self.elementwise(input, Op::Sqrt(Sqrt { input }), sqrt)
    }
}

impl Sqrt {
    pub(crate) fn backward(&self, sweep: &mut Sweep<'_>, output: Var) {
        sweep.pull_back_elementwise(output, self.input, output, pull_back);
    }
}
