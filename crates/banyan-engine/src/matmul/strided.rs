//! The `gemm` crate's kernels, which choose their instruction set themselves.

use super::packing::{Left, Operand, Right};
use super::{Accumulate, Matrix};

#[expect(unsafe_code, reason = "the gemm crate takes pointers and strides")]
pub(super) fn multiply(m: usize, n: usize, k: usize, a: Left<'_>, b: Right<'_>, c: &mut [f32], into: Accumulate<'_>) {
    let matrix = |operand: Operand<'_>, columns: usize| match operand {
        Operand::Strided(matrix) => (matrix.values.as_ptr(), matrix.row as isize, matrix.column as isize),
        Operand::Packed(_, values) => {
            let Matrix { values, row, column } = Matrix::rows(values, columns);
            (values.as_ptr(), row as isize, column as isize)
        }
    };
    if let Accumulate::Bias(bias) = into {
        c[..m * n].chunks_exact_mut(n).for_each(|row| row.copy_from_slice(bias));
    }
    let (a, a_row, a_column) = matrix(a.0, k);
    let (b, b_row, b_column) = matrix(b.0, n);
    // SAFETY: `Kernel::multiply` has checked that both operands hold every index that their sizes and strides
    // reach and that `c` holds `m * n`; `c` is borrowed mutably, so it overlaps neither.
    unsafe {
        gemm_f32::gemm::f32::get_gemm_fn()(
            m,
            n,
            k,
            c.as_mut_ptr(),
            1,
            n as isize,
            into != Accumulate::Replace,
            a,
            a_column,
            a_row,
            b,
            b_column,
            b_row,
            1.0,
            1.0,
            false,
            false,
            false,
            gemm_common::Parallelism::None,
        );
    }
}
