//! Encoded columns, and how a batch gathers rows of them.

use std::fmt::Debug;

use banyan_text::Ragged;
use banyan_text::tokens::TokenValues;

use super::InputValues;
use crate::dataset::loaded::LoadedValues;
use crate::error::Error;

/// An input's column: for each row whether it is there, and its value.
#[derive(Debug)]
pub(crate) struct InputStore {
    pub(crate) present: Vec<bool>,
    pub(crate) values: Box<dyn StoredValues>,
}

/// The values of all rows of an input; those of absent rows are zeros or empty.
pub(crate) trait StoredValues: Debug + Send + Sync {
    /// The values of some rows, in the order asked.
    fn gather(&self, rows: &[usize], loaded: &LoadedValues) -> InputValues;

    /// The number of words in a row that tasks may label.
    fn words(&self, _row: usize) -> usize {
        0
    }

    /// Whether memory keeps all of it.
    fn is_whole(&self) -> bool {
        true
    }

    /// Decodes what rows need and memory does not keep.
    fn load(&self, _rows: &[usize]) -> Result<LoadedValues, Error> {
        Ok(LoadedValues::default())
    }
}

/// Rows of values that are all in memory.
pub(super) trait Select {
    /// What a batch holds of them.
    type Selected: Debug;

    /// These rows, in this order.
    fn select(&self, rows: &[usize]) -> Self::Selected;

    /// The number of words in a row that tasks may label.
    fn words(&self, _row: usize) -> usize {
        0
    }
}

impl<T: Copy + Debug> Select for Vec<T> {
    type Selected = Self;

    fn select(&self, rows: &[usize]) -> Self {
        rows.iter().map(|row| self[*row]).collect()
    }
}

impl Select for Ragged {
    type Selected = Self;

    fn select(&self, rows: &[usize]) -> Self {
        Ragged::select(self, rows)
    }
}

impl Select for TokenValues {
    type Selected = Self;

    fn select(&self, rows: &[usize]) -> Self {
        TokenValues::select(self, rows)
    }

    fn words(&self, row: usize) -> usize {
        (self.offsets[row + 1] - self.offsets[row]) as usize
    }
}

/// Values that are all in memory.
#[derive(Debug)]
struct InMemory<V: Select> {
    values: V,
    /// The variant that a batch holds them in.
    variant: fn(V::Selected) -> InputValues,
}

impl<V: Select + Debug + Send + Sync> StoredValues for InMemory<V> {
    fn gather(&self, rows: &[usize], _: &LoadedValues) -> InputValues {
        (self.variant)(self.values.select(rows))
    }

    fn words(&self, row: usize) -> usize {
        self.values.words(row)
    }
}

impl InputStore {
    /// Values that are all in memory, with the variant that a batch holds them in.
    pub(super) fn in_memory<V: Select + Debug + Send + Sync + 'static>(
        present: Vec<bool>,
        values: V,
        variant: fn(V::Selected) -> InputValues,
    ) -> Self {
        Self { present, values: Box::new(InMemory { values, variant }) }
    }

    /// The number of words in a row that tasks may label; 0 where the input has none.
    pub(crate) fn tokens(&self, row: usize) -> usize {
        self.values.words(row)
    }
}
