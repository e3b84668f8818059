//! Permutation of axes.

use super::Op;
use crate::graph::Graph;
use crate::shape::{MAX_RANK, Shape};
use crate::sweep::Sweep;
use crate::tape::Var;
use std::ops::Range;

#[derive(Debug, Clone, Copy)]
pub(crate) struct Permute {
    input: Var,
    order: Order,
}

/// Which axis of the input each axis of the output is. Entries past the rank are not read.
#[derive(Debug, Clone, Copy)]
struct Order([u8; MAX_RANK]);

impl Order {
    fn new(axes: &[usize], shape: Shape) -> Self {
        let mut order = [0; MAX_RANK];
        let mut is_used = [false; MAX_RANK];
        assert_eq!(axes.len(), shape.rank(), "axes {axes:?} of {shape:?}");
        for (place, &axis) in order.iter_mut().zip(axes) {
            assert!(axis < shape.rank() && !is_used[axis], "axes {axes:?} of {shape:?}");
            is_used[axis] = true;
            *place = axis as u8;
        }
        Self(order)
    }

    fn keeps_samples(self) -> bool {
        self.0[0] == 0
    }

    fn permuted(self, input: Shape) -> Shape {
        let mut permuted = input;
        for axis in 0..input.rank() {
            permuted = permuted.with_axis(axis, input.axes()[usize::from(self.0[axis])]);
        }
        permuted
    }

    /// The stride in an input of this shape of a step along the output's last axis.
    fn step(self, input: Shape) -> usize {
        input.len_from(usize::from(self.0[input.last_axis()]) + 1)
    }

    /// Calls `f` for every vector along the output's last axis, with its first place in an input of this shape and its range in the
    /// output.
    fn for_vectors(self, input: Shape, mut f: impl FnMut(usize, Range<usize>)) {
        let output = self.permuted(input);
        let width = output.last();
        for row in 0..output.rows() {
            let (mut from, mut rest) = (0, row);
            for axis in (0..output.last_axis()).rev() {
                let length = output.axes()[axis];
                from += rest % length * input.len_from(usize::from(self.0[axis]) + 1);
                rest /= length;
            }
            f(from, row * width..(row + 1) * width);
        }
    }
}

impl Graph<'_> {
    /// Permutes the axes, as PyTorch's `permute`: axis `i` of the result is axis `axes[i]` of the input. `[0, 2, 1]` exchanges positions
    /// and features. An order that moves axis 0 mixes samples.
    ///
    /// # Panics
    /// If the input is a scalar, or `axes` does not name each of its axes once.
    pub fn permute(&mut self, input: Var, axes: &[usize]) -> Var {
        let shape = self.shape(input);
        let order = Order::new(axes, shape);
        let step = order.step(shape);
        let mut value = self.tape.pool.take(shape.len());
        let x = self.tape.value(input);
        order.for_vectors(shape, |from, to| {
            for (y, &x) in value[to].iter_mut().zip(x[from..].iter().step_by(step)) {
                *y = x;
            }
        });
        let reaches = self.reaches(input);
        self.tape.push(Op::Permute(Permute { input, order }), order.permuted(shape), value, reaches)
    }
}

impl Permute {
    pub(crate) fn backward(&self, sweep: &mut Sweep<'_>, output: Var) {
        let shape = sweep.shape(self.input);
        let step = self.order.step(shape);
        for row in 0..sweep.rows() {
            let Some(mut cotangent) = sweep.take(output, row) else { continue };
            if !self.order.keeps_samples() {
                cotangent = sweep.of_all_samples(cotangent);
            }
            let reached = cotangent.span.range(shape.samples()).len();
            let mut back = sweep.fresh(self.input, cotangent.span);
            self.order.for_vectors(shape.with_axis(0, reached), |from, to| {
                for (back, &c) in back[from..].iter_mut().step_by(step).zip(&cotangent[to]) {
                    *back = c;
                }
            });
            sweep.give(cotangent.values);
            sweep.add(self.input, row, back);
        }
    }
}
