//! Cholesky's factor of a positive definite matrix, of a growing and shrinking set of its rows.

use super::Matrix;
use super::matrix::dot;

/// The lower factor `L` of `A[S, S]`, where `S` is an ordered set of indices.
#[derive(Debug, Clone)]
pub(crate) struct Cholesky {
    indices: Vec<usize>,
    factor: Matrix,
}

impl Cholesky {
    /// The factor of no rows, of matrices up to this size.
    pub(crate) fn empty(size: usize) -> Self {
        Cholesky { indices: Vec::with_capacity(size), factor: Matrix::zeros(size) }
    }

    /// The factor of the whole matrix, or `None` unless every pivot exceeds `tolerance` times its diagonal entry.
    pub(crate) fn of(matrix: &Matrix, tolerance: f64) -> Option<Self> {
        let mut cholesky = Cholesky::empty(matrix.size());
        (0..matrix.size()).all(|index| cholesky.push(matrix, index, tolerance)).then_some(cholesky)
    }

    pub(crate) fn indices(&self) -> &[usize] {
        &self.indices
    }

    /// Adds a row. Does nothing and says `false` if what is new in it does not exceed `tolerance` of its size.
    pub(crate) fn push(&mut self, matrix: &Matrix, index: usize, tolerance: f64) -> bool {
        let position = self.indices.len();
        for column in 0..position {
            let known = dot(&self.factor.row(position)[..column], &self.factor.row(column)[..column]);
            let value = (matrix.get(index, self.indices[column]) - known) / self.factor.get(column, column);
            self.factor.set(position, column, value);
        }
        let known = dot(&self.factor.row(position)[..position], &self.factor.row(position)[..position]);
        let diagonal = matrix.get(index, index);
        let pivot = diagonal - known;
        // Written so that NaN is refused too.
        let accepted = pivot > tolerance * diagonal && pivot > 0.0;
        if accepted {
            self.factor.set(position, position, pivot.sqrt());
            self.indices.push(index);
        }
        accepted
    }

    /// Removes the rows for which `drop` holds and factors the rest anew, from the first removed row on.
    pub(crate) fn remove(&mut self, matrix: &Matrix, drop: impl Fn(usize) -> bool) {
        let Some(first) = self.indices.iter().position(|&index| drop(index)) else { return };
        let kept: Vec<usize> = self.indices.drain(first..).filter(|&index| !drop(index)).collect();
        for index in kept {
            // A row that was independent of more rows is independent of fewer, but for rounding; one that rounding
            // makes dependent leaves the set.
            self.push(matrix, index, 0.0);
        }
    }

    /// Solves `A[S, S] x = b`, in place; `b` is in the order of [`indices`](Cholesky::indices).
    pub(crate) fn solve(&self, right: &mut [f64]) {
        let size = self.indices.len();
        for row in 0..size {
            let known = dot(&self.factor.row(row)[..row], &right[..row]);
            right[row] = (right[row] - known) / self.factor.get(row, row);
        }
        for row in (0..size).rev() {
            let known: f64 = (row + 1..size).map(|below| self.factor.get(below, row) * right[below]).sum();
            right[row] = (right[row] - known) / self.factor.get(row, row);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Cholesky, Matrix};

    fn example() -> Matrix {
        Matrix::from_values(3, vec![6.0, 0.0, -3.5, 0.0, 14.0, -5.0, -3.5, -5.0, 6.25])
    }

    #[test]
    fn solves_the_whole_system() {
        let matrix = example();
        let solution = [0.3, -1.2, 2.0];
        let mut right = matrix.times(&solution);
        Cholesky::of(&matrix, 1e-12).unwrap().solve(&mut right);
        for (found, expected) in right.iter().zip(solution) {
            assert!((found - expected).abs() < 1e-13);
        }
    }

    #[test]
    fn refuses_what_is_not_positive_definite() {
        assert!(Cholesky::of(&Matrix::from_values(2, vec![1.0, 1.0, 1.0, 1.0]), 1e-12).is_none());
        assert!(Cholesky::of(&Matrix::from_values(2, vec![1.0, 2.0, 2.0, 1.0]), 1e-12).is_none());
        assert!(Cholesky::of(&Matrix::from_values(1, vec![f64::NAN]), 1e-12).is_none());
    }

    #[test]
    fn removing_a_row_leaves_the_factor_of_the_others() {
        let matrix = example();
        let mut cholesky = Cholesky::of(&matrix, 0.0).unwrap();
        cholesky.remove(&matrix, |index| index == 0);
        assert_eq!(cholesky.indices(), [1, 2]);
        let mut right = vec![14.0 * 2.0 - 5.0 * 3.0, -5.0 * 2.0 + 6.25 * 3.0];
        cholesky.solve(&mut right);
        assert!((right[0] - 2.0).abs() < 1e-13 && (right[1] - 3.0).abs() < 1e-13);
    }
}
