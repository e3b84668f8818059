//! Convolution over a grid, channels last, as products of matrices.
//!
//! A sequence is a grid of height 1, so this is the one-dimensional convolution too. Products in f32 read windows where they
//! [lie](scattered), and so do [depthwise] convolutions; kernels of 3x3 are multiplied by [fewer products](winograd) where that is cheaper. For other
//! kernels, and in other groups, windows are [unfolded] first.

mod depthwise;
mod direct;
mod geometry;
mod grouped;
mod scattered;
mod unfolded;
mod winograd;

use super::{Activation, Op, Window};
use crate::cotangent::Cotangent;
use crate::graph::Graph;
use crate::parameters::ParameterId;
use crate::shape::Shape;
use crate::simd;
use crate::sweep::Sweep;
use crate::tape::{Saved, Var};
use direct::Direct;
use geometry::Geometry;
use std::ops::Range;

/// The input's cotangent is found where windows lie from so many channels on.
const LEAST_CHANNELS: usize = 6;

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
        Self { window: Window::new((1, 1), padding), dilation, groups: 1 }
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
        let mut value = self.tape.pool.take(geometry.samples * geometry.positions() * geometry.out_channels);
        let precision = self.tape.precision;
        if let Some(kernel) = geometry.winograd(precision) {
            self.convolve_by_winograd(geometry, kernel, [weight, bias], input, &mut value);
        } else if let Some(direct) = geometry.directly_forward(precision) {
            self.convolve_directly(geometry, direct, [weight, bias], input, &mut value);
        } else {
            self.convolve_unfolded(geometry, [weight, bias], input, &mut value);
        }
        let derivative = activation.apply(&mut value, &mut self.tape.pool).map(|buffer| self.tape.save(buffer));
        let shape = Shape::new(&[geometry.samples, geometry.out_height, geometry.out_width, geometry.out_channels]);
        let op = Conv2d { input, weight, bias, activation, derivative, geometry };
        self.tape.push(Op::Conv2d(op), shape, value, true)
    }
}

impl Conv2d {
    pub(crate) fn backward(&self, sweep: &mut Sweep<'_>, output: Var) {
        for row in 0..sweep.rows() {
            let Some(mut cotangent) = sweep.take(output, row) else { continue };
            self.activation.pull_back(&mut cotangent, sweep.value(output), self.derivative.map(|saved| sweep.saved(saved)));
            simd::add_column_sums(sweep.gradient(self.bias, row), &cotangent);
            sweep.put(output, row, cotangent);
        }
        // What other operations gave the inputs' cotangents is added at the end.
        let mut others = Vec::new();
        for row in 0..if sweep.wants(self.input) { sweep.rows() } else { 0 } {
            let Some(span) = sweep.cotangent(output, row).map(|cotangent| cotangent.span) else { continue };
            others.extend(sweep.take(self.input, row).map(|other| (row, other)));
            let fresh = sweep.fresh(self.input, span);
            sweep.put(self.input, row, fresh);
        }
        // Few channels do not fill the registers of the input's cotangent.
        let is_narrow = sweep.wants(self.input) && self.geometry.channels < LEAST_CHANNELS;
        let direct = self.geometry.directly_back(sweep.precision()).filter(|&direct| !is_narrow || direct == Direct::Depthwise);
        if let Some(kernel) = self.geometry.winograd(sweep.precision()) {
            self.sweep_by_winograd(kernel, sweep, output);
        } else if let Some(direct) = direct {
            self.sweep_directly(direct, sweep, output);
        } else {
            self.sweep_unfolded(sweep, output);
        }
        for (row, other) in others {
            sweep.add(self.input, row, other);
        }
    }

    /// A cotangent's samples among some of the chunk, if it has any of them, and its first sample.
    fn reached(&self, cotangent: &Cotangent, samples: &Range<usize>) -> (Range<usize>, usize) {
        let own = cotangent.span.range(self.geometry.samples);
        (own.start.max(samples.start)..own.end.min(samples.end), own.start)
    }
}
