//! f32 numbers as tiles of bfloat16.

use super::{DEPTH, ROWS, TILE, Terms, parts};
use crate::matmul::{Matrix, transpose};
use std::arch::x86_64::*;

/// Strips of 16 rows; zeros beyond the matrix.
pub(in crate::matmul) fn pack_left(terms: Terms, m: usize, k: usize, matrix: Matrix<'_>, packed: &mut [f32]) {
    let (strip, along_rows) = (super::left_len(terms, ROWS, k), matrix.column == 1);
    for (index, packed) in packed.chunks_exact_mut(strip).take(m.div_ceil(ROWS)).enumerate() {
        let count = ROWS.min(m - index * ROWS);
        for (tile, packed) in packed.chunks_exact_mut(parts(terms) * TILE).enumerate() {
            let depth = DEPTH.min(k - tile * DEPTH);
            let source = if along_rows {
                Source {
                    values: &matrix.values[index * ROWS * matrix.row + tile * DEPTH..],
                    stride: matrix.row,
                    rows: count,
                    columns: depth,
                }
            } else {
                Source {
                    values: &matrix.values[tile * DEPTH * matrix.column + index * ROWS..],
                    stride: matrix.column,
                    rows: depth,
                    columns: count,
                }
            };
            source.write(terms, if along_rows { Form::Rows } else { Form::PairsTransposed }, packed, TILE);
        }
    }
}

/// Panels of 32 columns; zeros beyond the matrix.
pub(in crate::matmul) fn pack_right(terms: Terms, k: usize, n: usize, matrix: Matrix<'_>, packed: &mut [f32]) {
    let (panel, along_rows) = (super::right_len(terms, k, 2 * ROWS), matrix.column == 1);
    for (index, packed) in packed.chunks_exact_mut(panel).take(n.div_ceil(2 * ROWS)).enumerate() {
        for (tile, packed) in packed.chunks_exact_mut(parts(terms) * 2 * TILE).enumerate() {
            let depth = DEPTH.min(k - tile * DEPTH);
            for half in 0..2 {
                let first = index * 2 * ROWS + half * ROWS;
                let count = n.saturating_sub(first).min(ROWS);
                // A half without a column begins past the matrix: an empty source, all zeros.
                let from = |at: usize| matrix.values.get(at..).unwrap_or_default();
                let source = if along_rows {
                    Source { values: from(tile * DEPTH * matrix.row + first), stride: matrix.row, rows: depth, columns: count }
                } else {
                    Source { values: from(first * matrix.column + tile * DEPTH), stride: matrix.column, rows: count, columns: depth }
                };
                let form = if along_rows { Form::Pairs } else { Form::RowsTransposed };
                source.write(terms, form, &mut packed[half * TILE..], 2 * TILE);
            }
        }
    }
}

/// A part of a matrix: `rows` rows of `columns` contiguous numbers.
struct Source<'a> {
    values: &'a [f32],
    stride: usize,
    rows: usize,
    columns: usize,
}

/// How a source becomes a tile of 16 rows of 16 words, a word being two numbers.
#[derive(Clone, Copy)]
enum Form {
    /// 16 rows of 32 numbers, as they are.
    Rows,
    /// The same, words exchanged with rows.
    RowsTransposed,
    /// 32 rows of 16 numbers, two rows in the words of one.
    Pairs,
    /// The same, words exchanged with rows.
    PairsTransposed,
}

impl Source<'_> {
    /// Writes the high part, and after `part` words the low one where there are two.
    #[expect(unsafe_code, reason = "functions for an instruction set are called after it was detected")]
    fn write(&self, terms: Terms, form: Form, to: &mut [f32], part: usize) {
        let size = if matches!(form, Form::Rows | Form::RowsTransposed) { (16, 32) } else { (32, 16) };
        assert!(self.rows <= size.0 && self.columns <= size.1 && to.len() >= (parts(terms) - 1) * part + TILE, "a tile's part");
        assert!(
            self.rows == 0 || self.columns == 0 || self.values.len() >= (self.rows - 1) * self.stride + self.columns,
            "a tile's part is in the matrix"
        );
        // SAFETY: this kernel is chosen only where the processor has AVX-512 and its bfloat16 conversion; the source reaches
        // its last number and `to` all parts (checked above).
        unsafe {
            match terms {
                Terms::One => self.convert::<false>(form, to.as_mut_ptr(), part),
                Terms::Three => self.convert::<true>(form, to.as_mut_ptr(), part),
            }
        }
    }

    /// # Safety
    /// The processor has the instructions; the source reaches its last number, and `to` one tile (with a low part, another
    /// one `part` words on).
    #[expect(unsafe_code, reason = "pointers into the matrix and the tile")]
    #[target_feature(enable = "avx512f,avx512vl,avx512bw,avx512dq,avx512bf16")]
    unsafe fn convert<const LOW: bool>(&self, form: Form, to: *mut f32, part: usize) {
        let mut high = [_mm512_setzero_si512(); 16];
        let mut low = [_mm512_setzero_si512(); 16];
        let from = self.values.as_ptr();
        // SAFETY: as asked of the caller; masked loads read only what is inside of the source.
        unsafe {
            match form {
                Form::Rows | Form::RowsTransposed => {
                    let (first, second) = (mask(self.columns), mask(self.columns.saturating_sub(16)));
                    for row in 0..self.rows {
                        let at = from.add(row * self.stride);
                        let (x, y) = (_mm512_maskz_loadu_ps(first, at), _mm512_maskz_loadu_ps(second, at.wrapping_add(16)));
                        high[row] = round(x, y);
                        if LOW {
                            low[row] = remainder(x, y, high[row]);
                        }
                    }
                }
                Form::Pairs | Form::PairsTransposed => {
                    let columns = mask(self.columns);
                    let order = _mm512_set_epi16(
                        31, 15, 30, 14, 29, 13, 28, 12, 27, 11, 26, 10, 25, 9, 24, 8, 23, 7, 22, 6, 21, 5, 20, 4, 19, 3, 18, 2, 17, 1, 16,
                        0,
                    );
                    for pair in 0..self.rows.div_ceil(2) {
                        let at = from.add(2 * pair * self.stride);
                        let last = if 2 * pair + 1 < self.rows { columns } else { 0 };
                        let (x, y) = (_mm512_maskz_loadu_ps(columns, at), _mm512_maskz_loadu_ps(last, at.wrapping_add(self.stride)));
                        let both = round(x, y);
                        high[pair] = _mm512_permutexvar_epi16(order, both);
                        if LOW {
                            low[pair] = _mm512_permutexvar_epi16(order, remainder(x, y, both));
                        }
                    }
                }
            }
            if matches!(form, Form::RowsTransposed | Form::PairsTransposed) {
                high = transpose::words(high);
                if LOW {
                    low = transpose::words(low);
                }
            }
            for row in 0..ROWS {
                _mm512_storeu_si512(to.add(row * 16).cast(), high[row]);
                if LOW {
                    _mm512_storeu_si512(to.add(part + row * 16).cast(), low[row]);
                }
            }
        }
    }
}

fn mask(count: usize) -> u16 {
    if count >= 16 { u16::MAX } else { (1 << count) - 1 }
}

/// 32 numbers rounded to bfloat16: those of `x`, then those of `y`.
#[target_feature(enable = "avx512f,avx512bf16")]
#[inline]
#[expect(unsafe_code, reason = "one register read as another type")]
fn round(x: __m512, y: __m512) -> __m512i {
    // SAFETY: both types are a register's 512 bits.
    unsafe { std::mem::transmute::<__m512bh, __m512i>(_mm512_cvtne2ps_pbh(y, x)) }
}

/// What rounding took away, rounded itself.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512bf16")]
#[inline]
fn remainder(x: __m512, y: __m512, high: __m512i) -> __m512i {
    let widen = |half: __m256i| _mm512_castsi512_ps(_mm512_slli_epi32::<16>(_mm512_cvtepu16_epi32(half)));
    let (first, second) = (widen(_mm512_castsi512_si256(high)), widen(_mm512_extracti64x4_epi64::<1>(high)));
    round(_mm512_sub_ps(x, first), _mm512_sub_ps(y, second))
}
