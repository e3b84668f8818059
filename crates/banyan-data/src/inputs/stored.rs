//! Encoded columns, and how a batch gathers rows of them.

use std::fmt::Debug;

use banyan_text::Ragged;
use banyan_text::tokens::TokenValues;
use bytemuck::{Pod, cast};

use super::InputValues;
use crate::dataset::Mask;
use crate::dataset::loaded::LoadedValues;
use crate::error::Error;

/// An input's column: for each row whether it is there, and its value.
#[derive(Debug)]
pub(crate) struct InputStore {
    pub(crate) present: Mask,
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

    /// Words of 32 bits that each row has, where they are as many in every row, so that rows may be kept in a file.
    fn width(&self) -> Option<usize> {
        None
    }

    /// Appends the words of a row.
    fn push_words(&self, _row: usize, _words: &mut Vec<u32>) {
        unreachable!("rows of other kinds are not kept in files")
    }

    /// What a batch holds of rows of these words.
    fn of_words(&self, _words: Vec<u32>) -> InputValues {
        unreachable!("rows of other kinds are not kept in files")
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

    /// As [`StoredValues::width`].
    fn width(&self) -> Option<usize> {
        None
    }

    /// As [`StoredValues::push_words`].
    fn push_words(&self, _row: usize, _words: &mut Vec<u32>) {
        unreachable!("rows of other kinds are not kept in files")
    }

    /// As [`StoredValues::of_words`].
    fn of_words(&self, _words: Vec<u32>) -> Self::Selected {
        unreachable!("rows of other kinds are not kept in files")
    }
}

/// A value of 32 bits a row.
impl<T: Pod + Debug> Select for Vec<T> {
    type Selected = Self;

    fn select(&self, rows: &[usize]) -> Self {
        rows.iter().map(|row| self[*row]).collect()
    }

    fn width(&self) -> Option<usize> {
        Some(1)
    }

    fn push_words(&self, row: usize, words: &mut Vec<u32>) {
        words.push(cast(self[row]));
    }

    fn of_words(&self, words: Vec<u32>) -> Self {
        words.into_iter().map(cast).collect()
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

    fn width(&self) -> Option<usize> {
        self.values.width()
    }

    fn push_words(&self, row: usize, words: &mut Vec<u32>) {
        self.values.push_words(row, words);
    }

    fn of_words(&self, words: Vec<u32>) -> InputValues {
        (self.variant)(self.values.of_words(words))
    }
}

impl InputStore {
    /// Values that are all in memory, with the variant that a batch holds them in.
    pub(super) fn in_memory<V: Select + Debug + Send + Sync + 'static>(
        present: Vec<bool>,
        values: V,
        variant: fn(V::Selected) -> InputValues,
    ) -> Self {
        Self { present: present.into_iter().collect(), values: Box::new(InMemory { values, variant }) }
    }

    /// The number of words in a row that tasks may label; 0 where the input has none.
    pub(crate) fn tokens(&self, row: usize) -> usize {
        self.values.words(row)
    }
}
