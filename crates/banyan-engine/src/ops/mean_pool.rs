//! The mean over positions, those that count: a sequence or a grid becomes one vector a sample.

use super::Op;
use crate::graph::Graph;
use crate::shape::Shape;
use crate::simd;
use crate::sweep::Sweep;
use crate::tape::{Saved, Var};

#[derive(Debug, Clone, Copy)]
pub(crate) struct MeanPool {
    input: Var,
    /// The factor of each position: its weight over the sum of its sample's weights.
    factors: Saved,
}

impl Graph<'_> {
    /// `[samples, …, width]` to `[samples, width]`: the mean over all axes between. `weights` has one
    /// number a position (1 counts, 0 is padding), or is empty where all count; a sample without any
    /// position that counts gives zeros.
    pub fn mean_pool(&mut self, input: Var, weights: &[f32]) -> Var {
        let shape = self.shape(input);
        let (samples, width) = (shape.samples(), shape.last());
        let positions = shape.rows().checked_div(samples).unwrap_or(0);
        assert!(weights.is_empty() || weights.len() == samples * positions, "mean over {shape:?} with {} weights", weights.len());
        let mut factors = self.tape.pool.take(samples * positions);
        if weights.is_empty() {
            factors.fill(1.0 / positions.max(1) as f32);
        } else {
            for (factors, weights) in factors.chunks_exact_mut(positions).zip(weights.chunks_exact(positions)) {
                let sum: f32 = weights.iter().sum();
                for (factor, &weight) in factors.iter_mut().zip(weights) {
                    *factor = if sum > 0.0 { weight / sum } else { 0.0 };
                }
            }
        }
        let mut value = self.tape.pool.zeros(samples * width);
        let x = self.tape.value(input);
        for (sample, mean) in value.chunks_exact_mut(width).enumerate() {
            for position in sample * positions..(sample + 1) * positions {
                simd::add_scaled(mean, factors[position], &x[position * width..][..width]);
            }
        }
        let factors = self.tape.save(factors);
        let reaches = self.reaches(input);
        self.tape.push(Op::MeanPool(MeanPool { input, factors }), Shape::new(&[samples, width]), value, reaches)
    }
}

impl MeanPool {
    pub(crate) fn backward(&self, sweep: &mut Sweep<'_>, output: Var) {
        let shape = sweep.shape(self.input);
        let width = shape.last();
        let factors = sweep.saved(self.factors);
        let positions = factors.len().checked_div(shape.samples()).unwrap_or(0);
        for row in 0..sweep.rows() {
            let Some(cotangent) = sweep.take(output, row) else { continue };
            let mut back = sweep.fresh_zeros(self.input, cotangent.span);
            let factors = cotangent.span.part(factors);
            for (position, back) in back.chunks_exact_mut(width).enumerate() {
                simd::add_scaled(back, factors[position], &cotangent[position / positions * width..][..width]);
            }
            sweep.give(cotangent.values);
            sweep.add(self.input, row, back);
        }
    }
}
