//! Convolution over a grid, channels last, as products with unfolded windows.
//!
//! A sequence is a grid of height 1, so this is the one-dimensional convolution too. Windows are unfolded
//! for a few samples at a time, so that they stay in the cache between the unfolding and the product; the
//! backward pass unfolds again, once for all tasks, rather than keep nine times the input.

use super::{Activation, Op};
use crate::cotangent::Cotangent;
use crate::graph::Graph;
use crate::matmul::{Accumulate, Kernel, Left, Matrix, Right};
use crate::packs::Way;
use crate::parameters::ParameterId;
use crate::shape::Shape;
use crate::simd::{self, dispatch};
use crate::sweep::Sweep;
use crate::tape::{Saved, Var};
use std::ops::Range;

/// How a window moves over a grid: the step and the zeros around it, as (vertical, horizontal).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// How far the window moves.
    pub stride: (usize, usize),
    /// Zeros on either side.
    pub padding: (usize, usize),
}

impl Window {
    /// Stride 1 and as much padding as keeps the size, for an odd kernel.
    pub fn same(height: usize, width: usize) -> Self {
        Self { stride: (1, 1), padding: (height / 2, width / 2) }
    }
}

/// The sizes of one convolution.
#[derive(Debug, Clone, Copy)]
struct Geometry {
    samples: usize,
    height: usize,
    width: usize,
    channels: usize,
    kernel: (usize, usize),
    window: Window,
    out_height: usize,
    out_width: usize,
    out_channels: usize,
}

/// Unfolded rows that are multiplied at once: enough for the product's kernel, little enough for the cache.
const UNFOLDED_ROWS: usize = 512;

impl Geometry {
    fn new(input: Shape, weight: Shape, window: Window) -> Self {
        let [samples, height, width, channels] = *input.axes() else {
            panic!("a convolution reads [samples, height, width, channels], not {input:?}")
        };
        let [kernel_height, kernel_width, in_channels, out_channels] = *weight.axes() else {
            panic!("a convolution's weight is [height, width, in, out], not {weight:?}")
        };
        assert_eq!(channels, in_channels, "convolution: input {input:?}, weight {weight:?}");
        let size = |length: usize, kernel: usize, stride: usize, padding: usize| {
            assert!(length + 2 * padding >= kernel, "a kernel of {kernel} does not fit into {length} (padding {padding})");
            (length + 2 * padding - kernel) / stride + 1
        };
        Self {
            samples,
            height,
            width,
            channels,
            kernel: (kernel_height, kernel_width),
            window,
            out_height: size(height, kernel_height, window.stride.0, window.padding.0),
            out_width: size(width, kernel_width, window.stride.1, window.padding.1),
            out_channels,
        }
    }

    fn in_len(&self) -> usize {
        self.height * self.width * self.channels
    }

    fn positions(&self) -> usize {
        self.out_height * self.out_width
    }

    fn taps(&self) -> usize {
        self.kernel.0 * self.kernel.1 * self.channels
    }

    /// Samples whose windows are unfolded together.
    fn group(&self) -> usize {
        (UNFOLDED_ROWS / self.positions().max(1)).clamp(1, self.samples.max(1))
    }

    /// The numbers of one line of a sample with the zeros around it.
    fn padded_line(&self) -> usize {
        (self.width + 2 * self.window.padding.1) * self.channels
    }

    /// The numbers of a sample with the zeros around it.
    fn padded_len(&self) -> usize {
        (self.height + 2 * self.window.padding.0) * self.padded_line()
    }

    /// Calls `f` for every line of some samples, with its place with zeros around it and its place without.
    fn for_lines(&self, samples: usize, mut f: impl FnMut(Range<usize>, Range<usize>)) {
        let len = self.width * self.channels;
        for line in 0..samples * self.height {
            let padded_line = line / self.height * (self.height + 2 * self.window.padding.0) + self.window.padding.0 + line % self.height;
            let padded = padded_line * self.padded_line() + self.window.padding.1 * self.channels;
            f(padded..padded + len, line * len..(line + 1) * len);
        }
    }

    /// Calls `f` for every line of every window, with the places of its first tap in the padded input and in the unfolded one. The taps of a
    /// line lie side by side in both.
    #[inline(always)]
    fn for_taps(&self, samples: usize, mut f: impl FnMut(usize, usize)) {
        let (line, run) = (self.padded_line(), self.run());
        let mut unfolded = 0;
        for sample in 0..samples {
            for y in 0..self.out_height {
                for x in 0..self.out_width {
                    let first = sample * self.padded_len() + y * self.window.stride.0 * line + x * self.window.stride.1 * self.channels;
                    for tap in 0..self.kernel.0 {
                        f(first + tap * line, unfolded);
                        unfolded += run;
                    }
                }
            }
        }
    }

    /// The numbers of one line of a window.
    fn run(&self) -> usize {
        self.kernel.1 * self.channels
    }

    /// Puts zeros around samples.
    fn pad(&self, samples: usize, input: &[f32], padded: &mut [f32]) {
        padded.fill(0.0);
        self.for_lines(samples, |inside, line| padded[inside].copy_from_slice(&input[line]));
    }

    /// Adds what lies inside of the zeros.
    fn add_inside(&self, samples: usize, padded: &[f32], input: &mut [f32]) {
        self.for_lines(samples, |inside, line| simd::add(&mut input[line], &padded[inside]));
    }
}

/// Numbers that are copied at once, and so many more are read and written than there are.
const SLACK: usize = 16;

dispatch! {
    /// Writes the taps of every window, line by line. They are copied in whole registers; what is written too much is overwritten by what
    /// comes next.
    fn unfold(geometry: Geometry, samples: usize, padded: &[f32], unfolded: &mut [f32]) {
        let run = geometry.run();
        geometry.for_taps(samples, |from, to| {
            let (to_run, from_run) = (&mut unfolded[to..to + run + SLACK], &padded[from..from + run + SLACK]);
            let mut at = 0;
            while at < run {
                if let (Some(to), Some(from)) = (to_run[at..].first_chunk_mut::<SLACK>(), from_run[at..].first_chunk::<SLACK>()) {
                    *to = *from;
                }
                at += SLACK;
            }
        });
    }
}

dispatch! {
    /// Adds every window's taps to where they came from.
    fn add_folded(geometry: Geometry, samples: usize, unfolded: &[f32], padded: &mut [f32]) {
        let run = geometry.run();
        geometry.for_taps(samples, |to, from| {
            for (to, &from) in padded[to..to + run].iter_mut().zip(&unfolded[from..from + run]) {
                *to += from;
            }
        });
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

impl Graph<'_> {
    /// `activation(x * W + b)`: `x` is `[samples, height, width, in]`, `weight` is `[kernel height, kernel
    /// width, in, out]`, `bias` is `[out]`; the result is `[samples, height', width', out]`.
    ///
    /// # Panics
    /// If the sizes do not fit.
    pub fn conv2d(&mut self, input: Var, weight: ParameterId, bias: ParameterId, window: Window, activation: Activation) -> Var {
        let geometry = Geometry::new(self.shape(input), self.parameters.info(weight).shape, window);
        let (positions, taps, out) = (geometry.positions(), geometry.taps(), geometry.out_channels);
        let group = geometry.group();
        let mut value = self.tape.pool.take(geometry.samples * positions * out);
        let into = Accumulate::Bias(self.parameters.get(bias));
        let mut padded = self.tape.pool.take(group * geometry.padded_len() + SLACK);
        let mut unfolded = self.tape.pool.take(group * positions * taps + SLACK);
        let x = self.tape.value(input);
        for (x, y) in x.chunks(group * geometry.in_len()).zip(value.chunks_mut(group * positions * out)) {
            let samples = x.len() / geometry.in_len();
            geometry.pad(samples, x, &mut padded);
            unfold(geometry, samples, &padded, &mut unfolded);
            self.parameters.multiply(weight, Way::Forward, self.tape.precision, samples * positions, &unfolded, y, into);
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
        let (group, in_len) = (geometry.group(), geometry.in_len());
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
        let kernel = Kernel::choose(sweep.precision(), taps, out, group * positions);
        let may_pack = sweep.reaching(output) > 1;
        let mut packed = sweep.buffer(if may_pack { kernel.left_len(taps, group * positions) } else { 0 });
        let mut padded = sweep.buffer(group * geometry.padded_len() + SLACK);
        let mut unfolded = sweep.buffer(group * positions * taps + SLACK);
        let mut folded = sweep.buffer(if wants_input { group * positions * taps } else { 0 });
        for start in (0..geometry.samples).step_by(group) {
            let samples = group.min(geometry.samples - start);
            // A task's samples of the group, if it has any.
            let reached = |cotangent: &Cotangent| {
                let own = cotangent.span.range(geometry.samples);
                (own.start.max(start), own.end.min(start + samples))
            };
            let of_whole = (0..sweep.rows()).filter_map(|row| sweep.cotangent(output, row)).map(reached);
            let of_whole = of_whole.filter(|&own| own == (start, start + samples)).count();
            geometry.pad(samples, &x[start * in_len..], &mut padded);
            unfold(geometry, samples, &padded, &mut unfolded);
            // Several tasks share the windows: they are laid out once.
            let is_packed = of_whole > 1;
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
                let right = Right::of(Matrix::rows(y, out));
                let left = if is_packed && samples_of_row == samples {
                    Left::packed(kernel, &packed)
                } else {
                    Left::of(Matrix::rows(&unfolded[(begin - start) * positions * taps..], taps).transposed())
                };
                let (gradient, into) = sweep.gradient_to_write(self.weight, row);
                kernel.multiply(taps, out, rows, left, right, gradient, into);
                if wants_input {
                    sweep.parameters.multiply(self.weight, Way::Back, sweep.precision(), rows, y, &mut folded, Accumulate::Replace);
                    padded.fill(0.0);
                    add_folded(geometry, samples_of_row, &folded, &mut padded);
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
