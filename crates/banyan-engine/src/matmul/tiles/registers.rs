//! Sums by AVX-512's products of pairs of bfloat16 numbers, for processors that have these and no matrix unit.
//!
//! The operands are laid out as for the matrix unit. A register of the right operand holds one pair of rows in 16 columns, the same pair
//! of a row of the left one is a word that is repeated 16 times, and one instruction adds both products to 16 sums: two
//! multiplications a number, where f32 has one.
//!
//! Three products of parts take longer here than one of f32, so that [`Kernel::choose`](crate::matmul::Kernel::choose) asks for the high parts alone. All three
//! are there for the tests: they run the layouts of the matrix unit on processors that lack it.

use super::blocks::Sums;
use super::{ROWS, TILE, Terms, parts};
use std::arch::x86_64::*;

/// Rows whose sums (of two registers each) are in registers at once.
const HELD: usize = 8;

/// Which parts of the left and the right operand are multiplied: high times high; or low times high, high times high, high times low.
const ONE: [(usize, usize); 1] = [(0, 0)];
const THREE: [(usize, usize); 3] = [(1, 0), (0, 0), (0, 1)];

/// The processor's registers, for products of so many parts.
pub(super) struct Registers(pub(super) Terms);

#[expect(unsafe_code, reason = "pointers into packed operands and the result")]
impl Sums for Registers {
    fn terms(&self) -> Terms {
        self.0
    }

    #[inline]
    unsafe fn sums(&self, depth: usize, a: [*const f32; 2], b: *const f32, start: Option<(*const f32, usize)>, c: *mut f32, stride: usize) {
        for (strip, a) in a.into_iter().enumerate() {
            for half in 0..ROWS / HELD {
                let row = strip * ROWS + half * HELD;
                let a = a.wrapping_add(half * HELD * 16);
                let start = start.map(|(from, stride)| (from.wrapping_add(row * stride), stride));
                let c = c.wrapping_add(row * stride);
                // SAFETY: as asked of the caller, who chose this kernel where the processor has the instructions.
                unsafe {
                    match self.0 {
                        Terms::One => held(&ONE, parts(self.0), depth, a, b, start, c, stride),
                        Terms::Three => held(&THREE, parts(self.0), depth, a, b, start, c, stride),
                    }
                }
            }
        }
    }
}

/// The sums of some rows and 32 columns.
///
/// # Safety
/// As for [`Sums::sums`], of [`HELD`] rows; the processor has the instructions.
#[expect(unsafe_code, reason = "pointers into packed operands and the result")]
#[expect(clippy::too_many_arguments, reason = "three matrices with their sizes and strides")]
#[target_feature(enable = "avx512f,avx512vl,avx512bw,avx512dq,avx512bf16")]
unsafe fn held<const N: usize>(
    products: &[(usize, usize); N],
    parts: usize,
    depth: usize,
    a: *const f32,
    b: *const f32,
    start: Option<(*const f32, usize)>,
    c: *mut f32,
    stride: usize,
) {
    // SAFETY: as asked of the caller; a register of 16 words holds 32 bfloat16 numbers, whatever its type is called.
    unsafe {
        let pairs = |word: __m512| std::mem::transmute::<__m512, __m512bh>(word);
        let mut sums = [[_mm512_setzero_ps(); 2]; HELD];
        if let Some((from, stride)) = start {
            for (row, sums) in sums.iter_mut().enumerate() {
                *sums = [0, 16].map(|column| _mm512_loadu_ps(from.add(row * stride + column)));
            }
        }
        for tile in 0..depth {
            for &(left, right) in products {
                let a = a.add((tile * parts + left) * TILE);
                let b = b.add((tile * parts + right) * 2 * TILE);
                for pair in 0..16 {
                    let right = [0, TILE].map(|half| pairs(_mm512_loadu_ps(b.add(half + pair * 16))));
                    for (row, sums) in sums.iter_mut().enumerate() {
                        let left = pairs(_mm512_set1_ps(*a.add(row * 16 + pair)));
                        for (sum, right) in sums.iter_mut().zip(right) {
                            *sum = _mm512_dpbf16_ps(*sum, left, right);
                        }
                    }
                }
            }
        }
        for (row, sums) in sums.into_iter().enumerate() {
            for (half, sum) in sums.into_iter().enumerate() {
                _mm512_storeu_ps(c.add(row * stride + 16 * half), sum);
            }
        }
    }
}
