//! What functions of single elements share: each is a kernel that computes it and one that pulls cotangents back.

use super::Op;
use crate::graph::Graph;
use crate::sweep::Sweep;
use crate::tape::Var;

impl Graph<'_> {
    /// A value of the input's shape, computed from it by `compute(output, input)`.
    pub(super) fn elementwise(&mut self, input: Var, op: Op, compute: impl Fn(&mut [f32], &[f32])) -> Var {
        let (shape, reaches) = (self.shape(input), self.reaches(input));
        let mut value = self.tape.pool.take(shape.len());
        compute(&mut value, self.tape.value(input));
        self.tape.push(op, shape, value, reaches)
    }
}

impl Sweep<'_> {
    /// Turns the cotangents of the output into those of the input, by `pull_back(cotangent, values)` with the values of `at`: of the input or of
    /// the output, whichever the derivative is computed from.
    pub(super) fn pull_back_elementwise(&mut self, output: Var, input: Var, at: Var, pull_back: impl Fn(&mut [f32], &[f32])) {
        for row in 0..self.rows() {
            let Some(mut cotangent) = self.take(output, row) else { continue };
            let values = cotangent.span.part(self.value(at));
            pull_back(&mut cotangent, values);
            self.add(input, row, cotangent);
        }
    }
}
