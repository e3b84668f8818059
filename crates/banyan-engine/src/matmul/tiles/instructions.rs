//! Sums by the matrix unit, for whose instructions the compiler has no stable functions.

use super::blocks::Sums;
use super::{ROWS, Terms};
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
}

#[expect(unsafe_code, reason = "instructions of the matrix unit")]
impl Sums for Unit {
    fn terms(&self) -> Terms {
        self.terms
    }

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
