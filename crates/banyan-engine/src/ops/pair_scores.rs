//! The score of every pair of positions: the bilinear part of a biaffine classifier (Dozat and Manning, 2017).

use super::{Op, attention::precision_of_small_products};
use crate::graph::Graph;
use crate::matmul::{self, Accumulate};
use crate::shape::Shape;
use crate::sweep::Sweep;
use crate::tape::Var;

#[derive(Debug, Clone, Copy)]
pub(crate) struct PairScores {
    left: Var,
    right: Var,
}

/// The samples, the positions on the left and on the right, and the width of their vectors.
fn sizes(left: Shape, right: Shape) -> [usize; 4] {
    let ([samples, n, width], [right_samples, m, right_width]) = (three(left), three(right));
    assert!(samples == right_samples && width == right_width, "scores of the pairs of {left:?} and {right:?}");
    [samples, n, m, width]
}

fn three(shape: Shape) -> [usize; 3] {
    let [samples, positions, width] = *shape.axes() else { panic!("scores of pairs read [samples, positions, width], not {shape:?}") };
    [samples, positions, width]
}

impl Graph<'_> {
    /// The inner product of every vector on the left with every one on the right of the same sample: `[samples, n, width]` and
    /// `[samples, m, width]` to `[samples, n, m]`. Both may be the same value.
    ///
    /// Scores of several classes come from one call: `[samples, n, classes · width]`, reshaped to `[samples, n · classes, width]`.
    ///
    /// # Panics
    /// If the two have not three axes each, or differ in samples or width.
    pub fn pair_scores(&mut self, left: Var, right: Var) -> Var {
        let [samples, n, m, width] = sizes(self.shape(left), self.shape(right));
        let precision = precision_of_small_products(self.tape.precision);
        let mut value = self.tape.pool.take(samples * n * m);
        let (a, b) = (self.tape.value(left), self.tape.value(right));
        for sample in 0..samples {
            let (a, b) = (&a[sample * n * width..][..n * width], &b[sample * m * width..][..m * width]);
            let scores = &mut value[sample * n * m..][..n * m];
            matmul::right_transposed(precision, n, m, width, a, b, scores, Accumulate::Replace);
        }
        let reaches = self.reaches(left) || self.reaches(right);
        self.tape.push(Op::PairScores(PairScores { left, right }), Shape::new(&[samples, n, m]), value, reaches)
    }
}

impl PairScores {
    pub(crate) fn backward(&self, sweep: &mut Sweep<'_>, output: Var) {
        let [samples, n, m, width] = sizes(sweep.shape(self.left), sweep.shape(self.right));
        let precision = precision_of_small_products(sweep.precision());
        for row in 0..sweep.rows() {
            let Some(cotangent) = sweep.take(output, row) else { continue };
            let span = cotangent.span;
            let reached = span.range(samples).len();
            if sweep.wants(self.left) {
                let right = span.part(sweep.value(self.right));
                let mut back = sweep.fresh(self.left, span);
                for sample in 0..reached {
                    let (c, b) = (&cotangent[sample * n * m..][..n * m], &right[sample * m * width..][..m * width]);
                    let back = &mut back[sample * n * width..][..n * width];
                    matmul::plain(precision, n, width, m, c, b, back, Accumulate::Replace);
                }
                sweep.add(self.left, row, back);
            }
            if sweep.wants(self.right) {
                let left = span.part(sweep.value(self.left));
                let mut back = sweep.fresh(self.right, span);
                for sample in 0..reached {
                    let (c, a) = (&cotangent[sample * n * m..][..n * m], &left[sample * n * width..][..n * width]);
                    let back = &mut back[sample * m * width..][..m * width];
                    matmul::left_transposed(precision, m, width, n, c, a, back, Accumulate::Replace);
                }
                sweep.add(self.right, row, back);
            }
            sweep.give(cotangent.values);
        }
    }
}
