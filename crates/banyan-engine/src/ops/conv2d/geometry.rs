//! The sizes of a convolution, and the unfolding of its windows.

use super::Convolution;
use crate::ops::Window;
use crate::shape::Shape;
use crate::simd::dispatch;
use std::ops::Range;

/// The sizes of one convolution.
#[derive(Debug, Clone, Copy)]
pub(super) struct Geometry {
    pub(super) samples: usize,
    pub(super) height: usize,
    pub(super) width: usize,
    pub(super) channels: usize,
    pub(super) kernel: (usize, usize),
    pub(super) window: Window,
    pub(super) dilation: (usize, usize),
    pub(super) groups: usize,
    pub(super) out_height: usize,
    pub(super) out_width: usize,
    pub(super) out_channels: usize,
}

/// Unfolded rows that are multiplied at once: enough for the product's kernel, little enough for the cache.
const UNFOLDED_ROWS: usize = 512;

impl Geometry {
    pub(super) fn new(input: Shape, weight: Shape, convolution: Convolution) -> Self {
        let [samples, height, width, channels] = *input.axes() else {
            panic!("a convolution reads [samples, height, width, channels], not {input:?}")
        };
        let [kernel_height, kernel_width, in_channels, out_channels] = *weight.axes() else {
            panic!("a convolution's weight is [height, width, in, out], not {weight:?}")
        };
        let Convolution { window, dilation, groups } = convolution;
        assert!(groups > 0 && dilation.0.min(dilation.1) > 0, "a convolution in {groups} groups with a dilation of {dilation:?}");
        assert_eq!(channels, in_channels * groups, "convolution: input {input:?}, weight {weight:?}, {groups} groups");
        assert!(out_channels.is_multiple_of(groups), "convolution: weight {weight:?}, {groups} groups");
        assert!(kernel_height.min(kernel_width) > 0, "convolution: weight {weight:?}");
        let extent = |kernel: usize, dilation: usize| dilation * (kernel - 1) + 1;
        let extents = (extent(kernel_height, dilation.0), extent(kernel_width, dilation.1));
        let (out_height, out_width) = window.positions((height, width), extents);
        let kernel = (kernel_height, kernel_width);
        Self { samples, height, width, channels, kernel, window, dilation, groups, out_height, out_width, out_channels }
    }

    /// The input channels of one group.
    pub(super) fn in_group(&self) -> usize {
        self.channels / self.groups
    }

    /// The output channels of one group.
    pub(super) fn out_group(&self) -> usize {
        self.out_channels / self.groups
    }

    pub(super) fn in_len(&self) -> usize {
        self.height * self.width * self.channels
    }

    pub(super) fn positions(&self) -> usize {
        self.out_height * self.out_width
    }

    /// The size of one window of one group.
    pub(super) fn taps(&self) -> usize {
        self.kernel.0 * self.kernel.1 * self.in_group()
    }

    /// Samples whose windows are unfolded together.
    pub(super) fn block(&self) -> usize {
        (UNFOLDED_ROWS / self.positions().max(1)).clamp(1, self.samples.max(1))
    }

    /// The height and width of a sample with the zeros around it.
    fn padded_grid(&self) -> (usize, usize) {
        self.window.padded((self.height, self.width))
    }

    /// The numbers of one line of a sample with the zeros around it.
    pub(super) fn padded_line(&self) -> usize {
        self.padded_grid().1 * self.channels
    }

    /// The numbers of a sample with the zeros around it.
    pub(super) fn padded_len(&self) -> usize {
        self.padded_grid().0 * self.padded_line()
    }

    /// Calls `f` for every line of some samples, with its place with zeros around it and its place without.
    fn for_lines(&self, samples: usize, mut f: impl FnMut(Range<usize>, Range<usize>)) {
        let len = self.width * self.channels;
        for line in 0..samples * self.height {
            let padded_line = line / self.height * self.padded_grid().0 + self.window.padding.0 + line % self.height;
            let padded = padded_line * self.padded_line() + self.window.padding.1 * self.channels;
            f(padded..padded + len, line * len..(line + 1) * len);
        }
    }

    /// Calls `f` for every run of every window, with its first place in the padded input and in the unfolded one, and its length. The numbers of
    /// a run lie side by side in both.
    #[inline(always)]
    fn for_runs(&self, samples: usize, mut f: impl FnMut(usize, usize, usize)) {
        let (run, runs) = self.runs();
        let (line, step) = (self.padded_line(), self.dilation.1 * self.channels);
        let to_next_line = self.dilation.0 * line - (runs - 1) * step;
        let mut unfolded = 0;
        for sample in 0..samples {
            for y in 0..self.out_height {
                for x in 0..self.out_width {
                    let first = sample * self.padded_len() + y * self.window.stride.0 * line + x * self.window.stride.1 * self.channels;
                    // One loop, since a line of the usual convolution has a single run.
                    let (mut at, mut of_line) = (first, 0);
                    for _ in 0..self.kernel.0 * runs {
                        f(at, unfolded, run);
                        unfolded += run;
                        of_line += 1;
                        at += if of_line == runs { to_next_line } else { step };
                        of_line = if of_line == runs { 0 } else { of_line };
                    }
                }
            }
        }
    }

    /// The length of a run, numbers of a window that lie side by side in the input, and the number of runs in a line of the window: one,
    /// or one for each tap where other channels or cells lie between them.
    fn runs(&self) -> (usize, usize) {
        let has_gaps = self.dilation.1 > 1 || self.groups > 1;
        if has_gaps { (self.in_group(), self.kernel.1) } else { (self.kernel.1 * self.channels, 1) }
    }

    /// Whether there are no zeros around samples.
    pub(super) fn is_bare(&self) -> bool {
        self.window.padding == (0, 0) && self.window.more_after == (0, 0)
    }

    /// Whether each window is one cell and there is one for each: then the samples are their own windows.
    pub(super) fn is_pointwise(&self) -> bool {
        self.kernel == (1, 1) && self.window.stride == (1, 1) && self.is_bare() && self.groups == 1
    }

    /// Puts zeros around samples.
    pub(super) fn pad(&self, samples: usize, input: &[f32], padded: &mut [f32]) {
        padded.fill(0.0);
        self.for_lines(samples, |inside, line| padded[inside].copy_from_slice(&input[line]));
    }

    /// Unfolds samples with zeros around them, one group after the other.
    pub(super) fn unfold(&self, samples: usize, padded: &[f32], unfolded: &mut [f32]) {
        let len = samples * self.positions() * self.taps();
        for group in 0..self.groups {
            unfold(*self, samples, &padded[group * self.in_group()..], &mut unfolded[group * len..]);
        }
    }

    /// Writes what lies inside of the zeros.
    pub(super) fn take_inside(&self, samples: usize, padded: &[f32], input: &mut [f32]) {
        self.for_lines(samples, |inside, line| input[line].copy_from_slice(&padded[inside]));
    }
}

/// Numbers that are copied at once, and so many more are read and written than there are.
pub(super) const SLACK: usize = 16;

dispatch! {
    /// Writes the taps of every window, run by run. They are copied in whole registers; what is written too much is overwritten by what
    /// comes next.
    fn unfold(geometry: Geometry, samples: usize, padded: &[f32], unfolded: &mut [f32]) {
        geometry.for_runs(samples, |from, to, run| {
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
    pub(super) fn add_folded(geometry: Geometry, samples: usize, unfolded: &[f32], padded: &mut [f32]) {
        geometry.for_runs(samples, |to, from, run| {
            for (to, &from) in padded[to..to + run].iter_mut().zip(&unfolded[from..from + run]) {
                *to += from;
            }
        });
    }
}
