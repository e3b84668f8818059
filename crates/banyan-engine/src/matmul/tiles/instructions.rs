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
    #[expect(unsafe_code, reason = "tiles are read and written through pointers")]
    pub(super) fn block(&self, rows: usize, n: usize, depth: usize, a: &[f32], b: &[f32], c: &mut [f32], into: Into) {
        let strip = depth * parts(self.terms) * TILE;
        let strips = rows.div_ceil(ROWS);
        assert!(a.len() >= strips * strip && b.len() >= n.div_ceil(2 * ROWS) * 2 * strip && c.len() >= rows * n, "packed operands");
        let mut edge = Edge([0.0; 4 * TILE]);
        for first in (0..n).step_by(2 * ROWS) {
            let columns = (2 * ROWS).min(n - first);
            let b = &b[first / (2 * ROWS) * 2 * strip..];
            for begin in (0..rows).step_by(2 * ROWS) {
                let count = (2 * ROWS).min(rows - begin);
                let a0 = &a[begin / ROWS * strip..];
                // A pair that lacks its second strip takes the first twice; what it gives is not kept.
                let a1 = if count > ROWS { &a0[strip..] } else { a0 };
                // SAFETY: the unit is configured; the operands hold `depth` tiles from here (checked above); a whole block of the
                // result has 32 rows of 32 numbers at stride `n` within `c`, and `edge` has that many at stride 32.
                unsafe {
                    if count == 2 * ROWS && columns == 2 * ROWS {
                        let to = c.as_mut_ptr().add(begin * n + first);
                        self.sums(depth, a0.as_ptr(), a1.as_ptr(), b.as_ptr(), to, n, into);
                    } else {
                        self.sums(depth, a0.as_ptr(), a1.as_ptr(), b.as_ptr(), edge.0.as_mut_ptr(), 2 * ROWS, Into::Replace);
                        for (row, from) in edge.0.chunks_exact(2 * ROWS).take(count).enumerate() {
                            let to = &mut c[(begin + row) * n + first..][..columns];
                            match into {
                                Into::Replace => to.copy_from_slice(&from[..columns]),
                                Into::Add => to.iter_mut().zip(from).for_each(|(to, &from)| *to += from),
                            }
                        }
                    }
                }
            }
        }
    }

    /// 32×32 sums of the products of two strips and one panel.
    ///
    /// # Safety
    /// `a0`, `a1` and `b` reach `depth` tiles (of as many parts as the terms have; `b` twice that), and `c` reaches 32 rows of
    /// 32 numbers, `stride` numbers apart.
    #[expect(clippy::too_many_arguments, reason = "a matrix product has its sizes and matrices")]
    #[expect(unsafe_code, reason = "instructions of the matrix unit")]
    #[inline]
    unsafe fn sums(&self, depth: usize, a0: *const f32, a1: *const f32, b: *const f32, c: *mut f32, stride: usize, into: Into) {
        let (upper, lower) = (c, c.wrapping_add(ROWS * stride));
        let bytes = stride * 4;
        // SAFETY: as asked of the caller. Tiles keep their values between the blocks: nothing else on this thread uses them, and
        // the compiler knows no instruction that does.
        unsafe {
            match into {
                Into::Replace => {
                    asm!("tilezero tmm0", "tilezero tmm1", "tilezero tmm2", "tilezero tmm3", options(nostack, nomem));
                }
                Into::Add => asm!(
                    "tileloadd tmm0, [{upper} + {stride}]",
                    "tileloadd tmm1, [{upper} + {stride} + 64]",
                    "tileloadd tmm2, [{lower} + {stride}]",
                    "tileloadd tmm3, [{lower} + {stride} + 64]",
                    upper = in(reg) upper, lower = in(reg) lower, stride = in(reg) bytes,
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
                upper = in(reg) upper, lower = in(reg) lower, stride = in(reg) bytes,
                options(nostack)
            );
        }
    }
}

/// A block of sums of which a part is outside of the result.
#[repr(C, align(64))]
struct Edge([f32; 4 * TILE]);
