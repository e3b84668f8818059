//! Matrix products, behind one seam.
//!
//! Every operation reaches its products through here, so that a kernel has one place to go. There are
//! three kinds, chosen at run time for each product:
//!
//! * [tiles](Kernel::Tiles): bfloat16, on the processor's matrix unit (AMX) or in registers (AVX-512 BF16). A number is cut in two parts
//!   of 8 bits, `a = hi + lo`, and three products (`hi hi + lo hi + hi lo`) give nearly f32's precision at about
//!   twice its speed ([`Precision::Bf16x3`]); the high parts alone are [`Precision::Bf16`].
//! * [blocked](Kernel::Blocked512): f32 in registers, for AVX-512 and for AVX2. Both add in the same order, so
//!   that their bits agree.
//! * [strided](Kernel::Strided): the `gemm` crate's, for other processors, and as the oracle in tests.
//!
//! All run on the calling thread only: parallelism is over rows of the batch, one level up. An operand that
//! several products share (a weight over all chunks of a step, a layer's input over all tasks) is laid out for its
//! kernel once: [`Kernel::pack_left`], [`Kernel::pack_right`].

mod blocked;
mod grid;
mod kernel;
mod matrix;
mod packing;
mod placed;
mod strided;
#[cfg(target_arch = "x86_64")]
mod tiles;
#[cfg(target_arch = "x86_64")]
mod transpose;
#[cfg(target_arch = "x86_64")]
mod vector;

pub(crate) use grid::Grid;
pub use kernel::{Kernel, Precision, Terms};
pub use matrix::Matrix;
pub use packing::{Left, Right};
pub(crate) use placed::{Chosen, Into, Scattered};
#[cfg(target_arch = "x86_64")]
pub(crate) use vector::Vector;

/// What a product is added to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Accumulate<'a> {
    /// `c = a b`
    Replace,
    /// `c += a b`
    Add,
    /// `c = a b + bias` with one number for each column.
    Bias(&'a [f32]),
}

/// `c[m,n] (+)= a[m,k] b[k,n]`, all row-major.
#[expect(clippy::too_many_arguments, reason = "a matrix product has three sizes and three matrices")]
pub fn plain(precision: Precision, m: usize, n: usize, k: usize, a: &[f32], b: &[f32], c: &mut [f32], into: Accumulate<'_>) {
    let kernel = Kernel::choose(precision, m, n, k);
    kernel.multiply(m, n, k, Left::of(Matrix::rows(a, k)), Right::of(Matrix::rows(b, n)), c, into);
}

/// `c[m,n] (+)= a[m,k] bᵀ` with `b[n,k]`, all row-major.
#[expect(clippy::too_many_arguments, reason = "a matrix product has three sizes and three matrices")]
pub fn right_transposed(precision: Precision, m: usize, n: usize, k: usize, a: &[f32], b: &[f32], c: &mut [f32], into: Accumulate<'_>) {
    let kernel = Kernel::choose(precision, m, n, k);
    kernel.multiply(m, n, k, Left::of(Matrix::rows(a, k)), Right::of(Matrix::rows(b, k).transposed()), c, into);
}

/// `c[m,n] (+)= aᵀ b[k,n]` with `a[k,m]`, all row-major.
#[expect(clippy::too_many_arguments, reason = "a matrix product has three sizes and three matrices")]
pub fn left_transposed(precision: Precision, m: usize, n: usize, k: usize, a: &[f32], b: &[f32], c: &mut [f32], into: Accumulate<'_>) {
    let kernel = Kernel::choose(precision, m, n, k);
    kernel.multiply(m, n, k, Left::of(Matrix::rows(a, m).transposed()), Right::of(Matrix::rows(b, n)), c, into);
}

#[cfg(test)]
mod tests;
