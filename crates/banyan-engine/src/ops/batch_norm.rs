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
use crate::tape::{Found, Integers, Saved, Var};
use std::ops::Range;

const EPSILON: f32 = 1e-5;

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
    /// The first and the number of the samples of each run that the statistics are of.
    runs: Integers,
    purpose: Purpose,
}

/// The samples that are there, as runs of neighbors: each by its first and their number.
fn runs_of(present: &[bool]) -> impl Iterator<Item = [u32; 2]> {
    let mut at = 0;
    present.chunk_by(|one, next| one == next).filter_map(move |run| {
        at += run.len() as u32;
        run[0].then_some([at - run.len() as u32, run.len() as u32])
    })
}

/// Where the numbers of such runs lie.
fn ranges(runs: &[u32], per_sample: usize) -> impl Iterator<Item = Range<usize>> {
    runs.chunks_exact(2).map(move |run| run[0] as usize * per_sample..(run[0] + run[1]) as usize * per_sample)
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
    /// statistics are the chunk's, and the running ones move a tenth of the way to those of all chunks together
    /// ([`Engine::update_state`](crate::Engine::update_state)).
    pub fn batch_norm(&mut self, input: Var, parameters: BatchNormParameters) -> Var {
        let runs = self.tape.save_integers([0, self.shape(input).samples() as u32]);
        self.normalize_batch(input, parameters, runs)
    }

    /// The same with statistics of the samples that are there. Others are normalized like them, and nothing is learned from them: they are for
    /// [`fill_missing`](Self::fill_missing) to replace. The running statistics stand in
    /// where these are of one place or none.
    ///
    /// # Panics
    /// If `present` has not one entry a sample.
    pub fn batch_norm_of(&mut self, input: Var, parameters: BatchNormParameters, present: &[bool]) -> Var {
        assert_eq!(present.len(), self.shape(input).samples(), "presence of each sample");
        let runs = self.tape.save_integers(runs_of(present).flatten());
        self.normalize_batch(input, parameters, runs)
    }

    fn normalize_batch(&mut self, input: Var, parameters: BatchNormParameters, runs: Integers) -> Var {
        let shape = self.shape(input);
        let channels = shape.last();
        let per_sample = shape.len() / shape.samples().max(1);
        let places = ranges(&self.tape.integers[runs.index()], per_sample).map(|range| range.len()).sum::<usize>() / channels.max(1);
        let purpose = if places < 2 { Purpose::Inference } else { self.context.purpose };
        let mut statistics = self.tape.pool.take(2 * channels);
        let (mean, scale) = statistics.split_at_mut(channels);
        if purpose == Purpose::Training {
            let mut sums = self.tape.pool.take_doubles(channels);
            let (x, ranges) = (self.tape.value(input), || ranges(&self.tape.integers[runs.index()], per_sample));
            sums.fill(0.0);
            ranges().for_each(|range| add_sums(&mut sums, &x[range]));
            mean.iter_mut().zip(&sums).for_each(|(mean, sum)| *mean = (sum / places as f64) as f32);
            sums.fill(0.0);
            ranges().for_each(|range| add_squares(&mut sums, &x[range], mean));
            scale.iter_mut().zip(&sums).for_each(|(variance, sum)| *variance = (sum / places as f64) as f32);
            self.tape.pool.give_doubles(sums);
            let mut found = self.tape.pool.take(2 * channels);
            found[..channels].copy_from_slice(mean);
            found[channels..].copy_from_slice(scale);
            let found = self.tape.save(found);
            self.tape.found.push((Found { mean: parameters.mean, variance: parameters.variance, places }, found));
        } else {
            mean.copy_from_slice(self.parameters.get(parameters.mean));
            scale.copy_from_slice(self.parameters.get(parameters.variance));
        }
        scale.iter_mut().for_each(|variance| *variance = 1.0 / (*variance + EPSILON).sqrt());
        let mut value = self.tape.pool.take(shape.len());
        let (gain, bias) = (self.parameters.get(parameters.gain), self.parameters.get(parameters.bias));
        normalize(self.tape.value(input), mean, scale, gain, bias, &mut value);
        let statistics = self.tape.save(statistics);
        let op = BatchNorm { input, gain: parameters.gain, bias: parameters.bias, statistics, runs, purpose };
        self.tape.push(Op::BatchNorm(op), shape, value, true)
    }
}

impl BatchNorm {
    pub(crate) fn backward(&self, sweep: &mut Sweep<'_>, output: Var) {
        let shape = sweep.shape(output);
        let channels = shape.last();
        let per_sample = shape.len() / shape.samples().max(1);
        let gain = sweep.parameter(self.gain);
        let (mean, scale) = sweep.saved(self.statistics).split_at(channels);
        let x = sweep.value(self.input);
        let runs = sweep.integers(self.runs);
        let ranges = || ranges(runs, per_sample);
        let places = ranges().map(|range| range.len()).sum::<usize>() / channels.max(1);
        for row in 0..sweep.rows() {
            let Some(cotangent) = sweep.take(output, row) else { continue };
            let mut cotangent = sweep.of_all_samples(cotangent);
            let mut both = sweep.doubles(2 * channels);
            both.fill(0.0);
            let (sums, along) = both.split_at_mut(channels);
            for range in ranges() {
                add_sums(sums, &cotangent[range.clone()]);
                add_products(along, &cotangent[range.clone()], &x[range], mean, scale);
            }
            for (id, sums) in [(self.bias, &*sums), (self.gain, &*along)] {
                sweep.gradient(id, row).iter_mut().zip(sums).for_each(|(gradient, sum)| *gradient += *sum as f32);
            }
            // With running statistics the mean and deviation are constants, and nothing flows through them.
            let through = if self.purpose == Purpose::Training { 1.0 / places as f64 } else { 0.0 };
            both.iter_mut().for_each(|sum| *sum *= through);
            let (sums, along) = both.split_at(channels);
            let mut end = 0;
            for range in ranges() {
                cotangent[end..range.start].fill(0.0);
                pull_back(&mut cotangent[range.clone()], &x[range.clone()], mean, scale, gain, sums, along);
                end = range.end;
            }
            cotangent[end..].fill(0.0);
            sweep.give_doubles(both);
            sweep.add(self.input, row, cotangent);
        }
    }
}
