//! Group normalization: over the positions of a sample and a group of its channels (Wu and He, 2018).

use super::{Op, layer_norm};
use crate::graph::Graph;
use crate::parameters::ParameterId;
use crate::simd::{self, dispatch};
use crate::sweep::Sweep;
use crate::tape::{Saved, Var};

#[derive(Debug, Clone, Copy)]
pub(crate) struct GroupNorm {
    input: Var,
    gain: ParameterId,
    bias: ParameterId,
    groups: usize,
    /// The normalized numbers.
    normalized: Saved,
    /// One over the standard deviation, for each sample and channel.
    scales: Saved,
}

/// Replaces each channel's sum by the mean over its group of `count` numbers.
#[inline(always)]
fn spread_means(sums: &mut [f64], groups: usize, count: usize) {
    for group in sums.chunks_exact_mut((sums.len() / groups).max(1)) {
        let mean = group.iter().sum::<f64>() / count as f64;
        group.fill(mean);
    }
}

dispatch! {
    /// Normalizes one sample. `sums` is memory for two numbers a channel, in double precision: grids can be large.
    fn normalize(x: &[f32], groups: usize, epsilon: f32, normalized: &mut [f32], scales: &mut [f32], sums: &mut [f64]) {
        let channels = scales.len();
        sums.fill(0.0);
        let (means, variances) = sums.split_at_mut(channels);
        for row in x.chunks_exact(channels) {
            for (sum, &x) in means.iter_mut().zip(row) {
                *sum += f64::from(x);
            }
        }
        spread_means(means, groups, x.len() / groups);
        for row in x.chunks_exact(channels) {
            for ((sum, &mean), &x) in variances.iter_mut().zip(means.iter()).zip(row) {
                *sum += (f64::from(x) - mean) * (f64::from(x) - mean);
            }
        }
        spread_means(variances, groups, x.len() / groups);
        for (scale, &variance) in scales.iter_mut().zip(variances.iter()) {
            *scale = 1.0 / (variance as f32 + epsilon).sqrt();
        }
        for (n, x) in normalized.chunks_exact_mut(channels).zip(x.chunks_exact(channels)) {
            for (((n, &x), &mean), &scale) in n.iter_mut().zip(x).zip(means.iter()).zip(scales.iter()) {
                *n = (f64::from(x) - mean) as f32 * scale;
            }
        }
    }
}

dispatch! {
    fn apply(y: &mut [f32], normalized: &[f32], gain: &[f32], bias: &[f32]) {
        for (y, n) in y.chunks_exact_mut(gain.len()).zip(normalized.chunks_exact(gain.len())) {
            for (((y, &n), &g), &b) in y.iter_mut().zip(n).zip(gain).zip(bias) {
                *y = n * g + b;
            }
        }
    }
}

dispatch! {
    /// Turns the cotangent of one sample's output into the input's, in place.
    fn pull_back(cotangent: &mut [f32], gain: &[f32], groups: usize, normalized: &[f32], scales: &[f32], sums: &mut [f64]) {
        let (channels, count) = (gain.len(), cotangent.len() / groups);
        sums.fill(0.0);
        let (means, along) = sums.split_at_mut(channels);
        for (c, n) in cotangent.chunks_exact_mut(channels).zip(normalized.chunks_exact(channels)) {
            for ((((c, &n), &g), mean), along) in c.iter_mut().zip(n).zip(gain).zip(means.iter_mut()).zip(along.iter_mut()) {
                *c *= g;
                *mean += f64::from(*c);
                *along += f64::from(*c * n);
            }
        }
        spread_means(means, groups, count);
        spread_means(along, groups, count);
        for (c, n) in cotangent.chunks_exact_mut(channels).zip(normalized.chunks_exact(channels)) {
            for ((((c, &n), &mean), &along), &scale) in c.iter_mut().zip(n).zip(means.iter()).zip(along.iter()).zip(scales) {
                *c = (*c - mean as f32 - n * along as f32) * scale;
            }
        }
    }
}

impl Graph<'_> {
    /// `(x - mean) / sqrt(variance + 1e-5) · gain + bias` with the mean and the biased variance over all positions of a sample and
    /// `channels / groups` neighboring channels; the input is `[samples, …, channels]`, `gain` and `bias` are `[channels]`. As many groups
    /// as channels is instance normalization.
    ///
    /// # Panics
    /// If the groups do not divide the channels into equal parts, or `gain` and `bias` have another length.
    pub fn group_norm(&mut self, input: Var, groups: usize, gain: ParameterId, bias: ParameterId) -> Var {
        self.group_norm_with(input, groups, gain, bias, layer_norm::EPSILON)
    }

    /// As [`group_norm`](Self::group_norm), with another `epsilon` than 1e-5.
    pub fn group_norm_with(&mut self, input: Var, groups: usize, gain: ParameterId, bias: ParameterId, epsilon: f32) -> Var {
        let shape = self.shape(input);
        let (samples, channels) = (shape.samples(), shape.last());
        let (gains, biases) = (self.parameter(gain), self.parameter(bias));
        assert!(shape.rank() > 1 && groups > 0 && channels.is_multiple_of(groups), "group norm of {shape:?} in {groups} groups");
        assert!(gains.len() == channels && biases.len() == channels, "group norm of {shape:?} with {} gains", gains.len());
        let per_sample = shape.len_from(1).max(1);
        let mut normalized = self.tape.pool.take(shape.len());
        let mut scales = self.tape.pool.take(samples * channels);
        let mut sums = self.tape.pool.take_doubles(2 * channels);
        let x = self.tape.value(input).chunks_exact(per_sample);
        for ((x, n), scales) in x.zip(normalized.chunks_exact_mut(per_sample)).zip(scales.chunks_exact_mut(channels.max(1))) {
            normalize(x, groups, epsilon, n, scales, &mut sums);
        }
        self.tape.pool.give_doubles(sums);
        let mut value = self.tape.pool.take(shape.len());
        apply(&mut value, &normalized, gains, biases);
        let (normalized, scales) = (self.tape.save(normalized), self.tape.save(scales));
        let op = GroupNorm { input, gain, bias, groups, normalized, scales };
        self.tape.push(Op::GroupNorm(op), shape, value, true)
    }
}

impl GroupNorm {
    pub(crate) fn backward(&self, sweep: &mut Sweep<'_>, output: Var) {
        let gain = sweep.parameter(self.gain);
        let per_sample = sweep.shape(output).len_from(1).max(1);
        for row in 0..sweep.rows() {
            let Some(mut cotangent) = sweep.take(output, row) else { continue };
            let span = cotangent.span;
            let (normalized, scales) = (span.part(sweep.saved(self.normalized)), span.part(sweep.saved(self.scales)));
            simd::add_column_sums(sweep.gradient(self.bias, row), &cotangent);
            layer_norm::add_gain_gradient(sweep.gradient(self.gain, row), &cotangent, normalized);
            if sweep.wants(self.input) {
                let mut sums = sweep.doubles(2 * gain.len());
                let samples = cotangent.chunks_exact_mut(per_sample).zip(normalized.chunks_exact(per_sample));
                for ((c, n), scales) in samples.zip(scales.chunks_exact(gain.len().max(1))) {
                    pull_back(c, gain, self.groups, n, scales, &mut sums);
                }
                sweep.give_doubles(sums);
                sweep.add(self.input, row, cotangent);
            } else {
                sweep.give(cotangent.values);
            }
        }
    }
}
