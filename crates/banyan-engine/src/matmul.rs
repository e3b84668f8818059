//! Matrix products, behind one seam.
//!
//! All operations reach their products through these three functions, so that another kernel (another
//! precision, another instruction set) has one place to go. Here they are the `gemm` crate's, which
//! chooses its kernel at run time and reaches the speed of vendor libraries. They run on the calling
//! thread only: parallelism is over rows of the batch, one level up.

/// Whether a product replaces what was there or is added to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Into {
    /// `c = a b`
    Replace,
    /// `c += a b`
    Add,
}

/// `c[m,n] (+)= a[m,k] b[k,n]`, all row-major.
pub fn plain(m: usize, n: usize, k: usize, a: &[f32], b: &[f32], c: &mut [f32], into: Into) {
    product(m, n, k, a, (k, 1), b, (n, 1), c, into);
}

/// `c[m,n] (+)= a[m,k] bᵀ` with `b[n,k]`, all row-major.
pub fn right_transposed(m: usize, n: usize, k: usize, a: &[f32], b: &[f32], c: &mut [f32], into: Into) {
    product(m, n, k, a, (k, 1), b, (1, k), c, into);
}

/// `c[m,n] (+)= aᵀ b[k,n]` with `a[k,m]`, all row-major.
pub fn left_transposed(m: usize, n: usize, k: usize, a: &[f32], b: &[f32], c: &mut [f32], into: Into) {
    product(m, n, k, a, (1, m), b, (n, 1), c, into);
}

#[expect(clippy::too_many_arguments, reason = "a matrix product has three matrices and their strides")]
#[expect(unsafe_code, reason = "the gemm crate takes pointers and strides")]
fn product(
    m: usize,
    n: usize,
    k: usize,
    a: &[f32],
    (a_row, a_column): (usize, usize),
    b: &[f32],
    (b_row, b_column): (usize, usize),
    c: &mut [f32],
    into: Into,
) {
    assert!(a.len() >= m * k && b.len() >= k * n && c.len() >= m * n, "matrix product {m}x{k}x{n} out of bounds");
    if m == 0 || n == 0 {
        return;
    }
    if k == 0 {
        if into == Into::Replace {
            c[..m * n].fill(0.0);
        }
        return;
    }
    // SAFETY: the three slices are at least as long as the strides and sizes reach (checked above: every
    // index is at most the product of its two sizes less one), and `c` is borrowed mutably, so it overlaps neither operand.
    unsafe {
        gemm_f32::gemm::f32::get_gemm_fn()(
            m,
            n,
            k,
            c.as_mut_ptr(),
            1,
            n as isize,
            into == Into::Add,
            a.as_ptr(),
            a_column as isize,
            a_row as isize,
            b.as_ptr(),
            b_column as isize,
            b_row as isize,
            1.0,
            1.0,
            false,
            false,
            false,
            gemm_common::Parallelism::None,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Stream;

    fn naive(m: usize, n: usize, k: usize, a: impl Fn(usize, usize) -> f32, b: impl Fn(usize, usize) -> f32) -> Vec<f32> {
        (0..m * n).map(|at| (0..k).map(|i| f64::from(a(at / n, i)) * f64::from(b(i, at % n))).sum::<f64>() as f32).collect()
    }

    #[test]
    fn every_form_equals_the_definition_at_odd_sizes() {
        let mut stream = Stream::new(&[7]);
        for (m, n, k) in [(1, 1, 1), (1, 17, 3), (5, 1, 9), (13, 33, 7), (12, 32, 64), (31, 47, 129), (3, 2, 0)] {
            let a: Vec<f32> = (0..m * k).map(|_| stream.normal()).collect();
            let b: Vec<f32> = (0..k * n).map(|_| stream.normal()).collect();
            let close = |c: &[f32], expected: &[f32]| c.iter().zip(expected).all(|(x, y)| (x - y).abs() < 1e-4);
            let mut c = vec![7.0; m * n];
            plain(m, n, k, &a, &b, &mut c, Into::Replace);
            assert!(close(&c, &naive(m, n, k, |i, j| a[i * k + j], |i, j| b[i * n + j])));
            right_transposed(m, n, k, &a, &b, &mut c, Into::Replace);
            assert!(close(&c, &naive(m, n, k, |i, j| a[i * k + j], |i, j| b[j * k + i])));
            left_transposed(m, n, k, &a, &b, &mut c, Into::Replace);
            let expected = naive(m, n, k, |i, j| a[j * m + i], |i, j| b[i * n + j]);
            assert!(close(&c, &expected));
            left_transposed(m, n, k, &a, &b, &mut c, Into::Add);
            assert!(close(&c, &expected.iter().map(|x| 2.0 * x).collect::<Vec<_>>()));
        }
    }
}
