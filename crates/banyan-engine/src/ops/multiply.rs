//! Elementwise products.

use super::Op;
use crate::graph::Graph;
use crate::simd::{self, dispatch};
use crate::sweep::Sweep;
use crate::tape::Var;

#[derive(Debug, Clone, Copy)]
pub(crate) struct Multiply {
    left: Var,
    right: Var,
}

impl Graph<'_> {
    /// The product of two values of one shape, element by element; or of one with a vector a sample (`[samples, width]`) to its right, which it is
    /// multiplied by at every position of the sample.
    ///
    /// # Panics
    /// If the shapes do not fit.
    pub fn multiply(&mut self, left: Var, right: Var) -> Var {
        let (shape, own) = (self.shape(left), self.shape(right));
        let is_vector = own != shape;
        let fits =
            !is_vector || (own.samples() == shape.samples() && own.last() == shape.last() && own.len() == own.samples() * own.last());
        assert!(fits, "an elementwise product of {shape:?} and {own:?}");
        let mut value = self.tape.pool.take(shape.len());
        value.copy_from_slice(self.tape.value(left));
        if is_vector {
            at_every_position(&mut value, self.tape.value(right), shape.last());
        } else {
            simd::multiply(&mut value, self.tape.value(right));
        }
        let reaches = self.reaches(left) || self.reaches(right);
        self.tape.push(Op::Multiply(Multiply { left, right }), shape, value, reaches)
    }
}

/// Multiplies all positions of each sample by the sample's vector.
fn at_every_position(values: &mut [f32], vectors: &[f32], width: usize) {
    let per_sample = values.len() / (vectors.len() / width).max(1);
    for (positions, vector) in values.chunks_exact_mut(per_sample.max(1)).zip(vectors.chunks_exact(width)) {
        positions.chunks_exact_mut(width).for_each(|position| simd::multiply(position, vector));
    }
}

impl Multiply {
    pub(crate) fn backward(&self, sweep: &mut Sweep<'_>, output: Var) {
        let is_vector = sweep.shape(self.right) != sweep.shape(output);
        for row in 0..sweep.rows() {
            let Some(cotangent) = sweep.take(output, row) else { continue };
            let span = cotangent.span;
            if sweep.wants(self.left) {
                let mut back = sweep.fresh(self.left, span);
                back.copy_from_slice(&cotangent);
                let right = span.part(sweep.value(self.right));
                if is_vector {
                    at_every_position(&mut back, right, sweep.shape(output).last());
                } else {
                    simd::multiply(&mut back, right);
                }
                sweep.add(self.left, row, back);
            }
            if sweep.wants(self.right) {
                let mut back = sweep.fresh(self.right, span);
                let left = span.part(sweep.value(self.left));
                if is_vector {
                    let width = sweep.shape(output).last();
                    let per_sample = cotangent.len() / (back.len() / width).max(1);
                    let samples = cotangent.chunks_exact(per_sample.max(1)).zip(left.chunks_exact(per_sample.max(1)));
                    for (sum, (cotangent, left)) in back.chunks_exact_mut(width).zip(samples) {
                        sum.fill(0.0);
                        add_products(sum, cotangent, left);
                    }
                } else {
                    back.copy_from_slice(&cotangent);
                    simd::multiply(&mut back, left);
                }
                sweep.add(self.right, row, back);
            }
            sweep.give(cotangent.values);
        }
    }
}

dispatch! {
    /// Adds to each column the sum of its products over all positions.
    fn add_products(sum: &mut [f32], cotangent: &[f32], left: &[f32]) {
        let width = sum.len();
        for (cotangent, left) in cotangent.chunks_exact(width).zip(left.chunks_exact(width)) {
            for ((sum, &c), &x) in sum.iter_mut().zip(cotangent).zip(left) {
                *sum += c * x;
            }
        }
    }
}
