//! Concatenation along an axis.

use super::Op;
use crate::graph::Graph;
use crate::shape::Shape;
use crate::sweep::Sweep;
use crate::tape::{Integers, Var};

#[derive(Debug, Clone, Copy)]
pub(crate) struct Concat {
    parts: Integers,
    /// The number of axes from the joined one on. The axes before it may be cut differently in each part.
    inner_axes: usize,
    /// Whether the joined axis is that of the samples.
    joins_samples: bool,
}

/// The size of what each part contributes at once: its last `inner_axes` axes.
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

    /// Values one after the other along an axis, all others of which are equal. Along axis 0 the samples are concatenated.
    ///
    /// # Panics
    /// If there are no parts, there is no such axis, or the parts differ in another axis.
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
            let len = block(self.shape(part), inner_axes);
            for (to, from) in value.chunks_exact_mut(whole.max(1)).zip(self.tape.value(part).chunks_exact(len.max(1))) {
                to[at..at + len].copy_from_slice(from);
            }
            at += len;
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
                cotangent = sweep.of_all_samples(cotangent); // a span of the output's samples is no span of a part's
            }
            let mut at = 0;
            for part in sweep.operands(self.parts) {
                let len = block(sweep.shape(part), self.inner_axes);
                if sweep.wants(part) {
                    let mut back = sweep.fresh(part, cotangent.span);
                    for (to, from) in back.chunks_exact_mut(len.max(1)).zip(cotangent.chunks_exact(whole.max(1))) {
                        to.copy_from_slice(&from[at..at + len]);
                    }
                    sweep.add(part, row, back);
                }
                at += len;
            }
            sweep.give(cotangent.values);
        }
    }
}
