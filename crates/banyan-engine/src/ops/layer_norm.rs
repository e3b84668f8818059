//! Layer normalization over the last axis (Ba, Kiros and Hinton, 2016).

use super::Op;
use crate::graph::Graph;
use crate::parameters::ParameterId;
use crate::simd::{self, dispatch};
use crate::sweep::Sweep;
use crate::tape::{Saved, Var};

/// What is added to a variance, unless a network was trained with another number.
pub const EPSILON: f32 = 1e-5;

#[derive(Debug, Clone, Copy)]
pub(crate) struct LayerNorm {
    input: Var,
    gain: ParameterId,
    bias: ParameterId,
    /// The normalized rows, and one over each row's deviation after them.
    normalized: Saved,
}

dispatch! {
    fn forward(x: &[f32], gain: &[f32], bias: &[f32], epsilon: f32, y: &mut [f32], normalized: &mut [f32], scales: &mut [f32]) {
        let width = gain.len();
        for (index, row) in x.chunks_exact(width).enumerate() {
            let mean = simd::sum2(row, row, |x, _| x) / width as f32;
            let variance = simd::sum2(row, row, |x, _| (x - mean) * (x - mean)) / width as f32;
            let scale = 1.0 / (variance + epsilon).sqrt();
            scales[index] = scale;
            let at = index * width..(index + 1) * width;
            for ((((y, n), &x), &g), &b) in y[at.clone()].iter_mut().zip(&mut normalized[at]).zip(row).zip(gain).zip(bias) {
                *n = (x - mean) * scale;
                *y = *n * g + b;
            }
        }
    }
}

dispatch! {
    /// Turns the cotangent of the output into the input's, in place, and adds the gradients.
    fn pull_back(cotangent: &mut [f32], gain: &[f32], normalized: &[f32], scales: &[f32]) {
        let width = gain.len();
        for (index, row) in cotangent.chunks_exact_mut(width).enumerate() {
            let n = &normalized[index * width..(index + 1) * width];
            for (c, &g) in row.iter_mut().zip(gain) {
                *c *= g;
            }
            let mean = simd::sum2(row, n, |c, _| c) / width as f32;
            let along = simd::sum2(row, n, |c, n| c * n) / width as f32;
            for (c, &n) in row.iter_mut().zip(n) {
                *c = (*c - mean - n * along) * scales[index];
            }
        }
    }
}

dispatch! {
    /// Adds the gradient of the gain: each column's sum of cotangent times normalized input.
    pub(super) fn add_gain_gradient(sums: &mut [f32], cotangent: &[f32], normalized: &[f32]) {
        let width = sums.len();
        for (c, n) in cotangent.chunks_exact(width).zip(normalized.chunks_exact(width)) {
            for ((sum, &c), &n) in sums.iter_mut().zip(c).zip(n) {
                *sum += c * n;
            }
        }
    }
}

impl Graph<'_> {
    /// Each vector along the last axis less its mean, over its deviation, times `gain` plus `bias`.
    pub fn layer_norm(&mut self, input: Var, gain: ParameterId, bias: ParameterId) -> Var {
        self.layer_norm_with(input, gain, bias, EPSILON)
    }

    /// As [`layer_norm`](Self::layer_norm), with another number than 1e-5 added to the variance.
    pub fn layer_norm_with(&mut self, input: Var, gain: ParameterId, bias: ParameterId, epsilon: f32) -> Var {
        let shape = self.shape(input);
        let (rows, width) = (shape.rows(), shape.last());
        let (gains, biases) = (self.parameter(gain), self.parameter(bias));
        assert!(gains.len() == width && biases.len() == width, "layer norm of {shape:?} with {} gains", gains.len());
        let mut value = self.tape.pool.take(rows * width);
        let mut kept = self.tape.pool.take(rows * width + rows);
        let (normalized, scales) = kept.split_at_mut(rows * width);
        forward(self.tape.value(input), gains, biases, epsilon, &mut value, normalized, scales);
        let normalized = self.tape.save(kept);
        self.tape.push(Op::LayerNorm(LayerNorm { input, gain, bias, normalized }), shape, value, true)
    }
}

impl LayerNorm {
    pub(crate) fn backward(&self, sweep: &mut Sweep<'_>, output: Var) {
        let gain = sweep.parameter(self.gain);
        let (normalized, scales) = sweep.saved(self.normalized).split_at(sweep.shape(output).len());
        for row in 0..sweep.rows() {
            let Some(mut cotangent) = sweep.take(output, row) else { continue };
            simd::add_column_sums(sweep.gradient(self.bias, row), &cotangent);
            let (normalized, scales) = (cotangent.span.part(normalized), cotangent.span.part(scales));
            add_gain_gradient(sweep.gradient(self.gain, row), &cotangent, normalized);
            if sweep.wants(self.input) {
                pull_back(&mut cotangent, gain, normalized, scales);
                sweep.add(self.input, row, cotangent);
            } else {
                sweep.give(cotangent.values);
            }
        }
    }
}
