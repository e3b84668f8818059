//! Elementwise products.

use super::Op;
use crate::graph::Graph;
use crate::simd;
use crate::sweep::Sweep;
use crate::tape::Var;

#[derive(Debug, Clone, Copy)]
pub(crate) struct Multiply {
    left: Var,
    right: Var,
}

impl Graph<'_> {
    /// The product of two values of one shape, element by element.
    pub fn multiply(&mut self, left: Var, right: Var) -> Var {
        let shape = self.shape(left);
        assert_eq!(shape, self.shape(right), "an elementwise product");
        let mut value = self.tape.pool.take(shape.len());
        value.copy_from_slice(self.tape.value(left));
        simd::multiply(&mut value, self.tape.value(right));
        let reaches = self.reaches(left) || self.reaches(right);
        self.tape.push(Op::Multiply(Multiply { left, right }), shape, value, reaches)
    }
}

impl Multiply {
    pub(crate) fn backward(&self, sweep: &mut Sweep<'_>, output: Var) {
        for row in 0..sweep.rows() {
            let Some(cotangent) = sweep.take(output, row) else { continue };
            for (operand, other) in [(self.left, self.right), (self.right, self.left)] {
                if sweep.wants(operand) {
                    let mut back = sweep.fresh(operand, cotangent.span);
                    back.copy_from_slice(&cotangent);
                    simd::multiply(&mut back, cotangent.span.part(sweep.value(other)));
                    sweep.add(operand, row, back);
                }
            }
            sweep.give(cotangent.values);
        }
    }
}
