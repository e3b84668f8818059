//! Batch normalization over all axes but the last (Ioffe and Szegedy, 2015).
//!
//! The statistics are those of the rows that the pass sees: a chunk's, or those of the whole batch where it is one value
//! (see [`Synchronize`](crate::Synchronize)). Those of a chunk of grids are over many places, and serve as well as the batch's (Hoffer et al., "Train
//! longer, generalize better", NeurIPS 2017).

use super::Op;
use crate::graph::{Graph, Purpose};
use crate::parameters::ParameterId;
use crate::simd::dispatch;
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
    /// Each channel's mean, and one over its deviation.
    statistics: Saved,
    purpose: Purpose,
}

dispatch! {
    /// Adds each channel's sum. Sums are in double precision: grids can be large.
    fn add_sums(sums: &mut [f64], x: &[f32]) {
        for row in x.chunks_exact(sums.len().max(1)) {
            for (sum, &x) in sums.iter_mut().zip(row) {
                *sum += f64::from(x);
            }
        }
    }
}

dispatch! {
    /// Adds the sum of each channel's squares about its mean.
    fn add_squares(sums: &mut [f64], x: &[f32], mean: &[f32]) {
        for row in x.chunks_exact(mean.len().max(1)) {
            for ((sum, &x), &mean) in sums.iter_mut().zip(row).zip(mean) {
                *sum += f64::from(x - mean) * f64::from(x - mean);
            }
        }
    }
}

dispatch! {
    fn normalize(x: &[f32], mean: &[f32], scale: &[f32], gain: &[f32], bias: &[f32], y: &mut [f32]) {
        let channels = mean.len().max(1);
        for (y, x) in y.chunks_exact_mut(channels).zip(x.chunks_exact(channels)) {
            for (((((y, &x), &mean), &scale), &gain), &bias) in y.iter_mut().zip(x).zip(mean).zip(scale).zip(gain).zip(bias) {
                *y = (x - mean) * scale * gain + bias;
            }
        }
    }
}

dispatch! {
    /// Adds each channel's sum of products of cotangents and normalized numbers.
    fn add_products(sums: &mut [f64], cotangent: &[f32], x: &[f32], mean: &[f32], scale: &[f32]) {
        let channels = mean.len().max(1);
        for (c, x) in cotangent.chunks_exact(channels).zip(x.chunks_exact(channels)) {
            for ((((sum, &c), &x), &mean), &scale) in sums.iter_mut().zip(c).zip(x).zip(mean).zip(scale) {
                *sum += f64::from(c * ((x - mean) * scale));
            }
        }
    }
}

dispatch! {
    /// Turns the output's cotangent into the input's. `sums` are means of cotangents, `along` means of their products with normalized numbers.
    fn pull_back(cotangent: &mut [f32], x: &[f32], mean: &[f32], scale: &[f32], gain: &[f32], sums: &[f64], along: &[f64]) {
        let channels = mean.len().max(1);
        for (c, x) in cotangent.chunks_exact_mut(channels).zip(x.chunks_exact(channels)) {
            let statistics = mean.iter().zip(scale).zip(gain).zip(sums).zip(along);
            for ((c, &x), ((((&mean, &scale), &gain), &sum), &along)) in c.iter_mut().zip(x).zip(statistics) {
                *c = (*c - sum as f32 - (x - mean) * scale * along as f32) * (gain * scale);
            }
        }
    }
}

impl Graph<'_> {
    /// Each channel less its mean, over its deviation, times its gain plus its bias. In training the
    /// statistics are the chunk's, and the running ones move a tenth of the way to the mean of those of all chunks
    /// ([`Engine::update_state`](crate::Engine::update_state)).
    pub fn batch_norm(&mut self, input: Var, parameters: BatchNormParameters) -> Var {
        let shape = self.shape(input);
        let (rows, channels) = (shape.rows(), shape.last());
        let purpose = self.context.purpose;
        let mut statistics = self.tape.pool.take(2 * channels);
        let (mean, scale) = statistics.split_at_mut(channels);
        if purpose == Purpose::Training {
            let mut sums = self.tape.pool.take_doubles(channels);
            let x = self.tape.value(input);
            let count = rows.max(1) as f64;
            sums.fill(0.0);
            add_sums(&mut sums, x);
            mean.iter_mut().zip(&sums).for_each(|(mean, sum)| *mean = (sum / count) as f32);
            sums.fill(0.0);
            add_squares(&mut sums, x, mean);
            scale.iter_mut().zip(&sums).for_each(|(variance, sum)| *variance = (sum / count) as f32);
            self.tape.pool.give_doubles(sums);
            let unbiased = rows as f32 / (rows as f32 - 1.0).max(1.0);
            for (id, found, factor) in [(parameters.mean, &*mean, 1.0), (parameters.variance, &*scale, unbiased)] {
                let mut moved = self.tape.pool.take(channels);
                for ((moved, &found), &running) in moved.iter_mut().zip(found).zip(self.parameters.get(id)) {
                    *moved = running + MOMENTUM * (found * factor - running);
                }
                let moved = self.tape.save(moved);
                self.tape.state_updates.push((id, moved));
            }
        } else {
            mean.copy_from_slice(self.parameters.get(parameters.mean));
            scale.copy_from_slice(self.parameters.get(parameters.variance));
        }
        scale.iter_mut().for_each(|variance| *variance = 1.0 / (*variance + EPSILON).sqrt());
        let mut value = self.tape.pool.take(rows * channels);
        let (gain, bias) = (self.parameters.get(parameters.gain), self.parameters.get(parameters.bias));
        normalize(self.tape.value(input), mean, scale, gain, bias, &mut value);
        let statistics = self.tape.save(statistics);
        let op = BatchNorm { input, gain: parameters.gain, bias: parameters.bias, statistics, purpose };
        self.tape.push(Op::BatchNorm(op), shape, value, true)
    }
}

impl BatchNorm {
    pub(crate) fn backward(&self, sweep: &mut Sweep<'_>, output: Var) {
        let shape = sweep.shape(output);
        let (rows, channels) = (shape.rows(), shape.last());
        let gain = sweep.parameter(self.gain);
        let (mean, scale) = sweep.saved(self.statistics).split_at(channels);
        let x = sweep.value(self.input);
        for row in 0..sweep.rows() {
            let Some(cotangent) = sweep.take(output, row) else { continue };
            let mut cotangent = sweep.of_all_samples(cotangent);
            let mut both = sweep.doubles(2 * channels);
            both.fill(0.0);
            let (sums, along) = both.split_at_mut(channels);
            add_sums(sums, &cotangent);
            add_products(along, &cotangent, x, mean, scale);
            for (id, sums) in [(self.bias, &*sums), (self.gain, &*along)] {
                sweep.gradient(id, row).iter_mut().zip(sums).for_each(|(gradient, sum)| *gradient += *sum as f32);
            }
            // With running statistics the mean and deviation are constants, and nothing flows through them.
            let through = if self.purpose == Purpose::Training { 1.0 / rows as f64 } else { 0.0 };
            both.iter_mut().for_each(|sum| *sum *= through);
            let (sums, along) = both.split_at(channels);
            pull_back(&mut cotangent, x, mean, scale, gain, sums, along);
            sweep.give_doubles(both);
            sweep.add(self.input, row, cotangent);
        }
    }
}
