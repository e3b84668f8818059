//! Convolution over a grid, channels last, as products with unfolded windows.
//!
//! A sequence is a grid of height 1, so this is the one-dimensional convolution too. Windows are unfolded
//! for a few samples at a time, so that they stay in the cache between the unfolding and the product; the
//! backward pass unfolds again, once for all tasks, rather than keep nine times the input.

mod geometry;
mod grouped;

use super::{Activation, Op, Window};
use crate::cotangent::Cotangent;
use crate::graph::Graph;
use crate::matmul::{Accumulate, Kernel, Left, Matrix, Right};
use crate::parameters::ParameterId;
use crate::parameters::Way;
use crate::shape::Shape;
use crate::simd;
use crate::sweep::Sweep;
use crate::tape::{Saved, Var};
use geometry::{Geometry, SLACK, add_folded};

/// The options of a convolution. A [`Window`] converts into one without dilation, in one group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Convolution {
    /// Stride and padding.
    pub window: Window,
    /// The distance between the taps of the kernel, as (vertical, horizontal); more than 1 is a dilated convolution (Yu and Koltun, 2016).
    pub dilation: (usize, usize),
    /// The number of equal groups that input and output channels are cut into; each group of outputs reads its group of inputs
    /// alone. As many groups as input channels is a depthwise convolution.
    pub groups: usize,
}

impl From<Window> for Convolution {
    fn from(window: Window) -> Self {
        Self { window, dilation: (1, 1), groups: 1 }
    }
}

impl Convolution {
    /// Stride 1 and as much padding as keeps the size, for an odd kernel of (height, width) with this dilation.
    pub fn dilated(kernel: (usize, usize), dilation: (usize, usize)) -> Self {
        let padding = (dilation.0 * (kernel.0 / 2), dilation.1 * (kernel.1 / 2));
        Self { window: Window { stride: (1, 1), padding }, dilation, groups: 1 }
    }

    /// The same in so many groups.
    pub fn grouped(self, groups: usize) -> Self {
        Self { groups, ..self }
    }
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Conv2d {
    input: Var,
    weight: ParameterId,
    bias: ParameterId,
    activation: Activation,
    derivative: Option<Saved>,
    geometry: Geometry,
}

impl Conv2d {
    pub(crate) fn weight(&self) -> ParameterId {
        self.weight
    }
}

impl Graph<'_> {
    /// `activation(x * W + b)`: `x` is `[samples, height, width, in]`, `weight` is `[kernel height, kernel
    /// width, in / groups, out]`, `bias` is `[out]`; the result is `[samples, height', width', out]`. Stride, padding, dilation and groups come
    /// from a [`Convolution`], or from a [`Window`] where dilation and groups are 1.
    ///
    /// # Panics
    /// If the sizes do not fit.
    pub fn conv2d(
        &mut self,
        input: Var,
        weight: ParameterId,
        bias: ParameterId,
        convolution: impl Into<Convolution>,
        activation: Activation,
    ) -> Var {
        self.convolve(input, weight, bias, convolution.into(), activation)
    }

    fn convolve(&mut self, input: Var, weight: ParameterId, bias: ParameterId, convolution: Convolution, activation: Activation) -> Var {
        let geometry = Geometry::new(self.shape(input), self.parameters.info(weight).shape, convolution);
        let (positions, taps, out) = (geometry.positions(), geometry.taps(), geometry.out_channels);
        let block = geometry.block();
        let mut value = self.tape.pool.take(geometry.samples * positions * out);
        let (weights, biases, precision) = (self.parameters.get(weight), self.parameters.get(bias), self.tape.precision);
        let mut padded = self.tape.pool.take(block * geometry.padded_len() + SLACK);
        let mut unfolded = self.tape.pool.take(block * positions * taps * geometry.groups + SLACK);
        let x = self.tape.value(input);
        for (x, y) in x.chunks(block * geometry.in_len()).zip(value.chunks_mut(block * positions * out)) {
            let samples = x.len() / geometry.in_len();
            geometry.pad(samples, x, &mut padded);
            geometry.unfold(samples, &padded, &mut unfolded);
            let rows = samples * positions;
            if geometry.groups == 1 {
                self.parameters.multiply(weight, Way::Forward, precision, rows, &unfolded, y, Accumulate::Bias(biases));
            } else {
                grouped::forward(geometry, precision, rows, &unfolded, [weights, biases], y);
            }
        }
        self.tape.pool.give(padded);
        self.tape.pool.give(unfolded);
        let derivative = activation.apply(&mut value, &mut self.tape.pool).map(|buffer| self.tape.save(buffer));
        let shape = Shape::new(&[geometry.samples, geometry.out_height, geometry.out_width, out]);
        let op = Conv2d { input, weight, bias, activation, derivative, geometry };
        self.tape.push(Op::Conv2d(op), shape, value, true)
    }
}

impl Conv2d {
    pub(crate) fn backward(&self, sweep: &mut Sweep<'_>, output: Var) {
        let geometry = self.geometry;
        let (positions, taps, out) = (geometry.positions(), geometry.taps(), geometry.out_channels);
        let (block, in_len) = (geometry.block(), geometry.in_len());
        let x = sweep.value(self.input);
        let wants_input = sweep.wants(self.input);
        for row in 0..sweep.rows() {
            let Some(mut cotangent) = sweep.take(output, row) else { continue };
            self.activation.pull_back(&mut cotangent, sweep.value(output), self.derivative.map(|saved| sweep.saved(saved)));
            simd::add_column_sums(sweep.gradient(self.bias, row), &cotangent);
            sweep.put(output, row, cotangent);
        }
        // What other operations gave the inputs' cotangents is added at the end.
        let mut others = Vec::new();
        for row in 0..if wants_input { sweep.rows() } else { 0 } {
            let Some(span) = sweep.cotangent(output, row).map(|cotangent| cotangent.span) else { continue };
            others.extend(sweep.take(self.input, row).map(|other| (row, other)));
            let zeros = sweep.fresh_zeros(self.input, span);
            sweep.put(self.input, row, zeros);
        }
        let kernel = Kernel::choose(sweep.precision(), taps, out, block * positions);
        let may_pack = sweep.reaching(output) > 1 && geometry.groups == 1;
        let mut packed = sweep.buffer(if may_pack { kernel.left_len(taps, block * positions) } else { 0 });
        let mut padded = sweep.buffer(block * geometry.padded_len() + SLACK);
        let mut unfolded = sweep.buffer(block * positions * taps * geometry.groups + SLACK);
        let mut folded = sweep.buffer(if wants_input { block * positions * taps } else { 0 });
        for start in (0..geometry.samples).step_by(block) {
            let samples = block.min(geometry.samples - start);
            // A task's samples of the block, if it has any.
            let reached = |cotangent: &Cotangent| {
                let own = cotangent.span.range(geometry.samples);
                (own.start.max(start), own.end.min(start + samples))
            };
            let of_whole = (0..sweep.rows()).filter_map(|row| sweep.cotangent(output, row)).map(reached);
            let of_whole = of_whole.filter(|&own| own == (start, start + samples)).count();
            geometry.pad(samples, &x[start * in_len..], &mut padded);
            geometry.unfold(samples, &padded, &mut unfolded);
            // Several tasks share the windows: they are laid out once.
            let is_packed = may_pack && of_whole > 1;
            if is_packed {
                kernel.pack_left(taps, samples * positions, Matrix::rows(&unfolded, taps).transposed(), &mut packed);
            }
            for row in 0..sweep.rows() {
                let Some(cotangent) = sweep.take(output, row) else { continue };
                let (begin, end) = reached(&cotangent);
                if begin >= end {
                    sweep.put(output, row, cotangent);
                    continue;
                }
                let (samples_of_row, first) = (end - begin, cotangent.span.range(geometry.samples).start);
                let rows = samples_of_row * positions;
                let y = &cotangent[(begin - first) * positions * out..][..rows * out];
                let (windows, precision) = (&unfolded[(begin - start) * positions * taps..], sweep.precision());
                if geometry.groups == 1 {
                    let right = Right::of(Matrix::rows(y, out));
                    let left = if is_packed && samples_of_row == samples {
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
                if wants_input {
                    padded.fill(0.0);
                    if geometry.groups == 1 {
                        sweep.parameters.multiply(self.weight, Way::Back, precision, rows, y, &mut folded, Accumulate::Replace);
                        add_folded(geometry, samples_of_row, &folded, &mut padded);
                    } else {
                        let weight = sweep.parameter(self.weight);
                        grouped::add_input_cotangent(geometry, precision, samples_of_row, weight, y, &mut folded, &mut padded);
                    }
                    if let Some(mut back) = sweep.take(self.input, row) {
                        geometry.add_inside(samples_of_row, &padded, &mut back[(begin - first) * in_len..]);
                        sweep.put(self.input, row, back);
                    }
                }
                sweep.put(output, row, cotangent);
            }
        }
        for (row, other) in others {
            sweep.add(self.input, row, other);
        }
        for buffer in [packed, padded, unfolded, folded] {
            sweep.give(buffer);
        }
    }
}
