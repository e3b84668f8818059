//! What inputs with a vocabulary share.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::ops::RangeInclusive;

use crate::by_value::ByValue;
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
    values: &'a [String],
    by_value: OnceCell<ByValue>,
    unseen: Note,
}

impl<'a> Lookup<'a> {
    /// For so many rows.
    pub(super) fn new(values: &'a [String], rows: usize) -> Self {
        let unseen = Note::new(["value was", "values were"], "not seen in training");
        Self { known: Vocabulary::new(values, rows), values, by_value: OnceCell::new(), unseen }
    }

    /// As [`index`](Self::index), of the name of a number that no text spelled: it is the value `1.50` of texts, too.
    pub(super) fn index_of_number(&mut self, name: &str) -> u32 {
        let by_value = || self.by_value.get_or_init(|| ByValue::of(self.values.iter().map(String::as_str)));
        let found = self.known.find(name).or_else(|| self.known.find(by_value().find(name)?));
        found.map_or_else(|| self.index(name), |place| place + 1)
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
