//! Inner products of all pairs of rows, summed in double precision: what Gramians are made of.

use crate::matmul::{Accumulate, Kernel, Left, Matrix, Precision, Right};
use crate::{scratch, simd};

/// Numbers of a gradient whose products are taken together, in single precision.
pub(super) const BLOCK: usize = 2048;

/// Adds Gramians that lie one after the other, in their order.
pub(super) fn add_parts(parts: &[f64], gramian: &mut [f64]) {
    for part in parts.chunks_exact(gramian.len()) {
        for (sum, part) in gramian.iter_mut().zip(part) {
            *sum += part;
        }
    }
}

/// From so many rows on, products of all pairs are one product of matrices, which reads each row a few times, not once a pair.
const ROWS_FOR_A_PRODUCT: usize = 12;

/// Adds the products of rows `i` and `j >= i`; rows have `len` numbers, `sums` is `[rows, rows]`.
pub(super) fn add_products(rows: &[f32], len: usize, sums: &mut [f64]) {
    add_products_of(rows, rows, len, sums);
}

/// Adds the products of rows `i` of `a` with rows `j >= i` of `b`.
pub(super) fn add_products_of(a: &[f32], b: &[f32], len: usize, sums: &mut [f64]) {
    let count = a.len() / len;
    if count < ROWS_FOR_A_PRODUCT {
        for i in 0..count {
            for j in i..count {
                sums[i * count + j] += f64::from(simd::dot(&a[i * len..(i + 1) * len], &b[j * len..(j + 1) * len]));
            }
        }
        return;
    }
    scratch::with(count * count, |products| {
        // Few numbers at a time are summed in single precision.
        for begin in (0..len).step_by(BLOCK) {
            let depth = BLOCK.min(len - begin);
            let kernel = Kernel::choose(Precision::F32, count, count, depth);
            let (left, right) = (Matrix::rows(&a[begin..], len), Matrix::rows(&b[begin..], len).transposed());
            kernel.multiply(count, count, depth, Left::of(left), Right::of(right), products, Accumulate::Replace);
            for i in 0..count {
                for j in i..count {
                    sums[i * count + j] += f64::from(products[i * count + j]);
                }
            }
        }
    });
}
