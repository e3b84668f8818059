//! Convolution over a grid, channels last, as products with unfolded windows.
//!
//! A sequence is a grid of height 1, so this is the one-dimensional convolution too. Windows are unfolded
//! for a few samples at a time, so that they stay in the cache between the unfolding and the product; the
//! backward pass unfolds again, once for all tasks, rather than keep nine times the input.

use super::{Activation, Op};
use crate::graph::Graph;
use crate::matmul::{Into, Kernel, Left, Matrix, Right};
use crate::packs::Way;
use crate::parameters::ParameterId;
use crate::shape::Shape;
use crate::simd;
use crate::sweep::Sweep;
use crate::tape::{Saved, Var};

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

    /// Calls `f` for every run of taps that lie side by side in the input: (from in the unfolded row's
    /// matrix, from in the input, length), or with no input position for a run of padding.
    fn for_runs(&self, samples: usize, mut f: impl FnMut(usize, Option<usize>, usize)) {
        let run = self.kernel.1 * self.channels;
        let mut to = 0;
        for sample in 0..samples {
            for y in 0..self.out_height {
                for x in 0..self.out_width {
                    let left = (x * self.window.stride.1) as isize - self.window.padding.1 as isize;
                    let skip_left = (-left).max(0) as usize;
                    let skip_right = (left + self.kernel.1 as isize - self.width as isize).max(0) as usize;
                    for tap in 0..self.kernel.0 {
                        let line = (y * self.window.stride.0 + tap) as isize - self.window.padding.0 as isize;
                        if line < 0 || line >= self.height as isize || skip_left + skip_right >= self.kernel.1 {
                            f(to, None, run);
                        } else {
                            let from = ((sample * self.height + line as usize) * self.width) as isize + left + skip_left as isize;
                            let (before, after) = (skip_left * self.channels, skip_right * self.channels);
                            if before > 0 {
                                f(to, None, before);
                            }
                            f(to + before, Some(from as usize * self.channels), run - before - after);
                            if after > 0 {
                                f(to + run - after, None, after);
                            }
                        }
                        to += run;
                    }
                }
            }
        }
    }

    fn unfold(&self, samples: usize, input: &[f32], unfolded: &mut [f32]) {
        self.for_runs(samples, |to, from, len| match from {
            Some(from) => copy(&mut unfolded[to..to + len], &input[from..from + len]),
            None => unfolded[to..to + len].fill(0.0),
        });
    }

    fn add_folded(&self, samples: usize, unfolded: &[f32], input: &mut [f32]) {
        self.for_runs(samples, |from, to, len| {
            if let Some(to) = to {
                for (x, &u) in input[to..to + len].iter_mut().zip(&unfolded[from..from + len]) {
                    *x += u;
                }
            }
        });
    }
}

/// A copy that does not call into the C library for the few numbers of a window's line.
#[inline]
fn copy(to: &mut [f32], from: &[f32]) {
    if to.len() < 32 {
        for (to, &from) in to.iter_mut().zip(from) {
            *to = from;
        }
    } else {
        to.copy_from_slice(from);
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
        let into = Into::Bias(self.parameters.get(bias));
        let mut unfolded = self.tape.pool.take(group * positions * taps);
        let x = self.tape.value(input);
        for (x, y) in x.chunks(group * geometry.in_len()).zip(value.chunks_mut(group * positions * out)) {
            let samples = x.len() / geometry.in_len();
            geometry.unfold(samples, x, &mut unfolded);
            self.parameters.multiply(weight, Way::Forward, self.tape.precision, samples * positions, &unfolded, y, into);
        }
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
        let kernel = Kernel::choose(sweep.precision(), taps, out, group * positions);
        // Several tasks share the windows: they are laid out once.
        let is_packed = sweep.reaching(output) > 1;
        let mut packed = sweep.buffer(if is_packed { kernel.left_len(taps, group * positions) } else { 0 });
        let mut unfolded = sweep.buffer(group * positions * taps);
        let mut folded = sweep.buffer(if wants_input { group * positions * taps } else { 0 });
        for start in (0..geometry.samples).step_by(group) {
            let samples = group.min(geometry.samples - start);
            let rows = samples * positions;
            geometry.unfold(samples, &x[start * in_len..], &mut unfolded);
            let windows = Matrix::rows(&unfolded, taps).transposed();
            if is_packed {
                kernel.pack_left(taps, rows, windows, &mut packed);
            }
            let left = if is_packed { Left::packed(kernel, &packed) } else { Left::of(windows) };
            for row in 0..sweep.rows() {
                let Some(cotangent) = sweep.take(output, row) else { continue };
                let y = &cotangent[start * positions * out..][..rows * out];
                let right = Right::of(Matrix::rows(y, out));
                let (gradient, into) = sweep.gradient_to_write(self.weight, row);
                kernel.multiply(taps, out, rows, left, right, gradient, into);
                if wants_input {
                    sweep.parameters.multiply(self.weight, Way::Back, sweep.precision(), rows, y, &mut folded, Into::Replace);
                    let mut back = sweep.take(self.input, row).unwrap_or_else(|| sweep.zeros(x.len()));
                    geometry.add_folded(samples, &folded, &mut back[start * in_len..]);
                    sweep.put(self.input, row, back);
                }
                sweep.put(output, row, cotangent);
            }
        }
        for buffer in [packed, unfolded, folded] {
            sweep.give(buffer);
        }
    }
}
