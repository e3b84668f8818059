//! Products in f32 whose sums stay in registers.
//!
//! A tile of the result is [`ROWS_512`]×[`COLUMNS_512`] (or [`ROWS_256`]×[`COLUMNS_256`]) numbers: two registers wide and as many
//! rows as leave two registers for the right operand and one for a number of the left one. The right operand is
//! read in panels two registers wide, the left one in strips of a tile's rows; either may be packed or, where its rows are
//! contiguous, as it is. Every number of the result is one chain of fused multiply-adds over the depth (in blocks of
//! [`DEPTH`]), whatever the registers' width, the packing and the place in the matrix: so the bits do not depend on them.

use super::packing::{Left, Operand, Right};
use super::{Accumulate, Kernel, Matrix};
#[cfg(target_arch = "x86_64")]
use super::{transpose, vector::Vector};
use crate::scratch;
#[cfg(target_arch = "x86_64")]
use std::arch::x86_64::{__m256, __m512};

pub(super) const ROWS_512: usize = 12;
pub(super) const COLUMNS_512: usize = 32;
pub(super) const ROWS_256: usize = 6;
pub(super) const COLUMNS_256: usize = 16;

/// Sums are written out after so many products: a panel of this depth fits into the second-level cache.
const DEPTH: usize = 1024;

/// Numbers of the left operand that are gone through for all panels: half of a second-level cache of 1 MiB.
const LEFT_BLOCK: usize = 96 * 1024;

pub(super) fn left_len(rows: usize, m: usize, k: usize) -> usize {
    m.div_ceil(rows) * rows * k
}

pub(super) fn right_len(columns: usize, k: usize, n: usize) -> usize {
    n.div_ceil(columns) * columns * k
}

/// Strips of `rows` rows, `k` columns one after the other in each; zeros after the last row.
#[cfg(target_arch = "x86_64")]
pub(super) fn pack_left(rows: usize, m: usize, k: usize, matrix: Matrix<'_>, packed: &mut [f32]) {
    for (strip, packed) in packed.chunks_exact_mut(rows * k).take(m.div_ceil(rows)).enumerate() {
        let count = rows.min(m - strip * rows);
        if matrix.row == 1 {
            for (column, to) in packed.chunks_exact_mut(rows).enumerate() {
                let from = &matrix.values[column * matrix.column + strip * rows..][..count];
                for (to, &from) in to.iter_mut().zip(from) {
                    *to = from;
                }
                to[count..].fill(0.0);
            }
        } else {
            for (column, to) in packed.chunks_exact_mut(rows).enumerate() {
                for (row, to) in to.iter_mut().enumerate() {
                    *to = if row < count { matrix.values[(strip * rows + row) * matrix.row + column] } else { 0.0 };
                }
            }
        }
    }
}

/// Panels of `columns` columns, `k` rows one after the other in each; zeros after the last column.
#[cfg(target_arch = "x86_64")]
pub(super) fn pack_right(columns: usize, k: usize, n: usize, matrix: Matrix<'_>, packed: &mut [f32]) {
    for (panel, packed) in packed.chunks_exact_mut(columns * k).take(n.div_ceil(columns)).enumerate() {
        let first = panel * columns;
        let count = columns.min(n - first);
        if matrix.column == 1 {
            let rows =
                packed.chunks_exact_mut(columns).enumerate().map(|(row, to)| (to, &matrix.values[row * matrix.row + first..][..count]));
            if count == COLUMNS_512 {
                // Of a size that is known a copy is a few instructions, not a call.
                for (to, from) in rows {
                    to[..COLUMNS_512].copy_from_slice(&from[..COLUMNS_512]);
                }
            } else {
                for (to, from) in rows {
                    to[..count].copy_from_slice(from);
                    to[count..].fill(0.0);
                }
            }
        } else {
            transpose::into_panel(count, k, &matrix.values[first * matrix.column..], matrix.column, columns, packed);
        }
    }
}

/// One product's pointers and strides, in numbers.
#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy)]
struct Product {
    m: usize,
    n: usize,
    k: usize,
    a: *const f32,
    a_row: usize,
    a_step: usize,
    /// From one strip of rows to the next.
    a_strip: usize,
    b: *const f32,
    b_step: usize,
    /// From one panel of columns to the next.
    b_panel: usize,
    c: *mut f32,
    into: Start,
}

/// What sums are added to.
#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy)]
enum Start {
    Nothing,
    /// What the result holds.
    Result,
    /// A number for each column, from the first on.
    Columns(*const f32),
}

#[cfg(target_arch = "x86_64")]
#[expect(clippy::too_many_arguments, reason = "a matrix product has three sizes and three matrices")]
pub(super) fn multiply(kernel: Kernel, m: usize, n: usize, k: usize, a: Left<'_>, b: Right<'_>, c: &mut [f32], into: Accumulate<'_>) {
    let (rows, columns) = if kernel == Kernel::Blocked512 { (ROWS_512, COLUMNS_512) } else { (ROWS_256, COLUMNS_256) };
    // What is not contiguous along the panels, or would be read with long strides time and again, is packed first.
    let left_as_it_is = match a.0 {
        Operand::Strided(matrix) => matrix.column == 1,
        Operand::Packed(..) => true,
    };
    let right_as_it_is = match b.0 {
        Operand::Strided(matrix) => matrix.column == 1 && (m <= 2 * rows || k * n <= 4096),
        Operand::Packed(..) => true,
    };
    let left_len = if left_as_it_is { 0 } else { left_len(rows, m, k) };
    let right_len = if right_as_it_is { 0 } else { right_len(columns, k, n) };
    scratch::with(left_len + right_len, |memory| {
        let (left_memory, right_memory) = memory.split_at_mut(left_len);
        let (a, a_row, a_step, a_strip) = match a.0 {
            Operand::Strided(matrix) if left_as_it_is => (matrix.values, matrix.row, 1, rows * matrix.row),
            Operand::Strided(matrix) => {
                pack_left(rows, m, k, matrix, left_memory);
                (&*left_memory, 1, rows, rows * k)
            }
            Operand::Packed(_, values) => (values, 1, rows, rows * k),
        };
        let (b, b_step, b_panel) = match b.0 {
            Operand::Strided(matrix) if right_as_it_is => (matrix.values, matrix.row, columns),
            Operand::Strided(matrix) => {
                pack_right(columns, k, n, matrix, right_memory);
                (&*right_memory, columns, columns * k)
            }
            Operand::Packed(_, values) => (values, columns, columns * k),
        };
        let product = Product {
            m,
            n,
            k,
            a: a.as_ptr(),
            a_row,
            a_step,
            a_strip,
            b: b.as_ptr(),
            b_step,
            b_panel,
            c: c.as_mut_ptr(),
            into: match into {
                Accumulate::Replace => Start::Nothing,
                Accumulate::Add => Start::Result,
                Accumulate::Bias(bias) => Start::Columns(bias.as_ptr()),
            },
        };
        run(kernel, product);
    });
}

#[cfg(target_arch = "x86_64")]
#[expect(unsafe_code, reason = "functions for an instruction set are called after it was detected")]
fn run(kernel: Kernel, product: Product) {
    #[target_feature(enable = "avx512f,avx512vl,avx512bw,avx512dq,avx2,fma")]
    unsafe fn wide(product: Product) {
        // SAFETY: as asked of the caller.
        unsafe { blocks::<__m512, ROWS_512>(product) }
    }
    #[target_feature(enable = "avx2,fma")]
    unsafe fn narrow(product: Product) {
        // SAFETY: as asked of the caller.
        unsafe { blocks::<__m256, ROWS_256>(product) }
    }
    // SAFETY: `Kernel::choose` names a kernel only where the processor has its instructions; `Kernel::multiply` has checked
    // that operands and result hold every number that sizes and strides reach, and packed ones are whole strips and panels.
    unsafe {
        if kernel == Kernel::Blocked512 {
            wide(product);
        } else {
            narrow(product);
        }
    }
}

/// # Safety
/// The processor has `V`'s instructions and the product's pointers reach what its sizes and strides name.
#[cfg(target_arch = "x86_64")]
#[expect(unsafe_code, reason = "pointers into three matrices")]
#[inline(always)]
unsafe fn blocks<V: Vector, const ROWS: usize>(p: Product) {
    let columns = 2 * V::LANES;
    for depth in (0..p.k).step_by(DEPTH) {
        let k = DEPTH.min(p.k - depth);
        let block = (LEFT_BLOCK / k / ROWS).max(1) * ROWS;
        for begin in (0..p.m).step_by(block) {
            let end = p.m.min(begin + block);
            for first in (0..p.n).step_by(columns) {
                let count = columns.min(p.n - first);
                let into = match p.into {
                    _ if depth > 0 => Start::Result,
                    Start::Columns(bias) => Start::Columns(bias.wrapping_add(first)),
                    other => other,
                };
                let mut row = begin;
                while row < end {
                    // SAFETY: as asked of the caller.
                    unsafe {
                        let a = p.a.add(row / ROWS * p.a_strip + row % ROWS * p.a_row + depth * p.a_step);
                        let b = p.b.add(first / columns * p.b_panel + depth * p.b_step);
                        let tile = Tile {
                            k,
                            a,
                            a_row: p.a_row,
                            a_step: p.a_step,
                            b,
                            b_step: p.b_step,
                            c: p.c.add(row * p.n + first),
                            c_row: p.n,
                            count,
                            into,
                        };
                        row += match end - row {
                            left if left >= ROWS => tile.sum::<V, ROWS>(),
                            left if left >= 8 => tile.sum::<V, 8>(),
                            left if left >= 4 => tile.sum::<V, 4>(),
                            left if left >= 2 => tile.sum::<V, 2>(),
                            _ => tile.sum::<V, 1>(),
                        };
                    }
                }
            }
        }
    }
}

#[cfg(target_arch = "x86_64")]
struct Tile {
    k: usize,
    a: *const f32,
    a_row: usize,
    a_step: usize,
    b: *const f32,
    b_step: usize,
    c: *mut f32,
    c_row: usize,
    /// Columns of the tile that are in the result.
    count: usize,
    into: Start,
}

#[cfg(target_arch = "x86_64")]
#[expect(unsafe_code, reason = "pointers into three matrices")]
impl Tile {
    /// Computes `ROWS` rows of the tile; returns their number.
    ///
    /// # Safety
    /// As for [`blocks`].
    #[inline(always)]
    unsafe fn sum<V: Vector, const ROWS: usize>(&self) -> usize {
        // SAFETY: as asked of the caller; where the tile is cut, only its first `count` columns are read and written.
        unsafe {
            let last = self.count - (self.count - 1) / V::LANES * V::LANES;
            if self.count == 2 * V::LANES {
                self.columns::<V, ROWS, 2>(|from| V::load(from), |sum, to| sum.store(to));
            } else if self.count > V::LANES {
                self.columns::<V, ROWS, 2>(|from| V::load_first(from, last), |sum, to| sum.store_first(to, last));
            } else {
                self.columns::<V, ROWS, 1>(|from| V::load_first(from, last), |sum, to| sum.store_first(to, last));
            }
        }
        ROWS
    }

    /// `WIDTH` registers for each row; `load` and `store` are those of the last.
    ///
    /// # Safety
    /// As for [`blocks`].
    #[inline(always)]
    unsafe fn columns<V: Vector, const ROWS: usize, const WIDTH: usize>(
        &self,
        load: impl Fn(*const f32) -> V,
        store: impl Fn(V, *mut f32),
    ) {
        // SAFETY: as asked of the caller.
        unsafe {
            let registers = |from: *const f32| -> [V; WIDTH] {
                std::array::from_fn(|at| {
                    let from = from.wrapping_add(at * V::LANES);
                    if at + 1 == WIDTH { load(from) } else { V::load(from) }
                })
            };
            let mut sums = [[V::zero(); WIDTH]; ROWS];
            let (mut a, mut b) = (self.a, self.b);
            for _ in 0..self.k {
                let right = registers(b);
                for (row, sums) in sums.iter_mut().enumerate() {
                    let factor = V::splat(*a.add(row * self.a_row));
                    for (sum, right) in sums.iter_mut().zip(right) {
                        *sum = factor.multiply_add(right, *sum);
                    }
                }
                a = a.wrapping_add(self.a_step);
                b = b.wrapping_add(self.b_step);
            }
            for (row, sums) in sums.into_iter().enumerate() {
                let to = self.c.add(row * self.c_row);
                let old = match self.into {
                    Start::Nothing => [V::zero(); WIDTH],
                    Start::Result => registers(to),
                    Start::Columns(bias) => registers(bias),
                };
                for (at, (sum, old)) in sums.into_iter().zip(old).enumerate() {
                    let to = to.add(at * V::LANES);
                    if at + 1 == WIDTH { store(sum.add(old), to) } else { sum.add(old).store(to) }
                }
            }
        }
    }
}
