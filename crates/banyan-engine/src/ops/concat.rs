//! Values one after the other along one axis.

use super::Op;
use crate::graph::Graph;
use crate::shape::Shape;
use crate::sweep::Sweep;
use crate::tape::{Integers, Var};

#[derive(Debug, Clone, Copy)]
pub(crate) struct Concat {
    parts: Integers,
    /// How many axes the joined one and those after it are; parts may come with other axes before.
    inner_axes: usize,
    /// Whether samples follow samples.
    joins_samples: bool,
}

/// The numbers that a value has from each place of its outer axes.
fn block(shape: Shape, inner_axes: usize) -> usize {
    shape.len_from(shape.rank() - inner_axes)
}

impl Graph<'_> {
    /// Values of the same number of rows, side by side along the last axis.
    ///
    /// # Panics
    /// If there are no parts, or their numbers of rows differ.
    pub fn concat(&mut self, parts: &[Var]) -> Var {
        let first = self.shape(parts[0]);
        let mut width = 0;
        for &part in parts {
            let shape = self.shape(part);
            assert_eq!(shape.rows(), first.rows(), "concatenation of {first:?} and {shape:?}");
            width += shape.last();
        }
        self.join(parts, first.last_axis(), first.with_last(width))
    }

    /// Values one after the other along an axis; their other axes are the same. Along axis 0 samples follow samples.
    ///
    /// # Panics
    /// If there are no parts or no such axis, or if the parts differ in another.
    pub fn concat_along(&mut self, parts: &[Var], axis: usize) -> Var {
        let first = self.shape(parts[0]);
        let mut length = 0;
        for &part in parts {
            let shape = self.shape(part);
            assert_eq!(shape.with_axis(axis, 1), first.with_axis(axis, 1), "concatenation of {first:?} and {shape:?} along axis {axis}");
            length += shape.axes()[axis];
        }
        self.join(parts, axis, first.with_axis(axis, length))
    }

    fn join(&mut self, parts: &[Var], axis: usize, joined: Shape) -> Var {
        let inner_axes = joined.rank() - axis;
        let whole = block(joined, inner_axes);
        let mut value = self.tape.pool.take(joined.len());
        let mut at = 0;
        for &part in parts {
            let own = block(self.shape(part), inner_axes);
            for (to, from) in value.chunks_exact_mut(whole.max(1)).zip(self.tape.value(part).chunks_exact(own.max(1))) {
                to[at..at + own].copy_from_slice(from);
            }
            at += own;
        }
        let reaches = parts.iter().any(|&part| self.reaches(part));
        let parts = self.tape.save_integers(parts.iter().map(|part| part.0));
        self.tape.push(Op::Concat(Concat { parts, inner_axes, joins_samples: axis == 0 }), joined, value, reaches)
    }
}

impl Concat {
    pub(crate) fn backward(&self, sweep: &mut Sweep<'_>, output: Var) {
        let whole = block(sweep.shape(output), self.inner_axes);
        for row in 0..sweep.rows() {
            let Some(mut cotangent) = sweep.take(output, row) else { continue };
            if self.joins_samples {
                cotangent = sweep.of_all_samples(cotangent); // which of a part's samples it reaches is another question
            }
            let mut at = 0;
            for part in sweep.operands(self.parts) {
                let own = block(sweep.shape(part), self.inner_axes);
                if sweep.wants(part) {
                    let mut back = sweep.fresh(part, cotangent.span);
                    for (to, from) in back.chunks_exact_mut(own.max(1)).zip(cotangent.chunks_exact(whole.max(1))) {
                        to.copy_from_slice(&from[at..at + own]);
                    }
                    sweep.add(part, row, back);
                }
                at += own;
            }
            sweep.give(cotangent.values);
        }
    }
}
