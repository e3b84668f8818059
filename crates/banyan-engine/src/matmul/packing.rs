//! Operands, as they are or laid out for a kernel.

use super::{Kernel, Matrix, blocked};

/// The left operand of a product.
#[derive(Debug, Clone, Copy)]
pub struct Left<'a>(pub(super) Operand<'a>);

/// The right operand of a product.
#[derive(Debug, Clone, Copy)]
pub struct Right<'a>(pub(super) Operand<'a>);

#[derive(Debug, Clone, Copy)]
pub(super) enum Operand<'a> {
    Strided(Matrix<'a>),
    Packed(Kernel, &'a [f32]),
}

impl<'a> Left<'a> {
    /// A matrix as it is.
    pub fn of(matrix: Matrix<'a>) -> Self {
        Self(Operand::Strided(matrix))
    }

    /// What [`Kernel::pack_left`] laid out.
    pub fn packed(kernel: Kernel, values: &'a [f32]) -> Self {
        Self(Operand::Packed(kernel, values))
    }

    pub(super) fn check(&self, kernel: Kernel, m: usize, k: usize) {
        match self.0 {
            Operand::Strided(matrix) => matrix.check(m, k),
            Operand::Packed(packed_for, values) => {
                assert!(packed_for == kernel && values.len() >= left_len(kernel, m, k), "a left operand packed for another product");
            }
        }
    }
}

impl<'a> Right<'a> {
    /// A matrix as it is.
    pub fn of(matrix: Matrix<'a>) -> Self {
        Self(Operand::Strided(matrix))
    }

    /// What [`Kernel::pack_right`] laid out.
    pub fn packed(kernel: Kernel, values: &'a [f32]) -> Self {
        Self(Operand::Packed(kernel, values))
    }

    pub(super) fn check(&self, kernel: Kernel, k: usize, n: usize) {
        match self.0 {
            Operand::Strided(matrix) => matrix.check(k, n),
            Operand::Packed(packed_for, values) => {
                assert!(packed_for == kernel && values.len() >= right_len(kernel, k, n), "a right operand packed for another product");
            }
        }
    }
}

pub(super) fn left_len(kernel: Kernel, m: usize, k: usize) -> usize {
    match kernel {
        #[cfg(target_arch = "x86_64")]
        Kernel::Tiles(terms) => super::tiles::left_len(terms, m, k),
        Kernel::Blocked512 => blocked::left_len(blocked::ROWS_512, m, k),
        Kernel::Blocked256 => blocked::left_len(blocked::ROWS_256, m, k),
        _ => m * k,
    }
}

pub(super) fn right_len(kernel: Kernel, k: usize, n: usize) -> usize {
    match kernel {
        #[cfg(target_arch = "x86_64")]
        Kernel::Tiles(terms) => super::tiles::right_len(terms, k, n),
        Kernel::Blocked512 => blocked::right_len(blocked::COLUMNS_512, k, n),
        Kernel::Blocked256 => blocked::right_len(blocked::COLUMNS_256, k, n),
        _ => k * n,
    }
}

pub(super) fn pack_left(kernel: Kernel, m: usize, k: usize, matrix: Matrix<'_>, packed: &mut [f32]) {
    matrix.check(m, k);
    assert!(packed.len() >= left_len(kernel, m, k), "too little memory for a packed left operand");
    if m == 0 || k == 0 {
        return;
    }
    match kernel {
        #[cfg(target_arch = "x86_64")]
        Kernel::Tiles(terms) => super::tiles::pack_left(terms, m, k, matrix, packed),
        #[cfg(target_arch = "x86_64")]
        Kernel::Blocked512 => blocked::pack_left(blocked::ROWS_512, m, k, matrix, packed),
        #[cfg(target_arch = "x86_64")]
        Kernel::Blocked256 => blocked::pack_left(blocked::ROWS_256, m, k, matrix, packed),
        _ => copy(m, k, matrix, packed),
    }
}

pub(super) fn pack_right(kernel: Kernel, k: usize, n: usize, matrix: Matrix<'_>, packed: &mut [f32]) {
    matrix.check(k, n);
    assert!(packed.len() >= right_len(kernel, k, n), "too little memory for a packed right operand");
    if k == 0 || n == 0 {
        return;
    }
    match kernel {
        #[cfg(target_arch = "x86_64")]
        Kernel::Tiles(terms) => super::tiles::pack_right(terms, k, n, matrix, packed),
        #[cfg(target_arch = "x86_64")]
        Kernel::Blocked512 => blocked::pack_right(blocked::COLUMNS_512, k, n, matrix, packed),
        #[cfg(target_arch = "x86_64")]
        Kernel::Blocked256 => blocked::pack_right(blocked::COLUMNS_256, k, n, matrix, packed),
        _ => copy(k, n, matrix, packed),
    }
}

/// The layout of a kernel that reads any strides: rows one after the other.
fn copy(rows: usize, columns: usize, matrix: Matrix<'_>, packed: &mut [f32]) {
    for (i, row) in packed.chunks_exact_mut(columns).take(rows).enumerate() {
        for (j, x) in row.iter_mut().enumerate() {
            *x = matrix.values[i * matrix.row + j * matrix.column];
        }
    }
}
