//! A truth value for each row, a bit each.

use std::ops::Index;

const BITS: usize = u64::BITS as usize;

/// For each row whether something is there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mask {
    words: Vec<u64>,
    rows: usize,
}

impl Mask {
    /// The number of rows.
    pub fn len(&self) -> usize {
        self.rows
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// The rows in which it is there.
    pub fn count(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// The truth values in the order of the rows.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = bool> + '_ {
        (0..self.rows).map(|row| self[row])
    }

    /// The truth values in the order of the rows.
    pub fn to_vec(&self) -> Vec<bool> {
        self.iter().collect()
    }

    /// Those of some rows, in the order asked.
    pub(crate) fn select(&self, rows: &[usize]) -> Vec<bool> {
        rows.iter().map(|row| self[*row]).collect()
    }

    /// Appends a row.
    pub(crate) fn push(&mut self, value: bool) {
        if self.rows.is_multiple_of(BITS) {
            self.words.push(0);
        }
        let last = self.words.len() - 1;
        self.words[last] |= u64::from(value) << (self.rows % BITS);
        self.rows += 1;
    }

    /// The bits, 64 rows a word.
    pub(crate) fn words(&self) -> &[u64] {
        &self.words
    }

    /// From what [`words`](Self::words) gave.
    pub(crate) fn of_words(words: Vec<u64>, rows: usize) -> Option<Self> {
        (words.len() == rows.div_ceil(BITS)).then_some(Self { words, rows })
    }
}

impl Index<usize> for Mask {
    type Output = bool;

    fn index(&self, row: usize) -> &bool {
        assert!(row < self.rows, "a row of the mask");
        if self.words[row / BITS] >> (row % BITS) & 1 == 1 { &true } else { &false }
    }
}

impl FromIterator<bool> for Mask {
    fn from_iter<I: IntoIterator<Item = bool>>(values: I) -> Self {
        let mut mask = Self::default();
        mask.extend(values);
        mask
    }
}

impl Extend<bool> for Mask {
    fn extend<I: IntoIterator<Item = bool>>(&mut self, values: I) {
        values.into_iter().for_each(|value| self.push(value));
    }
}

impl PartialEq<[bool]> for Mask {
    fn eq(&self, other: &[bool]) -> bool {
        self.iter().eq(other.iter().copied())
    }
}

impl<const N: usize> PartialEq<[bool; N]> for &Mask {
    fn eq(&self, other: &[bool; N]) -> bool {
        **self == other[..]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn keeps_what_it_was_given(values in prop::collection::vec(any::<bool>(), 0..200)) {
            let mask: Mask = values.iter().copied().collect();
            prop_assert_eq!(&mask.to_vec(), &values);
            prop_assert_eq!((mask.len(), mask.count()), (values.len(), values.iter().filter(|value| **value).count()));
            prop_assert_eq!(Mask::of_words(mask.words().to_vec(), values.len()), Some(mask));
        }
    }
}
