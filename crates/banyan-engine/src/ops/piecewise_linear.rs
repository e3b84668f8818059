//! A linear layer over the piecewise-linear encoding of a number (Gorishniy, Rubachev and Babenko, "On Embeddings for Numerical Features in Tabular
//! Deep Learning", NeurIPS 2022).
//!
//! In the encoding all bins below the number's own are 1 and all above it are 0. So the layer needs one sum of weights, which all rows share, and two
//! rows of them, where the product would go through all.

use super::{Activation, Op};
use crate::graph::Graph;
use crate::parameters::ParameterId;
use crate::shape::Shape;
use crate::simd::{self, dispatch};
use crate::sweep::Sweep;
use crate::tape::{Integers, Saved, Var};

#[derive(Debug, Clone, Copy)]
pub(crate) struct PiecewiseLinear {
    weight: ParameterId,
    bias: Option<ParameterId>,
    activation: Activation,
    derivative: Option<Saved>,
    /// The bin of each number.
    bins: Integers,
    /// Each number, and how far it is through its bin.
    places: Saved,
}

/// The bin that a number is in: the first below which it ends, or one past the last.
fn bin(number: f32, edges: &[f32]) -> usize {
    edges.get(1..).map_or(0, |ends| ends.partition_point(|end| *end <= number))
}

/// How far a number is through its bin, from 0 to 1; 0 past the last.
fn through(number: f32, edges: &[f32], bin: usize) -> f32 {
    match edges.get(bin..bin + 2) {
        Some(&[begin, end]) => ((number - begin) / (end - begin)).clamp(0.0, 1.0),
        _ => 0.0,
    }
}

dispatch! {
    /// For each bin, and past the last, the sum of the weights of the bins before it, and the bias. `sums` begins with the bias.
    fn sum_before(sums: &mut [f32], weights: &[f32], width: usize) {
        for place in 0..weights.len() / width {
            let (before, rest) = sums.split_at_mut((place + 1) * width);
            let own = &weights[place * width..(place + 1) * width];
            for ((next, &sum), &weight) in rest.iter_mut().zip(&before[place * width..]).zip(own) {
                *next = sum + weight;
            }
        }
    }
}

dispatch! {
    /// The layer without its activation. `weights` are those of the number and of the bins, with zeros behind them.
    fn forward(y: &mut [f32], places: &[f32], bins: &[u32], sums: &[f32], weights: &[f32], width: usize) {
        let (of_number, of_bins) = weights.split_at(width);
        for ((y, place), &bin) in y.chunks_exact_mut(width).zip(places.chunks_exact(2)).zip(bins) {
            let at = bin as usize * width..(bin as usize + 1) * width;
            let past_last = at.end > of_bins.len();
            let of_bin = if past_last { of_number } else { &of_bins[at.clone()] };
            let through = if past_last { 0.0 } else { place[1] };
            for (((y, &sum), &of_number), &of_bin) in y.iter_mut().zip(&sums[at]).zip(of_number).zip(of_bin) {
                *y = sum + place[0] * of_number + through * of_bin;
            }
        }
    }
}

dispatch! {
    /// Adds the gradient of the weights: `whole` has room for the cotangents of the rows in each bin, and past the last, and is all zeros.
    fn pull_back(gradient: &mut [f32], whole: &mut [f32], cotangent: &[f32], places: &[f32], bins: &[u32], width: usize) {
        let (of_number, of_bins) = gradient.split_at_mut(width);
        for ((c, place), &bin) in cotangent.chunks_exact(width).zip(places.chunks_exact(2)).zip(bins) {
            let at = bin as usize * width..(bin as usize + 1) * width;
            for ((sum, number), &c) in whole[at.clone()].iter_mut().zip(&mut *of_number).zip(c) {
                *sum += c;
                *number += place[0] * c;
            }
            if at.end <= of_bins.len() {
                for (own, &c) in of_bins[at].iter_mut().zip(c) {
                    *own += place[1] * c;
                }
            }
        }
        // A bin is whole in every row that is in a later one.
        for place in (0..of_bins.len() / width).rev() {
            let (before, after) = whole.split_at_mut((place + 1) * width);
            for ((own, later), sum) in of_bins[place * width..].iter_mut().zip(&*after).zip(&mut before[place * width..]) {
                *own += later;
                *sum += later;
            }
        }
    }
}

impl Graph<'_> {
    /// `activation(v w + Σ t_k W_k + b)`: a linear layer over the piecewise-linear encoding of numbers. `values` has a number for each row. `edges`
    /// ascend strictly: `n` of them bound `n - 1` bins, and one or none bounds no bin. `weight` is `[max(n, 1), out]`: its first row is `w`, which
    /// the number itself is multiplied by; the others are the `W_k`, by how far the number is through bin `k` (0 below it, 1 above). `bias` is
    /// `[out]`; the result is `[rows, out]`.
    ///
    /// # Panics
    /// If the sizes do not fit.
    pub fn piecewise_linear(
        &mut self,
        values: &[f32],
        edges: &[f32],
        weight: ParameterId,
        bias: Option<ParameterId>,
        activation: Activation,
    ) -> Var {
        let [inputs, width] = *self.parameters.info(weight).shape.axes() else { panic!("the weight of a linear layer has two axes") };
        assert_eq!(inputs, edges.len().max(1), "weights of {inputs} inputs for {} edges", edges.len());
        let weights = self.parameter(weight);
        let mut sums = self.tape.pool.take(inputs * width);
        match bias {
            Some(bias) => sums[..width].copy_from_slice(self.parameter(bias)),
            None => sums[..width].fill(0.0),
        }
        sum_before(&mut sums, &weights[width..], width);
        let bins = self.tape.save_integers(values.iter().map(|&number| bin(number, edges) as u32));
        let mut places = self.tape.pool.take(2 * values.len());
        for ((place, &number), &bin) in places.chunks_exact_mut(2).zip(values).zip(&self.tape.integers[bins.index()]) {
            place.copy_from_slice(&[number, through(number, edges, bin as usize)]);
        }
        let mut value = self.tape.pool.take(values.len() * width);
        forward(&mut value, &places, &self.tape.integers[bins.index()], &sums, weights, width);
        self.tape.pool.give(sums);
        let places = self.tape.save(places);
        let derivative = activation.apply(&mut value, &mut self.tape.pool).map(|buffer| self.tape.save(buffer));
        let op = PiecewiseLinear { weight, bias, activation, derivative, bins, places };
        self.tape.push(Op::PiecewiseLinear(op), Shape::new(&[values.len(), width]), value, true)
    }
}

impl PiecewiseLinear {
    pub(crate) fn backward(&self, sweep: &mut Sweep<'_>, output: Var) {
        let width = sweep.shape(output).last();
        let inputs = sweep.parameter(self.weight).len() / width;
        let (bins, places) = (sweep.integers(self.bins), sweep.saved(self.places));
        for row in 0..sweep.rows() {
            let Some(mut cotangent) = sweep.take(output, row) else { continue };
            self.activation.pull_back(&mut cotangent, sweep.value(output), self.derivative.map(|saved| sweep.saved(saved)));
            if let Some(bias) = self.bias {
                simd::add_column_sums(sweep.gradient(bias, row), &cotangent);
            }
            let mut whole = sweep.zeros(inputs * width);
            let (bins, places) = (cotangent.span.part(bins), cotangent.span.part(places));
            pull_back(sweep.gradient(self.weight, row), &mut whole, &cotangent, places, bins, width);
            sweep.give(whole);
            sweep.give(cotangent.values);
        }
    }
}
