//! A part of the last axis.

use super::Op;
use crate::graph::Graph;
use crate::sweep::Sweep;
use crate::tape::Var;
use std::ops::Range;

#[derive(Debug, Clone, Copy)]
pub(crate) struct Slice {
    input: Var,
    begin: usize,
}

impl Graph<'_> {
    /// Elements `range` of each vector along the last axis.
    pub fn slice(&mut self, input: Var, range: Range<usize>) -> Var {
        let shape = self.shape(input);
        assert!(range.start < range.end && range.end <= shape.last(), "slice {range:?} of {shape:?}");
        let own = range.len();
        let mut value = self.tape.pool.take(shape.rows() * own);
        for (to, from) in value.chunks_exact_mut(own).zip(self.tape.value(input).chunks_exact(shape.last())) {
            to.copy_from_slice(&from[range.clone()]);
        }
        let reaches = self.reaches(input);
        self.tape.push(Op::Slice(Slice { input, begin: range.start }), shape.with_last(own), value, reaches)
    }
}

impl Slice {
    pub(crate) fn backward(&self, sweep: &mut Sweep<'_>, output: Var) {
        let own = sweep.shape(output).last();
        let shape = sweep.shape(self.input);
        for row in 0..sweep.rows() {
            let Some(cotangent) = sweep.take(output, row) else { continue };
            let mut back = sweep.fresh_zeros(self.input, cotangent.span);
            for (to, from) in back.chunks_exact_mut(shape.last()).zip(cotangent.chunks_exact(own)) {
                to[self.begin..self.begin + own].copy_from_slice(from);
            }
            sweep.give(cotangent.values);
            sweep.add(self.input, row, back);
        }
    }
}
