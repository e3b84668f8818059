//! What inputs with a vocabulary share.

use std::collections::HashMap;
use std::ops::RangeInclusive;

use crate::report::Note;
use crate::vocabulary::Vocabulary;

/// Values that are kept unless the configuration says otherwise.
pub(super) const DEFAULT_VALUES: usize = 1000;
/// Values that may be kept.
pub(super) const VALUES: RangeInclusive<usize> = 1..=1 << 24;

/// Values by falling count, then by name: the same vocabulary whatever the order of the rows.
pub(super) fn most_frequent(counts: HashMap<String, usize>, most: usize) -> Vec<String> {
    let mut values: Vec<(String, usize)> = counts.into_iter().collect();
    values.sort_by(|(left, left_count), (right, right_count)| right_count.cmp(left_count).then_with(|| left.cmp(right)));
    values.truncate(most);
    values.into_iter().map(|(value, _)| value).collect()
}

/// The vocabulary while cells are looked up in it. A batch holds `i + 1` for its `i`-th value.
pub(super) struct Lookup<'a> {
    known: Vocabulary<'a>,
    unseen: Note,
}

impl<'a> Lookup<'a> {
    /// For so many rows.
    pub(super) fn new(values: &'a [String], rows: usize) -> Self {
        Self { known: Vocabulary::new(values, rows), unseen: Note::new(["value was", "values were"], "not seen in training") }
    }

    /// The index of a value; 0, and a note of it, for one that training has not seen.
    pub(super) fn index(&mut self, value: &str) -> u32 {
        self.known.find(value).map_or_else(
            || {
                self.unseen.add(value);
                0
            },
            |place| place + 1,
        )
    }

    /// What was not in the vocabulary.
    pub(super) fn unseen(self) -> Note {
        self.unseen
    }
}
