//! Batch normalization over all axes but the last (Ioffe and Szegedy, 2015).
//!
//! The statistics are those of the rows that the pass sees. A model that uses this operation runs it where the whole batch is one value
//! (see [`Synchronize`](crate::Synchronize)), or the batch as one chunk; layer normalization has no such need and is the default everywhere.

use super::Op;
use crate::graph::{Graph, Purpose};
use crate::parameters::ParameterId;
use crate::simd;
use crate::sweep::Sweep;
use crate::tape::{Saved, Var};

const EPSILON: f32 = 1e-5;
const MOMENTUM: f32 = 0.1;

/// The parameters of a batch normalization, each `[channels]`.
#[derive(Debug, Clone, Copy)]
pub struct BatchNormParameters {
    /// The gain.
    pub gain: ParameterId,
    /// The bias.
    pub bias: ParameterId,
    /// The running mean (state).
    pub mean: ParameterId,
    /// The running variance (state), unbiased.
    pub variance: ParameterId,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct BatchNorm {
    input: Var,
    gain: ParameterId,
    bias: ParameterId,
    /// The normalized rows, and one over each channel's deviation after them.
    normalized: Saved,
    purpose: Purpose,
}

impl Graph<'_> {
    /// Each channel less its mean, over its deviation, times its gain plus its bias. In training the
    /// statistics are the chunk's and the running ones move towards them by a tenth.
    pub fn batch_norm(&mut self, input: Var, parameters: BatchNormParameters) -> Var {
        let shape = self.shape(input);
        let (rows, channels) = (shape.rows(), shape.last());
        let purpose = self.context.purpose;
        let mut mean = self.tape.pool.zeros(channels);
        let mut variance = self.tape.pool.zeros(channels);
        let x = self.tape.value(input);
        if purpose == Purpose::Training {
            simd::add_column_sums(&mut mean, x);
            simd::scale(&mut mean, 1.0 / rows as f32);
            for row in x.chunks_exact(channels) {
                for ((v, &x), &m) in variance.iter_mut().zip(row).zip(mean.iter()) {
                    *v += (x - m) * (x - m);
                }
            }
            simd::scale(&mut variance, 1.0 / rows as f32);
        } else {
            mean.copy_from_slice(self.parameters.get(parameters.mean));
            variance.copy_from_slice(self.parameters.get(parameters.variance));
        }
        let mut value = self.tape.pool.take(rows * channels);
        let mut kept = self.tape.pool.take(rows * channels + channels);
        let (normalized, scales) = kept.split_at_mut(rows * channels);
        for (scale, &v) in scales.iter_mut().zip(variance.iter()) {
            *scale = 1.0 / (v + EPSILON).sqrt();
        }
        let (gain, bias) = (self.parameters.get(parameters.gain), self.parameters.get(parameters.bias));
        let x = self.tape.value(input);
        for ((x, y), n) in x.chunks_exact(channels).zip(value.chunks_exact_mut(channels)).zip(normalized.chunks_exact_mut(channels)) {
            for channel in 0..channels {
                n[channel] = (x[channel] - mean[channel]) * scales[channel];
                y[channel] = n[channel] * gain[channel] + bias[channel];
            }
        }
        if purpose == Purpose::Training {
            let unbiased = rows as f32 / (rows as f32 - 1.0).max(1.0);
            for (m, &running) in mean.iter_mut().zip(self.parameters.get(parameters.mean)) {
                *m = running + MOMENTUM * (*m - running);
            }
            for (v, &running) in variance.iter_mut().zip(self.parameters.get(parameters.variance)) {
                *v = running + MOMENTUM * (*v * unbiased - running);
            }
            let mean = self.tape.save(mean);
            let variance = self.tape.save(variance);
            self.tape.state_updates.extend([(parameters.mean, mean), (parameters.variance, variance)]);
        } else {
            self.tape.pool.give(mean);
            self.tape.pool.give(variance);
        }
        let normalized = self.tape.save(kept);
        let op = BatchNorm { input, gain: parameters.gain, bias: parameters.bias, normalized, purpose };
        self.tape.push(Op::BatchNorm(op), shape, value, true)
    }
}

impl BatchNorm {
    pub(crate) fn backward(&self, sweep: &mut Sweep<'_>, output: Var) {
        let shape = sweep.shape(output);
        let (rows, channels) = (shape.rows(), shape.last());
        let gain = sweep.parameter(self.gain);
        let (normalized, scales) = sweep.saved(self.normalized).split_at(rows * channels);
        for row in 0..sweep.rows() {
            let Some(cotangent) = sweep.take(output, row) else { continue };
            let mut cotangent = sweep.of_all_samples(cotangent);
            let mut sums = sweep.zeros(channels);
            let mut along = sweep.zeros(channels);
            simd::add_column_sums(&mut sums, &cotangent);
            for (c, n) in cotangent.chunks_exact(channels).zip(normalized.chunks_exact(channels)) {
                for channel in 0..channels {
                    along[channel] += c[channel] * n[channel];
                }
            }
            simd::add(sweep.gradient(self.bias, row), &sums);
            simd::add(sweep.gradient(self.gain, row), &along);
            // With running statistics the mean and deviation are constants, and nothing flows through them.
            let through = if self.purpose == Purpose::Training { 1.0 / rows as f32 } else { 0.0 };
            for (c, n) in cotangent.chunks_exact_mut(channels).zip(normalized.chunks_exact(channels)) {
                for channel in 0..channels {
                    c[channel] = (c[channel] - (sums[channel] + n[channel] * along[channel]) * through) * gain[channel] * scales[channel];
                }
            }
            sweep.give(sums);
            sweep.give(along);
            sweep.add(self.input, row, cotangent);
        }
    }
}
