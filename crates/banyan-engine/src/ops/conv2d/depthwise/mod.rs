//! Depthwise convolutions, one filter a channel: channels lie side by side in registers, and there is no product of matrices.
//!
//! Forward and the input's cotangent are the same sum over the kernel's cells, read from other places; the weight's gradient keeps a sum for
//! each cell while it goes along a line. There are kernels for x86-64 with AVX2 or AVX-512; elsewhere groups are unfolded.

#[cfg(target_arch = "x86_64")]
mod kernels;

use super::geometry::Geometry;
use super::scattered::Back;

#[cfg(target_arch = "x86_64")]
use {
    crate::matmul::Grid,
    kernels::{CELLS, Gather, Order, Products},
};

#[cfg(not(target_arch = "x86_64"))]
impl Geometry {
    pub(super) fn is_depthwise(&self) -> bool {
        false
    }

    pub(super) fn gather(&self, _: usize, _: &[f32], _: &[f32], _: &[f32], _: &mut [f32]) {
        unreachable!("there are kernels for x86-64 alone")
    }

    pub(super) fn add_products(&self, _: usize, _: &[f32], _: &[f32], _: &mut [f32]) {
        unreachable!("there are kernels for x86-64 alone")
    }
}

#[cfg(not(target_arch = "x86_64"))]
impl Back {
    pub(super) fn gather(&self, _: usize, _: &[f32], _: &[f32], _: &mut [f32]) {
        unreachable!("there are kernels for x86-64 alone")
    }
}

#[cfg(target_arch = "x86_64")]
impl Geometry {
    /// Whether each channel has one filter of its own, and the processor the instructions for it.
    pub(super) fn is_depthwise(&self) -> bool {
        self.groups > 1 && self.groups == self.channels && self.out_channels == self.channels && kernels::are_there()
    }

    /// Writes the output of some samples.
    pub(super) fn gather(&self, samples: usize, padded: &[f32], weight: &[f32], bias: &[f32], output: &mut [f32]) {
        let cells = [self.kernel.0, self.kernel.1, 1];
        let gather = Gather {
            channels: self.channels,
            from: self.windows(samples),
            to: self.of_positions(samples, self.channels),
            cells: Grid { counts: cells, ..self.of_window() },
            weights: Grid::dense(cells, self.channels),
            order: Order::FromFirst,
        };
        gather.run(padded, weight, Some(bias), output);
    }

    /// Adds the gradient of the weight from some samples.
    pub(super) fn add_products(&self, samples: usize, padded: &[f32], cotangent: &[f32], gradient: &mut [f32]) {
        let (of_window, count) = (self.of_window(), self.kernel.0 * self.kernel.1);
        let place = |cell: usize| of_window.start([cell / self.kernel.1, cell % self.kernel.1]);
        for first in (0..count).step_by(CELLS) {
            // Where too few cells are left, the last one is summed again, and not added.
            let cells = std::array::from_fn(|at| place((first + at).min(count - 1)));
            let gradient = &mut gradient[first * self.channels..count.min(first + CELLS) * self.channels];
            Products { channels: self.channels, windows: self.windows(samples), cells }.run(padded, cotangent, gradient);
        }
    }
}

#[cfg(target_arch = "x86_64")]
impl Back {
    /// Writes the cotangents of some samples' input.
    pub(super) fn gather(&self, samples: usize, padded: &[f32], weight: &[f32], input: &mut [f32]) {
        let Geometry { kernel, channels, .. } = self.geometry;
        self.for_phases(samples, |phase| {
            let [lines, columns, _] = phase.depth.counts;
            let steps = [phase.cell_steps[0] * kernel.1 * channels, phase.cell_steps[1] * channels, 0];
            // The first cell of the weight is the last of the turned one.
            let last = |axis: usize, size: usize, count: usize| {
                size - 1 - (phase.cells[axis] + count.saturating_sub(1) * phase.cell_steps[axis]).min(size - 1)
            };
            let first = (last(0, kernel.0, lines) * kernel.1 + last(1, kernel.1, columns)) * channels;
            let gather = Gather {
                channels,
                from: phase.from,
                to: phase.to,
                cells: Grid { counts: [lines, columns, 1], ..phase.depth },
                weights: Grid { counts: [lines, columns, 1], steps },
                order: Order::FromLast,
            };
            gather.run(&padded[phase.from_first..], &weight[first..], None, &mut input[phase.to_first..]);
        });
    }
}
