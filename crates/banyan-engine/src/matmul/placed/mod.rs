//! Products in f32 whose operands lie scattered in memory: those of convolutions, without unfolded windows.
//!
//! The number at row `i` and depth `d` of the left operand is `values[rows[i] + depth[d]]`, where both are places on a [`Grid`]. So it can be
//! all windows of a padded image (rows are positions, the depth is a window's cells and channels), or its transpose, and no number is
//! copied. Rows of the right operand and of the result lie on grids too.
//!
//! Tiles are as in [`super::blocked`], but each row has a pointer of its own, and a tile is always computed whole: where rows are left over,
//! the last one fills it up, since few rows would wait for each sum.

#[cfg(target_arch = "x86_64")]
mod tiles;

use super::packing::Right;
use super::{Accumulate, Grid, Kernel};

/// A left operand.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scattered<'a> {
    pub(crate) values: &'a [f32],
    pub(crate) rows: Grid,
    pub(crate) depth: Grid,
}

/// The rows of a right operand that the depth goes through.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Chosen<'a> {
    pub(crate) right: Right<'a>,
    /// The rows that the right operand was packed with.
    pub(crate) all: usize,
    /// The first row.
    pub(crate) first: usize,
    pub(crate) rows: Grid,
}

/// The rows of a result.
#[derive(Debug)]
pub(crate) struct Into<'a> {
    pub(crate) values: &'a mut [f32],
    pub(crate) rows: Grid,
}

impl Kernel {
    /// Whether [`multiply_scattered`](Self::multiply_scattered) knows the kernel.
    pub(crate) fn reads_scattered(self) -> bool {
        cfg!(target_arch = "x86_64") && matches!(self, Self::Blocked512 | Self::Blocked256)
    }

    /// The product of a scattered left operand with `n` columns of a right one.
    ///
    /// # Panics
    /// If a grid reaches out of its numbers, or the kernel does not read scattered operands.
    pub(crate) fn multiply_scattered(self, n: usize, a: Scattered<'_>, b: Chosen<'_>, c: Into<'_>, into: Accumulate<'_>) {
        assert!(self.reads_scattered() && self.is_there(), "{self:?} does not read scattered operands here");
        assert_eq!((a.rows.counts, a.depth.counts), (c.rows.counts, b.rows.counts), "sizes of a scattered product");
        if n == 0 || a.rows.len() == 0 {
            return;
        }
        let inside = |last: Option<usize>, rest: usize, len: usize| {
            assert!(last.and_then(|last| last.checked_add(rest)).is_some_and(|last| last < len), "a grid reaches out of {len} numbers");
        };
        inside(c.rows.last(), n - 1, c.values.len());
        if let Accumulate::Bias(bias) = into {
            assert_eq!(bias.len(), n, "a number for each column");
        }
        if a.depth.len() > 0 {
            inside(a.rows.last(), a.depth.last().unwrap_or(usize::MAX), a.values.len());
            inside(b.rows.last(), b.first, b.all);
            b.right.check(self, b.all, n);
        }
        #[cfg(target_arch = "x86_64")]
        tiles::multiply(self, n, a, b, c, into);
    }
}
