//! The same numbers under another shape; nothing is copied.

use super::Op;
use crate::graph::Graph;
use crate::shape::Shape;
use crate::sweep::Sweep;
use crate::tape::Var;

#[derive(Debug, Clone, Copy)]
pub(crate) struct Reshape {
    input: Var,
}

impl Graph<'_> {
    /// The same numbers under another shape.
    pub fn reshape(&mut self, input: Var, shape: impl Into<Shape>) -> Var {
        let shape = shape.into();
        assert_eq!(shape.len(), self.shape(input).len(), "reshape of {:?} to {shape:?}", self.shape(input));
        let (storage, reaches) = (self.storage(input), self.reaches(input));
        self.tape.push_view(Op::Reshape(Reshape { input }), shape, storage, reaches)
    }
}

impl Reshape {
    pub(crate) fn backward(&self, sweep: &mut Sweep<'_>, output: Var) {
        for row in 0..sweep.rows() {
            if let Some(cotangent) = sweep.take(output, row) {
                sweep.add(self.input, row, cotangent);
            }
        }
    }
}
