//! Convolutions as products with unfolded windows, for kernels that lay their operands out themselves and for groups.
//!
//! Windows are unfolded for a few samples at a time, so that they stay in the cache between the unfolding and the product; the
//! backward pass unfolds again, once for all tasks, rather than keep nine times the input.

use super::geometry::{Geometry, SLACK, add_folded};
use super::{Conv2d, grouped};
use crate::graph::Graph;
use crate::matmul::{Accumulate, Kernel, Left, Matrix, Right};
use crate::parameters::{ParameterId, Way};
use crate::sweep::Sweep;
use crate::tape::Var;

impl Geometry {
    /// The windows of the samples that `input` begins with; each is a sample's cell where that is all that it holds.
    fn windows_of<'a>(&self, samples: usize, input: &'a [f32], padded: &mut [f32], unfolded: &'a mut [f32]) -> &'a [f32] {
        if self.is_pointwise() {
            return input;
        }
        self.pad(samples, input, padded);
        self.unfold(samples, padded, unfolded);
        unfolded
    }

    /// The numbers that padded and unfolded samples of a block take.
    fn unfolded_lens(&self) -> [usize; 2] {
        if self.is_pointwise() {
            return [0; 2];
        }
        [self.block() * self.padded_len() + SLACK, self.block() * self.positions() * self.taps() * self.groups + SLACK]
    }
}

impl Graph<'_> {
    pub(super) fn convolve_unfolded(&mut self, geometry: Geometry, [weight, bias]: [ParameterId; 2], input: Var, value: &mut [f32]) {
        let (positions, out) = (geometry.positions(), geometry.out_channels);
        let block = geometry.block();
        let (weights, biases, precision) = (self.parameters.get(weight), self.parameters.get(bias), self.tape.precision);
        let [mut padded, mut unfolded] = geometry.unfolded_lens().map(|len| self.tape.pool.take(len));
        let x = self.tape.value(input);
        for (x, y) in x.chunks(block * geometry.in_len()).zip(value.chunks_mut(block * positions * out)) {
            let samples = x.len() / geometry.in_len();
            let windows = geometry.windows_of(samples, x, &mut padded, &mut unfolded);
            let rows = samples * positions;
            if geometry.groups == 1 {
                self.parameters.multiply(weight, Way::Forward, precision, rows, windows, y, Accumulate::Bias(biases));
            } else {
                grouped::forward(geometry, precision, rows, windows, [weights, biases], y);
            }
        }
        self.tape.pool.give(padded);
        self.tape.pool.give(unfolded);
    }
}

impl Conv2d {
    pub(super) fn sweep_unfolded(&self, sweep: &mut Sweep<'_>, output: Var) {
        let geometry = self.geometry;
        let (positions, taps, out) = (geometry.positions(), geometry.taps(), geometry.out_channels);
        let (block, in_len) = (geometry.block(), geometry.in_len());
        let x = sweep.value(self.input);
        let wants_input = sweep.wants(self.input);
        let kernel = Kernel::choose(sweep.precision(), taps, out, block * positions);
        let may_pack = sweep.reaching(output) > 1 && geometry.groups == 1;
        let mut packed = sweep.buffer(if may_pack { kernel.left_len(taps, block * positions) } else { 0 });
        let [mut padded, mut unfolded] = geometry.unfolded_lens().map(|len| sweep.buffer(len));
        let mut folded = sweep.buffer(if wants_input && !geometry.is_pointwise() { block * positions * taps } else { 0 });
        for start in (0..geometry.samples).step_by(block) {
            let samples = block.min(geometry.samples - start);
            let of_block = start..start + samples;
            let of_whole = (0..sweep.rows()).filter_map(|row| sweep.cotangent(output, row));
            let of_whole = of_whole.filter(|cotangent| self.reached(cotangent, &of_block).0 == of_block).count();
            let windows = geometry.windows_of(samples, &x[start * in_len..], &mut padded, &mut unfolded);
            // Several tasks share the windows: they are laid out once.
            let is_packed = may_pack && of_whole > 1;
            if is_packed {
                kernel.pack_left(taps, samples * positions, Matrix::rows(windows, taps).transposed(), &mut packed);
            }
            for row in 0..sweep.rows() {
                let Some(cotangent) = sweep.take(output, row) else { continue };
                let (reached, first) = self.reached(&cotangent, &of_block);
                if reached.is_empty() {
                    sweep.put(output, row, cotangent);
                    continue;
                }
                let rows = reached.len() * positions;
                let y = &cotangent[(reached.start - first) * positions * out..][..rows * out];
                let (windows, precision) = (&windows[(reached.start - start) * positions * taps..], sweep.precision());
                if geometry.groups == 1 {
                    let right = Right::of(Matrix::rows(y, out));
                    let left = if is_packed && reached.len() == samples {
                        Left::packed(kernel, &packed)
                    } else {
                        Left::of(Matrix::rows(windows, taps).transposed())
                    };
                    let (gradient, accumulate) = sweep.gradient_to_write(self.weight, row);
                    kernel.multiply(taps, out, rows, left, right, gradient, accumulate);
                } else {
                    let apart = samples * positions * taps;
                    grouped::add_weight_gradient(geometry, precision, rows, (windows, apart), y, sweep.gradient(self.weight, row));
                }
                if let Some(mut back) = if wants_input { sweep.take(self.input, row) } else { None } {
                    let to = &mut back[(reached.start - first) * in_len..][..reached.len() * in_len];
                    if geometry.is_pointwise() {
                        sweep.parameters.multiply(self.weight, Way::Back, precision, rows, y, to, Accumulate::Replace);
                    } else {
                        padded.fill(0.0);
                        if geometry.groups == 1 {
                            sweep.parameters.multiply(self.weight, Way::Back, precision, rows, y, &mut folded, Accumulate::Replace);
                            add_folded(geometry, reached.len(), &folded, &mut padded);
                        } else {
                            let weight = sweep.parameter(self.weight);
                            grouped::add_input_cotangent(geometry, precision, reached.len(), weight, y, &mut folded, &mut padded);
                        }
                        geometry.take_inside(reached.len(), &padded, to);
                    }
                    sweep.put(self.input, row, back);
                }
                sweep.put(output, row, cotangent);
            }
        }
        for buffer in [packed, padded, unfolded, folded] {
            sweep.give(buffer);
        }
    }
}
