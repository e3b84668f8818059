//! Softmax over the last axis, with entries left out.

use super::Op;
use crate::graph::Graph;
use crate::simd::{self, LANES, dispatch};
use crate::sweep::Sweep;
use crate::tape::Var;

#[derive(Debug, Clone, Copy)]
pub(crate) struct Softmax {
    input: Var,
}

/// Replaces a row of scores by its softmax; returns the logarithm of the sum of the exponentials.
#[inline(always)]
pub(crate) fn normalize(row: &mut [f32]) -> f32 {
    if row.len() > LANES {
        return normalize_padded(row);
    }
    // A short row is filled up to one register and stays there.
    let mut block = [f32::NEG_INFINITY; LANES];
    block[..row.len()].copy_from_slice(row);
    let log_sum = normalize_padded(&mut block);
    row.copy_from_slice(&block[..row.len()]);
    log_sum
}

#[inline(always)]
fn normalize_padded(row: &mut [f32]) -> f32 {
    let larger = |a: f32, b: f32| if b > a { b } else { a };
    let mut largest = [f32::NEG_INFINITY; LANES];
    simd::in_blocks(row, f32::NEG_INFINITY, |block| {
        for (largest, &x) in largest.iter_mut().zip(block.iter()) {
            *largest = larger(*largest, x);
        }
    });
    let max = simd::fold(largest, larger);
    if max == f32::NEG_INFINITY && !row.iter().any(|x| x.is_nan()) {
        row.fill(0.0); // every entry is left out
        return f32::NEG_INFINITY;
    }
    let mut sums = [0.0; LANES];
    simd::in_blocks(row, f32::NEG_INFINITY, |block| {
        for (sum, x) in sums.iter_mut().zip(block) {
            *x = simd::exp(*x - max);
            *sum += *x;
        }
    });
    let sum = simd::fold(sums, |a, b| a + b);
    let scale = 1.0 / sum;
    for x in row.iter_mut() {
        *x *= scale;
    }
    max + sum.ln()
}

dispatch! {
    /// [`normalize`] for each row of `width` scores.
    pub(super) fn normalize_rows(values: &mut [f32], width: usize) {
        for row in values.chunks_exact_mut(width) {
            normalize(row);
        }
    }
}

dispatch! {
    /// Turns the cotangent of probabilities into that of the scores, in place, row by row.
    pub(super) fn pull_back(cotangent: &mut [f32], output: &[f32], width: usize) {
        for (c, y) in cotangent.chunks_exact_mut(width).zip(output.chunks_exact(width)) {
            let along = simd::sum2(c, y, |c, y| c * y);
            for (c, &y) in c.iter_mut().zip(y) {
                *c = y * (*c - along);
            }
        }
    }
}

impl Graph<'_> {
    /// Softmax over the last axis. `keep` has one entry an element, or is empty where all are kept; an
    /// entry that is not kept has probability 0, and a row of which none is kept is all zeros.
    pub fn softmax(&mut self, input: Var, keep: &[bool]) -> Var {
        let shape = self.shape(input);
        assert!(keep.is_empty() || keep.len() == shape.len(), "softmax of {shape:?} with a mask of {}", keep.len());
        let mut value = self.tape.pool.take(shape.len());
        value.copy_from_slice(self.tape.value(input));
        for (x, _) in value.iter_mut().zip(keep).filter(|(_, keep)| !**keep) {
            *x = f32::NEG_INFINITY;
        }
        normalize_rows(&mut value, shape.last());
        let reaches = self.reaches(input);
        self.tape.push(Op::Softmax(Softmax { input }), shape, value, reaches)
    }
}

impl Softmax {
    pub(crate) fn backward(&self, sweep: &mut Sweep<'_>, output: Var) {
        for row in 0..sweep.rows() {
            let Some(mut cotangent) = sweep.take(output, row) else { continue };
            let value = cotangent.span.part(sweep.value(output));
            pull_back(&mut cotangent, value, sweep.shape(output).last());
            sweep.add(self.input, row, cotangent);
        }
    }
}
