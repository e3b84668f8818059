//! Sliding windows over a grid, for convolutions and pooling.

use crate::shape::Shape;
use std::ops::Range;

/// How a window slides over a grid: stride and padding, as (vertical, horizontal).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// The step from one position to the next.
    pub stride: (usize, usize),
    /// How many cells are added on either side: zeros for a convolution, cells that do not count for a pooling.
    pub padding: (usize, usize),
    /// How many more are added after the last cell than before the first.
    pub more_after: (usize, usize),
}

impl Window {
    /// A window with this stride and as much padding on either side.
    pub fn new(stride: (usize, usize), padding: (usize, usize)) -> Self {
        Self { stride, padding, more_after: (0, 0) }
    }

    /// As much padding as TensorFlow's `SAME` adds to a grid of this size: there is a position for each step begun, and where the padding is an odd
    /// number of cells the last side has one more.
    pub fn covering(grid: (usize, usize), extent: (usize, usize), stride: (usize, usize)) -> Self {
        let all =
            |length: usize, extent: usize, stride: usize| ((length.div_ceil(stride).max(1) - 1) * stride + extent).saturating_sub(length);
        let (lines, columns) = (all(grid.0, extent.0, stride.0), all(grid.1, extent.1, stride.1));
        Self { stride, padding: (lines / 2, columns / 2), more_after: (lines % 2, columns % 2) }
    }

    /// Stride 1 and as much padding as keeps the size, for an odd kernel.
    pub fn same(height: usize, width: usize) -> Self {
        Self::new((1, 1), (height / 2, width / 2))
    }

    /// Windows of this size that do not overlap, without padding.
    pub fn tiles(size: (usize, usize)) -> Self {
        Self::new(size, (0, 0))
    }

    /// The number of positions of a window of this extent, as (vertical, horizontal).
    ///
    /// # Panics
    /// If the window does not fit into the padded grid, or the stride is 0.
    pub(super) fn positions(self, grid: (usize, usize), extent: (usize, usize)) -> (usize, usize) {
        let fit = |padded: usize, extent: usize, stride: usize| {
            assert!(stride > 0, "a stride is at least 1");
            assert!(padded >= extent, "a window of {extent} does not fit into {padded} cells, padding among them");
            (padded - extent) / stride + 1
        };
        let padded = self.padded(grid);
        (fit(padded.0, extent.0, self.stride.0), fit(padded.1, extent.1, self.stride.1))
    }

    /// The height and width of a grid with its padding.
    pub(super) fn padded(self, grid: (usize, usize)) -> (usize, usize) {
        (grid.0 + 2 * self.padding.0 + self.more_after.0, grid.1 + 2 * self.padding.1 + self.more_after.1)
    }
}

/// The sizes of one pooling.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pooling {
    pub(super) samples: usize,
    grid: (usize, usize),
    pub(super) channels: usize,
    size: (usize, usize),
    window: Window,
    /// The height and width of the output.
    out: (usize, usize),
}

impl Pooling {
    pub(super) fn new(input: Shape, size: (usize, usize), window: Window) -> Self {
        let [samples, height, width, channels] = *input.axes() else {
            panic!("pooling reads [samples, height, width, channels], not {input:?}")
        };
        let padding = window.padding;
        // Otherwise a window could lie in the padding alone.
        assert!(2 * padding.0 <= size.0 && 2 * padding.1 <= size.1, "padding {padding:?} is more than half of a window of {size:?}");
        assert_eq!(window.more_after, (0, 0), "a pooling has the same padding on all sides");
        assert!(size.0 > 0 && size.1 > 0, "a window of {size:?} is empty");
        let out = window.positions((height, width), size);
        Self { samples, grid: (height, width), channels, size, window, out }
    }

    pub(super) fn output(&self) -> Shape {
        Shape::new(&[self.samples, self.out.0, self.out.1, self.channels])
    }

    /// Calls `f` for every window of some samples, in order.
    #[inline(always)]
    pub(super) fn for_windows(&self, samples: usize, mut f: impl FnMut(&Cells)) {
        let part = |at: usize, size: usize, stride: usize, padding: usize, length: usize| {
            (at * stride).saturating_sub(padding)..(at * stride + size - padding).min(length)
        };
        for sample in 0..samples {
            for y in 0..self.out.0 {
                let lines = part(y, self.size.0, self.window.stride.0, self.window.padding.0, self.grid.0);
                let lines = sample * self.grid.0 + lines.start..sample * self.grid.0 + lines.end;
                for x in 0..self.out.1 {
                    let columns = part(x, self.size.1, self.window.stride.1, self.window.padding.1, self.grid.1);
                    f(&Cells { lines: lines.clone(), columns, width: self.grid.1, channels: self.channels });
                }
            }
        }
    }
}

/// The cells of one window that lie in the grid.
pub(super) struct Cells {
    /// Counted through all samples.
    lines: Range<usize>,
    columns: Range<usize>,
    width: usize,
    channels: usize,
}

impl Cells {
    pub(super) fn count(&self) -> usize {
        self.lines.len() * self.columns.len()
    }

    /// Where the channels of each cell begin.
    #[inline(always)]
    pub(super) fn starts(&self) -> impl Iterator<Item = usize> + '_ {
        self.lines.clone().flat_map(move |line| self.columns.clone().map(move |column| (line * self.width + column) * self.channels))
    }
}
