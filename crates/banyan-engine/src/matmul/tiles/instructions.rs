//! The unit's instructions, which the compiler has no stable functions for.

use super::{ROWS, TILE, Terms, parts};
use crate::matmul::Into;
use std::arch::asm;

/// How tiles are shaped: palette 1, and for each of 8 tiles its bytes a row and its rows.
#[repr(C, align(64))]
struct Shapes([u8; 64]);

/// The unit, configured on this thread until it is dropped. Released, its registers cost a switch of threads nothing.
pub(super) struct Unit {
    terms: Terms,
}

impl Drop for Unit {
    #[expect(unsafe_code, reason = "an instruction of the matrix unit")]
    fn drop(&mut self) {
        // SAFETY: a `Unit` exists only where the unit was found and configured.
        unsafe { asm!("tilerelease", options(nostack, nomem)) }
    }
}

impl Unit {
    #[expect(unsafe_code, reason = "an instruction of the matrix unit")]
    pub(super) fn configured(terms: Terms) -> Self {
        let mut shapes = Shapes([0; 64]);
        shapes.0[0] = 1;
        for tile in 0..8 {
            shapes.0[16 + 2 * tile] = 64;
            shapes.0[48 + tile] = ROWS as u8;
        }
        // SAFETY: this kernel is chosen only where the unit was found and the system granted it.
        unsafe { asm!("ldtilecfg [{}]", in(reg) &shapes.0, options(nostack, readonly)) }
        Self { terms }
    }

    /// The product of packed operands, `depth` tiles deep. `a` holds strips for `rows` rows, `b` panels for `n` columns.
    #[expect(clippy::too_many_arguments, reason = "a matrix product has three sizes and three matrices")]
    pub(super) fn block(&self, rows: usize, n: usize, depth: usize, a: &[f32], b: &[f32], c: &mut [f32], into: Into<'_>) {
        let tile = parts(self.terms) * TILE;
        let strip = depth * tile;
        let strips = rows.div_ceil(ROWS);
        assert!(a.len() >= strips * strip && b.len() >= n.div_ceil(2 * ROWS) * 2 * strip && c.len() >= rows * n, "packed operands");
        // Four strips and a panel of this depth fit into the first-level cache: a panel is read once for two blocks of sums.
        let slice = (SLICE / tile).max(1);
        for from in (0..depth).step_by(slice) {
            let slice = slice.min(depth - from);
            let into = if from == 0 { into } else { Into::Add };
            for upper in (0..rows).step_by(4 * ROWS) {
                for first in (0..n).step_by(2 * ROWS) {
                    let b = &b[first / (2 * ROWS) * 2 * strip + from * 2 * tile..];
                    for begin in (upper..rows.min(upper + 4 * ROWS)).step_by(2 * ROWS) {
                        let a = &a[begin / ROWS * strip + from * tile..];
                        self.sum(slice, a, strip, b, Place { c, n, begin, rows: rows - begin, first }, into);
                    }
                }
            }
        }
    }

    /// 32×32 sums from a place of the result on, as many of them as are in it.
    #[expect(unsafe_code, reason = "tiles are read and written through pointers")]
    fn sum(&self, depth: usize, a: &[f32], strip: usize, b: &[f32], place: Place<'_>, into: Into<'_>) {
        let Place { c, n, begin, rows, first } = place;
        let (count, columns) = (rows.min(2 * ROWS), (n - first).min(2 * ROWS));
        let needed = depth * parts(self.terms) * TILE;
        // A pair that lacks its second strip takes the first twice; what it gives is not kept.
        let second = if count > ROWS { &a[strip..] } else { a };
        assert!(a.len() >= needed && second.len() >= needed && b.len() >= 2 * needed, "packed operands");
        if count == 2 * ROWS && columns == 2 * ROWS {
            let to = &mut c[begin * n + first..][..(2 * ROWS - 1) * n + 2 * ROWS];
            let start = match into {
                Into::Replace => None,
                Into::Add => Some((to.as_ptr(), n)),
                // One row of numbers, read for each row of the tiles.
                Into::Bias(bias) => Some((bias[first..][..2 * ROWS].as_ptr(), 0)),
            };
            // SAFETY: the unit is configured; the operands hold `depth` tiles (checked above); the result has 32 rows of 32 numbers
            // at stride `n` from here (sliced above), and so has what the sums start from, at its own stride.
            unsafe { self.sums(depth, [a.as_ptr(), second.as_ptr()], b.as_ptr(), start, to.as_mut_ptr(), n) }
            return;
        }
        let mut edge = Edge([0.0; 4 * TILE]);
        // SAFETY: as above; `edge` has 32 rows of 32 numbers.
        unsafe { self.sums(depth, [a.as_ptr(), second.as_ptr()], b.as_ptr(), None, edge.0.as_mut_ptr(), 2 * ROWS) }
        for (row, from) in edge.0.chunks_exact(2 * ROWS).take(count).enumerate() {
            let to = &mut c[(begin + row) * n + first..][..columns];
            match into {
                Into::Replace => to.copy_from_slice(&from[..columns]),
                Into::Add => to.iter_mut().zip(from).for_each(|(to, &from)| *to += from),
                Into::Bias(bias) => {
                    to.iter_mut().zip(from).zip(&bias[first..]).for_each(|((to, &from), &bias)| *to = bias + from);
                }
            }
        }
    }

    /// 32×32 sums of the products of two strips and one panel.
    ///
    /// # Safety
    /// `a` and `b` reach `depth` tiles (of as many parts as the terms have; `b` twice that), and `c`, and what the sums start
    /// from, reach 32 rows of 32 numbers at their strides.
    #[expect(unsafe_code, reason = "instructions of the matrix unit")]
    #[inline]
    unsafe fn sums(&self, depth: usize, a: [*const f32; 2], b: *const f32, start: Option<(*const f32, usize)>, c: *mut f32, stride: usize) {
        let [a0, a1] = a;
        // SAFETY: as asked of the caller. Tiles keep their values between the blocks: nothing else on this thread uses them, and
        // the compiler knows no instruction that does.
        unsafe {
            match start {
                None => asm!("tilezero tmm0", "tilezero tmm1", "tilezero tmm2", "tilezero tmm3", options(nostack, nomem)),
                Some((from, stride)) => asm!(
                    "tileloadd tmm0, [{upper} + {stride}]",
                    "tileloadd tmm1, [{upper} + {stride} + 64]",
                    "tileloadd tmm2, [{lower} + {stride}]",
                    "tileloadd tmm3, [{lower} + {stride} + 64]",
                    upper = in(reg) from, lower = in(reg) from.wrapping_add(ROWS * stride), stride = in(reg) stride * 4,
                    options(nostack, readonly)
                ),
            }
            match self.terms {
                Terms::One => asm!(
                    "2:",
                    "tileloadd tmm6, [{b} + {row}]",
                    "tileloadd tmm4, [{a0} + {row}]",
                    "tdpbf16ps tmm0, tmm4, tmm6",
                    "tileloadd tmm7, [{b} + {row} + 1024]",
                    "tdpbf16ps tmm1, tmm4, tmm7",
                    "tileloadd tmm5, [{a1} + {row}]",
                    "tdpbf16ps tmm2, tmm5, tmm6",
                    "tdpbf16ps tmm3, tmm5, tmm7",
                    "add {a0}, 1024",
                    "add {a1}, 1024",
                    "add {b}, 2048",
                    "dec {depth}",
                    "jnz 2b",
                    a0 = inout(reg) a0 => _, a1 = inout(reg) a1 => _, b = inout(reg) b => _, depth = inout(reg) depth => _,
                    row = in(reg) 64usize,
                    options(nostack, readonly)
                ),
                // Low times high, high times high, high times low: each part is loaded once.
                Terms::Three => asm!(
                    "2:",
                    "tileloadd tmm6, [{b} + {row}]",
                    "tileloadd tmm4, [{a0} + {row} + 1024]",
                    "tdpbf16ps tmm0, tmm4, tmm6",
                    "tileloadd tmm7, [{b} + {row} + 1024]",
                    "tdpbf16ps tmm1, tmm4, tmm7",
                    "tileloadd tmm5, [{a1} + {row} + 1024]",
                    "tdpbf16ps tmm2, tmm5, tmm6",
                    "tdpbf16ps tmm3, tmm5, tmm7",
                    "tileloadd tmm4, [{a0} + {row}]",
                    "tdpbf16ps tmm0, tmm4, tmm6",
                    "tdpbf16ps tmm1, tmm4, tmm7",
                    "tileloadd tmm5, [{a1} + {row}]",
                    "tdpbf16ps tmm2, tmm5, tmm6",
                    "tdpbf16ps tmm3, tmm5, tmm7",
                    "tileloadd tmm6, [{b} + {row} + 2048]",
                    "tdpbf16ps tmm0, tmm4, tmm6",
                    "tdpbf16ps tmm2, tmm5, tmm6",
                    "tileloadd tmm7, [{b} + {row} + 3072]",
                    "tdpbf16ps tmm1, tmm4, tmm7",
                    "tdpbf16ps tmm3, tmm5, tmm7",
                    "add {a0}, 2048",
                    "add {a1}, 2048",
                    "add {b}, 4096",
                    "dec {depth}",
                    "jnz 2b",
                    a0 = inout(reg) a0 => _, a1 = inout(reg) a1 => _, b = inout(reg) b => _, depth = inout(reg) depth => _,
                    row = in(reg) 64usize,
                    options(nostack, readonly)
                ),
            }
            asm!(
                "tilestored [{upper} + {stride}], tmm0",
                "tilestored [{upper} + {stride} + 64], tmm1",
                "tilestored [{lower} + {stride}], tmm2",
                "tilestored [{lower} + {stride} + 64], tmm3",
                upper = in(reg) c, lower = in(reg) c.wrapping_add(ROWS * stride), stride = in(reg) stride * 4,
                options(nostack)
            );
        }
    }
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
