//! Slices along an axis.

use super::Op;
use crate::graph::Graph;
use crate::sweep::Sweep;
use crate::tape::Var;
use std::ops::Range;

#[derive(Debug, Clone, Copy)]
pub(crate) struct Slice {
    input: Var,
    axis: usize,
    begin: usize,
}

impl Graph<'_> {
    /// Elements `range` of each vector along the last axis.
    ///
    /// # Panics
    /// If the range is empty or does not lie in the axis.
    pub fn slice(&mut self, input: Var, range: Range<usize>) -> Var {
        self.slice_along(input, self.shape(input).last_axis(), range)
    }

    /// Elements `range` of an axis. Along axis 0 it is a part of the samples.
    ///
    /// # Panics
    /// If there is no such axis, or the range is empty or does not lie in it.
    pub fn slice_along(&mut self, input: Var, axis: usize, range: Range<usize>) -> Var {
        let shape = self.shape(input);
        let sliced = shape.with_axis(axis, range.len());
        assert!(range.start < range.end && range.end <= shape.axes()[axis], "slice {range:?} of axis {axis} of {shape:?}");
        let (from_len, to_len) = (shape.len_from(axis), sliced.len_from(axis));
        let begin = range.start * shape.len_from(axis + 1);
        let mut value = self.tape.pool.take(sliced.len());
        for (to, from) in value.chunks_exact_mut(to_len.max(1)).zip(self.tape.value(input).chunks_exact(from_len.max(1))) {
            to.copy_from_slice(&from[begin..begin + to_len]);
        }
        let reaches = self.reaches(input);
        self.tape.push(Op::Slice(Slice { input, axis, begin }), sliced, value, reaches)
    }
}

impl Slice {
    pub(crate) fn backward(&self, sweep: &mut Sweep<'_>, output: Var) {
        let from_len = sweep.shape(output).len_from(self.axis);
        let to_len = sweep.shape(self.input).len_from(self.axis);
        for row in 0..sweep.rows() {
            let Some(mut cotangent) = sweep.take(output, row) else { continue };
            if self.axis == 0 {
                cotangent = sweep.of_all_samples(cotangent); // the output has other samples than the input
            }
            let mut back = sweep.fresh_zeros(self.input, cotangent.span);
            for (to, from) in back.chunks_exact_mut(to_len.max(1)).zip(cotangent.chunks_exact(from_len.max(1))) {
                to[self.begin..self.begin + from_len].copy_from_slice(from);
            }
            sweep.give(cotangent.values);
            sweep.add(self.input, row, back);
        }
    }
}
