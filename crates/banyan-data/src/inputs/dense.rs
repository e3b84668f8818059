//! As many numbers in every row.

use super::BatchValues;
use super::stored::Select;

/// Standardized numbers, as many in every row.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DenseValues {
    /// Numbers a row.
    pub width: usize,
    /// `rows × width` numbers.
    pub values: Vec<f32>,
}

impl DenseValues {
    pub(super) fn with_capacity(rows: usize, width: usize) -> Self {
        Self { width, values: Vec::with_capacity(rows * width) }
    }

    /// Appends a row of zeros.
    pub(super) fn push_absent(&mut self) {
        self.values.resize(self.values.len() + self.width, 0.0);
    }
}

impl Select for DenseValues {
    type Selected = Self;

    fn select(&self, rows: &[usize]) -> Self {
        let values = rows.iter().flat_map(|row| &self.values[row * self.width..(row + 1) * self.width]).copied().collect();
        Self { width: self.width, values }
    }

    fn width(&self) -> Option<usize> {
        Some(self.width)
    }

    fn push_words(&self, row: usize, words: &mut Vec<u32>) {
        words.extend(self.values[row * self.width..(row + 1) * self.width].iter().map(|value| value.to_bits()));
    }

    fn of_words(&self, words: Vec<u32>) -> Self {
        Self { width: self.width, values: words.into_iter().map(f32::from_bits).collect() }
    }
}

impl BatchValues for DenseValues {}
