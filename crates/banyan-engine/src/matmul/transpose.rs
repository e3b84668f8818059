//! Blocks of a matrix with rows and columns exchanged.

use crate::simd::{Level, level};
use std::arch::x86_64::*;

/// Writes `count` rows of `k` contiguous numbers (`stride` apart) as columns of a panel: number `(row, column)` goes to
/// `panel[column * columns + row]`; the panel's other columns are zeroed.
pub(super) fn into_panel(count: usize, k: usize, from: &[f32], stride: usize, columns: usize, panel: &mut [f32]) {
    let wide = level() >= Level::Avx512;
    for row in (0..columns).step_by(16) {
        let rows = count.saturating_sub(row).min(16);
        let mut column = 0;
        if wide && rows == 16 {
            while column + 16 <= k {
                square(&from[row * stride + column..], stride, &mut panel[column * columns + row..], columns);
                column += 16;
            }
        }
        while column < k {
            let to = &mut panel[column * columns + row..][..16.min(columns - row)];
            for (at, to) in to.iter_mut().enumerate() {
                *to = if at < rows { from[(row + at) * stride + column] } else { 0.0 };
            }
            column += 1;
        }
    }
}

/// A transposed block of 16×16 numbers.
#[expect(unsafe_code, reason = "the block's rows are loaded and stored whole")]
fn square(from: &[f32], from_stride: usize, to: &mut [f32], to_stride: usize) {
    assert!(from.len() >= 15 * from_stride + 16 && to.len() >= 15 * to_stride + 16, "a block of 16x16 is in both matrices");
    #[target_feature(enable = "avx512f,avx512dq")]
    unsafe fn wide(from: *const f32, from_stride: usize, to: *mut f32, to_stride: usize) {
        // SAFETY: as asked of the caller.
        unsafe {
            let mut rows = [_mm512_setzero_si512(); 16];
            for (index, row) in rows.iter_mut().enumerate() {
                *row = _mm512_loadu_si512(from.add(index * from_stride).cast());
            }
            for (index, row) in words(rows).into_iter().enumerate() {
                _mm512_storeu_si512(to.add(index * to_stride).cast(), row);
            }
        }
    }
    // SAFETY: the caller has seen the instruction set, and both slices reach the block's last number (checked above).
    unsafe { wide(from.as_ptr(), from_stride, to.as_mut_ptr(), to_stride) }
}

/// The transpose of 16 rows of 16 words.
#[target_feature(enable = "avx512f,avx512dq")]
#[inline]
pub(super) fn words(rows: [__m512i; 16]) -> [__m512i; 16] {
    let mut a = rows;
    let mut b = rows;
    // Within quarters of a register: pairs of words, then pairs of double words.
    for i in 0..8 {
        b[2 * i] = _mm512_unpacklo_epi32(a[2 * i], a[2 * i + 1]);
        b[2 * i + 1] = _mm512_unpackhi_epi32(a[2 * i], a[2 * i + 1]);
    }
    for i in 0..4 {
        a[4 * i] = _mm512_unpacklo_epi64(b[4 * i], b[4 * i + 2]);
        a[4 * i + 1] = _mm512_unpackhi_epi64(b[4 * i], b[4 * i + 2]);
        a[4 * i + 2] = _mm512_unpacklo_epi64(b[4 * i + 1], b[4 * i + 3]);
        a[4 * i + 3] = _mm512_unpackhi_epi64(b[4 * i + 1], b[4 * i + 3]);
    }
    // Register 4 i + j holds in its quarter q the words 4 q + j of rows 4 i to 4 i + 3: now quarters change places.
    for j in 0..4 {
        let low = _mm512_shuffle_i32x4::<0b10_00_10_00>(a[j], a[4 + j]);
        let low_odd = _mm512_shuffle_i32x4::<0b11_01_11_01>(a[j], a[4 + j]);
        let high = _mm512_shuffle_i32x4::<0b10_00_10_00>(a[8 + j], a[12 + j]);
        let high_odd = _mm512_shuffle_i32x4::<0b11_01_11_01>(a[8 + j], a[12 + j]);
        b[j] = _mm512_shuffle_i32x4::<0b10_00_10_00>(low, high);
        b[8 + j] = _mm512_shuffle_i32x4::<0b11_01_11_01>(low, high);
        b[4 + j] = _mm512_shuffle_i32x4::<0b10_00_10_00>(low_odd, high_odd);
        b[12 + j] = _mm512_shuffle_i32x4::<0b11_01_11_01>(low_odd, high_odd);
    }
    b
}
