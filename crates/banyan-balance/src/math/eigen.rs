//! Eigenvalues and eigenvectors of a symmetric matrix, by Jacobi's rotations.

use super::Matrix;

/// Sweeps after which to stop come what may; Jacobi's method converges quadratically, and sizes up to 100 need
/// fewer than ten.
const MAXIMAL_SWEEPS: usize = 60;

/// `A = V diag(values) Vᵀ`.
#[derive(Debug, Clone)]
pub(crate) struct Eigen {
    /// Eigenvalues, ascending.
    pub(crate) values: Vec<f64>,
    /// Row `k` is the eigenvector of `values[k]`.
    vectors: Matrix,
}

impl Eigen {
    /// Decomposes a symmetric matrix.
    pub(crate) fn of(matrix: &Matrix) -> Self {
        let size = matrix.size();
        let mut work = matrix.clone();
        // Eigenvectors are kept as rows, so that a rotation runs along memory.
        let mut vectors = Matrix::zeros(size);
        (0..size).for_each(|index| vectors.set(index, index, 1.0));
        for _ in 0..MAXIMAL_SWEEPS {
            let mut rotated = false;
            for p in 0..size {
                for q in p + 1..size {
                    rotated |= rotate(&mut work, &mut vectors, p, q);
                }
            }
            if !rotated {
                break;
            }
        }
        let mut order: Vec<usize> = (0..size).collect();
        order.sort_by(|&a, &b| work.get(a, a).total_cmp(&work.get(b, b)));
        let mut sorted = Matrix::zeros(size);
        for (position, &index) in order.iter().enumerate() {
            sorted.row_mut(position).copy_from_slice(vectors.row(index));
        }
        Eigen { values: order.iter().map(|&index| work.get(index, index)).collect(), vectors: sorted }
    }

    /// `V diag(f(values)) Vᵀ x`.
    pub(crate) fn apply(&self, function: impl Fn(f64) -> f64, vector: &[f64]) -> Vec<f64> {
        let mut result = vec![0.0; vector.len()];
        for (index, &value) in self.values.iter().enumerate() {
            let eigenvector = self.vectors.row(index);
            let coefficient = function(value) * super::dot(eigenvector, vector);
            result.iter_mut().zip(eigenvector).for_each(|(sum, entry)| *sum += coefficient * entry);
        }
        result
    }

    /// `V diag(f(values)) Vᵀ`.
    pub(crate) fn rebuild(&self, function: impl Fn(f64) -> f64) -> Matrix {
        let size = self.values.len();
        let mut result = Matrix::zeros(size);
        for (index, &value) in self.values.iter().enumerate() {
            let eigenvector = self.vectors.row(index);
            let value = function(value);
            for row in 0..size {
                for column in 0..size {
                    result.add(row, column, value * (eigenvector[row] * eigenvector[column]));
                }
            }
        }
        result
    }
}

/// Makes entry (p, q) zero; `false` if it already is, to rounding.
fn rotate(work: &mut Matrix, vectors: &mut Matrix, p: usize, q: usize) -> bool {
    let size = work.size();
    let (app, aqq, apq) = (work.get(p, p), work.get(q, q), work.get(p, q));
    if apq.abs() <= f64::EPSILON * 0.125 * (app.abs().sqrt() * aqq.abs().sqrt()) || apq == 0.0 {
        return false;
    }
    let theta = (aqq - app) / (2.0 * apq);
    let tangent = if theta.is_finite() { theta.signum() / (theta.abs() + theta.hypot(1.0)) } else { 0.0 };
    let cosine = 1.0 / tangent.hypot(1.0);
    let sine = tangent * cosine;
    for k in (0..size).filter(|&k| k != p && k != q) {
        let (akp, akq) = (work.get(k, p), work.get(k, q));
        let (new_p, new_q) = (cosine * akp - sine * akq, sine * akp + cosine * akq);
        work.set(k, p, new_p);
        work.set(p, k, new_p);
        work.set(k, q, new_q);
        work.set(q, k, new_q);
    }
    work.set(p, p, app - tangent * apq);
    work.set(q, q, aqq + tangent * apq);
    work.set(p, q, 0.0);
    work.set(q, p, 0.0);
    for k in 0..size {
        let (vp, vq) = (vectors.get(p, k), vectors.get(q, k));
        vectors.set(p, k, cosine * vp - sine * vq);
        vectors.set(q, k, sine * vp + cosine * vq);
    }
    true
}

#[cfg(test)]
mod tests {
    use super::{Eigen, Matrix};

    #[test]
    fn finds_the_eigenvalues_of_a_known_matrix() {
        let eigen = Eigen::of(&Matrix::from_values(2, vec![18.0, -22.0, -22.0, 38.0]));
        let root = 584.0_f64.sqrt();
        assert!((eigen.values[0] - (28.0 - root)).abs() < 1e-12);
        assert!((eigen.values[1] - (28.0 + root)).abs() < 1e-12);
    }

    #[test]
    fn rebuilds_the_matrix() {
        for size in 1..=20 {
            let mut matrix = Matrix::zeros(size);
            for i in 0..size {
                for j in 0..size {
                    matrix.set(i, j, ((i * j + 3 * (i + j)) as f64).sin() * 10f64.powi((i + j) as i32 % 5));
                }
            }
            let eigen = Eigen::of(&matrix);
            let rebuilt = eigen.rebuild(|value| value);
            let ones = vec![1.0; size];
            let applied = eigen.apply(|value| value, &ones);
            for i in 0..size {
                assert!((applied[i] - matrix.times(&ones)[i]).abs() < 1e-9);
                for j in 0..size {
                    assert!((rebuilt.get(i, j) - matrix.get(i, j)).abs() < 1e-10, "{size} {i} {j}");
                }
            }
            assert!(eigen.values.windows(2).all(|pair| pair[0] <= pair[1]));
        }
    }

    #[test]
    fn a_zero_matrix_and_a_diagonal_one_are_left_alone() {
        assert_eq!(Eigen::of(&Matrix::zeros(3)).values, [0.0; 3]);
        let diagonal = Matrix::from_values(2, vec![5.0, 0.0, 0.0, -1.0]);
        assert_eq!(Eigen::of(&diagonal).values, [-1.0, 5.0]);
    }
}
