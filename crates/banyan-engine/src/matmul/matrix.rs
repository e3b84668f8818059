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
        let least = if rows == 0 || columns == 0 { 0 } else { (rows - 1) * self.row + (columns - 1) * self.column + 1 };
        assert!(self.values.len() >= least, "a matrix of {rows}x{columns} needs {least} numbers, not {}", self.values.len());
    }
}
