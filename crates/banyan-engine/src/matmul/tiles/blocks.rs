//! The walk over a product's blocks of 32×32 sums.

use super::{ROWS, TILE, Terms, parts};
use crate::matmul::Accumulate;

/// What computes one block of sums from packed operands.
#[expect(unsafe_code, reason = "pointers into packed operands and the result")]
pub(super) trait Sums {
    /// The parts that operands were cut into.
    fn terms(&self) -> Terms;

    /// 32×32 sums of the products of two strips and one panel, from zero or from a matrix of the given stride on.
    ///
    /// # Safety
    /// `a` and `b` reach `depth` tiles (of as many parts as the terms have; `b` twice that), and `c`, and what the sums start
    /// from, reach 32 rows of 32 numbers at their strides.
    unsafe fn sums(&self, depth: usize, a: [*const f32; 2], b: *const f32, start: Option<(*const f32, usize)>, c: *mut f32, stride: usize);
}

/// Words of a strip that are gone through at once.
const SLICE: usize = 8 * TILE;

/// Where a block of sums lies in a result of `n` columns, and how many rows there are from there on.
struct Place<'a> {
    c: &'a mut [f32],
    n: usize,
    begin: usize,
    rows: usize,
    first: usize,
}

/// A block of sums of which a part is outside of the result.
#[repr(C, align(64))]
struct Edge([f32; 4 * TILE]);

/// The product of packed operands, `depth` tiles deep. `a` holds strips for `rows` rows, `b` panels for `n` columns.
#[expect(clippy::too_many_arguments, reason = "a matrix product has three sizes and three matrices")]
pub(super) fn multiply(unit: &impl Sums, rows: usize, n: usize, depth: usize, a: &[f32], b: &[f32], c: &mut [f32], into: Accumulate<'_>) {
    let tile = parts(unit.terms()) * TILE;
    let strip = depth * tile;
    let strips = rows.div_ceil(ROWS);
    assert!(a.len() >= strips * strip && b.len() >= n.div_ceil(2 * ROWS) * 2 * strip && c.len() >= rows * n, "packed operands");
    // Four strips and a panel of this depth fit into the first-level cache: a panel is read once for two blocks of sums.
    let slice = (SLICE / tile).max(1);
    for from in (0..depth).step_by(slice) {
        let slice = slice.min(depth - from);
        let into = if from == 0 { into } else { Accumulate::Add };
        for upper in (0..rows).step_by(4 * ROWS) {
            for first in (0..n).step_by(2 * ROWS) {
                let b = &b[first / (2 * ROWS) * 2 * strip + from * 2 * tile..];
                for begin in (upper..rows.min(upper + 4 * ROWS)).step_by(2 * ROWS) {
                    let a = &a[begin / ROWS * strip + from * tile..];
                    block(unit, slice, a, strip, b, Place { c, n, begin, rows: rows - begin, first }, into);
                }
            }
        }
    }
}

/// 32×32 sums from a place of the result on, as many of them as are in it.
#[expect(unsafe_code, reason = "tiles are read and written through pointers")]
fn block(unit: &impl Sums, depth: usize, a: &[f32], strip: usize, b: &[f32], place: Place<'_>, into: Accumulate<'_>) {
    let Place { c, n, begin, rows, first } = place;
    let (count, columns) = (rows.min(2 * ROWS), (n - first).min(2 * ROWS));
    let needed = depth * parts(unit.terms()) * TILE;
    // A pair that lacks its second strip takes the first twice; what it gives is not kept.
    let second = if count > ROWS { &a[strip..] } else { a };
    assert!(a.len() >= needed && second.len() >= needed && b.len() >= 2 * needed, "packed operands");
    if count == 2 * ROWS && columns == 2 * ROWS {
        let to = &mut c[begin * n + first..][..(2 * ROWS - 1) * n + 2 * ROWS];
        let start = match into {
            Accumulate::Replace => None,
            Accumulate::Add => Some((to.as_ptr(), n)),
            // One row of numbers, read for each row of the tiles.
            Accumulate::Bias(bias) => Some((bias[first..][..2 * ROWS].as_ptr(), 0)),
        };
        // SAFETY: the operands hold `depth` tiles (checked above); the result has 32 rows of 32 numbers at stride `n` from here
        // (sliced above), and so has what the sums start from, at its own stride.
        unsafe { unit.sums(depth, [a.as_ptr(), second.as_ptr()], b.as_ptr(), start, to.as_mut_ptr(), n) }
        return;
    }
    let mut edge = Edge([0.0; 4 * TILE]);
    // SAFETY: as above; `edge` has 32 rows of 32 numbers.
    unsafe { unit.sums(depth, [a.as_ptr(), second.as_ptr()], b.as_ptr(), None, edge.0.as_mut_ptr(), 2 * ROWS) }
    for (row, from) in edge.0.chunks_exact(2 * ROWS).take(count).enumerate() {
        let to = &mut c[(begin + row) * n + first..][..columns];
        match into {
            Accumulate::Replace => to.copy_from_slice(&from[..columns]),
            Accumulate::Add => to.iter_mut().zip(from).for_each(|(to, &from)| *to += from),
            Accumulate::Bias(bias) => {
                to.iter_mut().zip(from).zip(&bias[first..]).for_each(|((to, &from), &bias)| *to = bias + from);
            }
        }
    }
}
