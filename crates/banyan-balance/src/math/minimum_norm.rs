//! The point of least norm in the convex hull of some vectors, from their Gramian.

use super::{Matrix, minimize_nonnegative};

/// Minimizes `wᵀ G w` over the simplex `w ≥ 0, Σ w = 1`.
///
/// Exact, in finitely many steps: if `z ≥ 0` minimizes `½ zᵀ (G + 1 1ᵀ) z - 1ᵀ z`, then `w = z / Σ z` satisfies the
/// conditions of Karush, Kuhn and Tucker for the simplex, `G w ≥ (wᵀ G w) 1` with equality where `w > 0`.
pub(crate) fn minimum_norm(gramian: &Matrix) -> Vec<f64> {
    let size = gramian.size();
    let zero_rows = (0..size).filter(|&i| gramian.get(i, i) <= 0.0).count();
    if zero_rows > 0 {
        return (0..size).map(|i| if gramian.get(i, i) <= 0.0 { 1.0 / zero_rows as f64 } else { 0.0 }).collect();
    }
    let largest = (0..size).map(|i| gramian.get(i, i)).fold(0.0, f64::max);
    let smallest = (0..size).map(|i| gramian.get(i, i)).fold(f64::INFINITY, f64::min);
    // The shortest vector bounds the minimum from above: in its unit, the added ones neither drown the matrix nor
    // are drowned by it where it matters. The floor keeps the quotient finite.
    let unit = smallest.max(1e-60 * largest);
    let mut matrix = gramian.clone();
    for i in 0..size {
        matrix.row_mut(i).iter_mut().for_each(|value| *value = *value / unit + 1.0);
    }
    let mut weights = minimize_nonnegative(&matrix, &vec![-1.0; size]);
    let total: f64 = weights.iter().sum();
    weights.iter_mut().for_each(|weight| *weight /= total);
    weights
}

#[cfg(test)]
mod tests {
    use super::{Matrix, minimum_norm};

    #[test]
    fn two_vectors_have_a_closed_form() {
        let weights = minimum_norm(&Matrix::from_values(2, vec![18.0, -22.0, -22.0, 38.0]));
        assert!((weights[0] - 0.6).abs() < 1e-14 && (weights[1] - 0.4).abs() < 1e-14);
        assert_eq!(minimum_norm(&Matrix::from_values(2, vec![1.0, 2.0, 2.0, 9.0])), [1.0, 0.0]);
    }

    #[test]
    fn zero_vectors_share_all_the_weight() {
        let matrix = Matrix::from_values(3, vec![0.0, 0.0, 0.0, 0.0, 4.0, 0.0, 0.0, 0.0, 0.0]);
        assert_eq!(minimum_norm(&matrix), [0.5, 0.0, 0.5]);
    }
}
