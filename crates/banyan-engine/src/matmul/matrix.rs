//! A matrix as numbers with strides.

/// A matrix in memory: row `i`, column `j` is `values[i * row + j * column]`, and one of the strides is 1.
#[derive(Debug, Clone, Copy)]
pub struct Matrix<'a> {
    pub(super) values: &'a [f32],
    pub(super) row: usize,
    pub(super) column: usize,
}

impl<'a> Matrix<'a> {
    /// A matrix whose rows begin `stride` numbers apart.
    pub fn rows(values: &'a [f32], stride: usize) -> Self {
        Self { values, row: stride, column: 1 }
    }

    /// The same numbers with rows and columns exchanged.
    pub fn transposed(self) -> Self {
        Self { values: self.values, row: self.column, column: self.row }
    }

    /// The matrix without its first rows.
    pub(super) fn skip_rows(self, rows: usize) -> Self {
        Self { values: &self.values[(rows * self.row).min(self.values.len())..], ..self }
    }

    /// Panics unless the matrix has so many rows and columns: what makes the kernels' pointers sound.
    pub(super) fn check(&self, rows: usize, columns: usize) {
        assert!(self.row == 1 || self.column == 1, "one stride of a matrix is 1, not {} and {}", self.row, self.column);
        let last = || {
            let (down, right) = ((rows - 1).checked_mul(self.row)?, (columns - 1).checked_mul(self.column)?);
            down.checked_add(right)
        };
        let is_inside = rows == 0 || columns == 0 || last().is_some_and(|last| last < self.values.len());
        assert!(is_inside, "a matrix of {rows}x{columns} does not lie in {} numbers", self.values.len());
    }
}
