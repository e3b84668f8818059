//! Convolutions in one group whose windows are read where they lie, with zeros around the image.
//!
//! Nothing is unfolded: the product's left operand is all windows of the padded image (forward), their transpose (the weight's gradient) or
//! the windows of the padded cotangent (the input's cotangent). The last is a convolution with the turned kernel; with a stride it is one for each
//! place that an input can have between two positions of the window, with those cells of the kernel that come to lie on it.

use super::geometry::Geometry;
use crate::matmul::{Accumulate, Chosen, Grid, Into, Kernel, Right, Scattered};

/// Numbers of padded images that are gone through together: they stay in the second-level cache.
const BLOCK: usize = 96 * 1024;

impl Geometry {
    /// Samples that are gone through together.
    pub(super) fn scattered_block(&self) -> usize {
        (BLOCK / self.padded_len().max(1)).clamp(1, self.samples.max(1))
    }

    /// Where the windows of some samples begin in the padded image.
    pub(super) fn windows(&self, samples: usize) -> Grid {
        let (stride, line) = (self.window.stride, self.padded_line());
        let steps = [self.padded_len(), stride.0 * line, stride.1 * self.channels];
        Grid { counts: [samples, self.out_height, self.out_width], steps }
    }

    /// Where the numbers of a window lie from its first on.
    pub(super) fn of_window(&self) -> Grid {
        let steps = [self.dilation.0 * self.padded_line(), self.dilation.1 * self.channels, 1];
        Grid { counts: [self.kernel.0, self.kernel.1, self.channels], steps }
    }

    /// Where the positions of some samples lie, each of `width` numbers.
    pub(super) fn of_positions(&self, samples: usize, width: usize) -> Grid {
        Grid::dense([samples, self.out_height, self.out_width], width)
    }

    /// Writes the output of some samples.
    pub(super) fn multiply(&self, kernel: Kernel, samples: usize, padded: &[f32], filters: Right<'_>, bias: &[f32], output: &mut [f32]) {
        let left = Scattered { values: padded, rows: self.windows(samples), depth: self.of_window() };
        let right = Chosen { right: filters, all: self.taps(), first: 0, rows: Grid { counts: left.depth.counts, ..self.of_weight() } };
        let to = Into { values: output, rows: self.of_positions(samples, self.out_channels) };
        kernel.multiply_scattered(self.out_channels, left, right, to, Accumulate::Bias(bias));
    }

    /// The rows of the weight as a matrix.
    fn of_weight(&self) -> Grid {
        Grid::dense([self.kernel.0, self.kernel.1, self.channels], 1)
    }

    /// Adds the gradient of the weight from some samples.
    pub(super) fn multiply_transposed(
        &self,
        kernel: Kernel,
        samples: usize,
        padded: &[f32],
        cotangent: Right<'_>,
        gradient: &mut [f32],
        into: Accumulate<'_>,
    ) {
        let left = Scattered { values: padded, rows: self.of_window(), depth: self.windows(samples) };
        let right = Chosen { right: cotangent, all: samples * self.positions(), first: 0, rows: self.of_positions(samples, 1) };
        let rows = Grid::dense(left.rows.counts, self.out_channels);
        kernel.multiply_scattered(self.out_channels, left, right, Into { values: gradient, rows }, into);
    }
}

/// Which numbers of the cotangent an input's cotangent comes from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Back {
    pub(super) geometry: Geometry,
    /// Lines of zeros before and after a sample's cotangent, and columns.
    zeros: [(usize, usize); 2],
}

/// Along one axis: inputs a stride apart, and the cells of the turned kernel that come to lie on them.
#[derive(Debug, Clone, Copy)]
struct Phase {
    /// Inputs.
    count: usize,
    /// Cells of the kernel, the first of them in the turned one, and how far the next is.
    cells: usize,
    cell: usize,
    cell_step: usize,
    /// The position that the first input's first cell reads (it may lie before the first), and how far that of the next cell is.
    position: isize,
    position_step: usize,
}

impl Phase {
    fn new(first: usize, inputs: usize, kernel: usize, stride: usize, dilation: usize, padding: usize) -> Self {
        let count = inputs.saturating_sub(first).div_ceil(stride);
        // Cell `at` reads position `(first + padding - at * dilation) / stride`, if that is a whole number.
        let numerator = |at: usize| (first + padding) as isize - (at * dilation) as isize;
        let reads = |at: &usize| numerator(*at) % stride as isize == 0;
        let mut cells = (0..kernel).filter(reads);
        let (Some(smallest), second) = (cells.next(), cells.next()) else {
            return Self { count, cells: 0, cell: 0, cell_step: 0, position: 0, position_step: 0 };
        };
        let cell_step = second.map_or(kernel, |second| second - smallest);
        let more = (kernel - 1 - smallest) / cell_step;
        let largest = smallest + more * cell_step;
        Self {
            count,
            cells: more + 1,
            cell: kernel - 1 - largest,
            cell_step,
            position: numerator(largest) / stride as isize,
            position_step: if more == 0 { 0 } else { cell_step * dilation / stride },
        }
    }

    /// The last position that is read.
    fn last(&self) -> isize {
        self.position + ((self.count.max(1) - 1) + (self.cells.max(1) - 1) * self.position_step) as isize
    }
}

impl Back {
    pub(super) fn new(geometry: Geometry) -> Self {
        let mut back = Self { geometry, zeros: [(0, 0); 2] };
        let positions = [geometry.out_height, geometry.out_width];
        let strides = [geometry.window.stride.0, geometry.window.stride.1];
        for axis in 0..2 {
            for first in 0..strides[axis] {
                let phase = back.phase(axis, first);
                if phase.cells > 0 && phase.count > 0 {
                    let (before, after) = &mut back.zeros[axis];
                    *before = (*before).max((-phase.position).max(0) as usize);
                    *after = (*after).max((phase.last() - (positions[axis] as isize - 1)).max(0) as usize);
                }
            }
        }
        back
    }

    fn phase(&self, axis: usize, first: usize) -> Phase {
        let Geometry { height, width, kernel, window, dilation, .. } = self.geometry;
        let [inputs, kernel, stride, dilation, padding] = if axis == 0 {
            [height, kernel.0, window.stride.0, dilation.0, window.padding.0]
        } else {
            [width, kernel.1, window.stride.1, dilation.1, window.padding.1]
        };
        Phase::new(first, inputs, kernel, stride, dilation, padding)
    }

    /// The numbers of a line of a sample's cotangent with the zeros around it.
    fn line(&self) -> usize {
        (self.geometry.out_width + self.zeros[1].0 + self.zeros[1].1) * self.geometry.out_channels
    }

    /// The numbers of a sample's cotangent with the zeros around it.
    pub(super) fn padded_len(&self) -> usize {
        (self.geometry.out_height + self.zeros[0].0 + self.zeros[0].1) * self.line()
    }

    /// Whether there are none.
    pub(super) fn is_bare(&self) -> bool {
        self.zeros == [(0, 0); 2]
    }

    /// Puts zeros around cotangents.
    pub(super) fn pad(&self, cotangent: &[f32], padded: &mut [f32]) {
        let Geometry { out_height, out_width, out_channels, .. } = self.geometry;
        let own = out_height * out_width * out_channels;
        for (sample, padded) in cotangent.chunks_exact(own).zip(padded.chunks_exact_mut(self.padded_len())) {
            let (line, before) = (out_width * out_channels, self.zeros[1].0 * out_channels);
            let (above, rest) = padded.split_at_mut(self.zeros[0].0 * self.line());
            let (inside, below) = rest.split_at_mut(out_height * self.line());
            above.fill(0.0);
            below.fill(0.0);
            for (to, from) in inside.chunks_exact_mut(self.line()).zip(sample.chunks_exact(line)) {
                to[..before].fill(0.0);
                to[before..before + line].copy_from_slice(from);
                to[before + line..].fill(0.0);
            }
        }
    }

    /// Writes the cotangents of some samples' input. `filters` are the turned weight.
    pub(super) fn multiply(&self, kernel: Kernel, samples: usize, padded: &[f32], filters: Right<'_>, input: &mut [f32]) {
        let Geometry { channels, out_channels: out, kernel: (height, width), .. } = self.geometry;
        self.for_phases(samples, |phase| {
            let left = Scattered { values: &padded[phase.from_first..], rows: phase.from, depth: phase.depth };
            let steps = [phase.cell_steps[0] * width * out, phase.cell_steps[1] * out, 1];
            let first = (phase.cells[0] * width + phase.cells[1]) * out;
            let right = Chosen { right: filters, all: height * width * out, first, rows: Grid { counts: phase.depth.counts, steps } };
            let to = Into { values: &mut input[phase.to_first..], rows: phase.to };
            kernel.multiply_scattered(channels, left, right, to, Accumulate::Replace);
        });
    }

    /// Calls `f` for the inputs of each place between two positions of the window.
    pub(super) fn for_phases(&self, samples: usize, mut f: impl FnMut(Phases)) {
        let Geometry { width, channels, out_channels, window, .. } = self.geometry;
        for first in 0..window.stride.0 {
            let down = self.phase(0, first);
            for second in 0..window.stride.1 {
                let across = self.phase(1, second);
                if down.count * across.count == 0 {
                    continue;
                }
                let counts = [samples, down.count, across.count];
                let to_steps = [self.geometry.in_len(), window.stride.0 * width * channels, window.stride.1 * channels];
                let place = |phase: &Phase, axis: usize| (phase.position + self.zeros[axis].0 as isize).max(0) as usize;
                f(Phases {
                    from_first: place(&down, 0) * self.line() + place(&across, 1) * out_channels,
                    from: Grid { counts, steps: [self.padded_len(), self.line(), out_channels] },
                    to_first: (first * width + second) * channels,
                    to: Grid { counts, steps: to_steps },
                    depth: Grid {
                        counts: [down.cells, across.cells, out_channels],
                        steps: [down.position_step * self.line(), across.position_step * out_channels, 1],
                    },
                    cells: [down.cell, across.cell],
                    cell_steps: [down.cell_step, across.cell_step],
                });
            }
        }
    }
}

/// The inputs of one place between two positions of the window, and what their cotangents come from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Phases {
    /// Where they read the padded cotangent: the first of them with its first cell, then each of them, then each cell and channel.
    pub(super) from_first: usize,
    pub(super) from: Grid,
    pub(super) depth: Grid,
    /// Where they lie in the input.
    pub(super) to_first: usize,
    pub(super) to: Grid,
    /// The first cell of the turned kernel that they read, and how far the next ones are.
    pub(super) cells: [usize; 2],
    pub(super) cell_steps: [usize; 2],
}
