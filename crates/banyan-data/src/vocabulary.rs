//! Looking words up.

use std::collections::HashMap;

use crate::value::canonical;

/// An index is made where at least this many rows will ask: for a row or two, as in a service, it costs more than it saves.
const WORTH_AN_INDEX: usize = 16;

/// A vocabulary, for looking up the words of some rows.
pub(crate) struct Vocabulary<'a> {
    words: Words<'a>,
    /// The spelling in which a word is looked up.
    spelling: fn(&str) -> &str,
}

enum Words<'a> {
    Index(HashMap<&'a str, u32>),
    List(&'a [String]),
}

impl<'a> Vocabulary<'a> {
    /// For so many rows.
    pub(crate) fn new(words: &'a [String], rows: usize) -> Self {
        Self::spelled(words, rows, |word| word)
    }

    /// Of labels, each of which is found in all its spellings: `True` is `true`.
    pub(crate) fn of_labels(labels: &'a [String], rows: usize) -> Self {
        Self::spelled(labels, rows, canonical)
    }

    fn spelled(words: &'a [String], rows: usize, spelling: fn(&str) -> &str) -> Self {
        let index = || words.iter().zip(0..).map(|(word, place)| (spelling(word), place)).collect();
        Self { words: if rows < WORTH_AN_INDEX { Words::List(words) } else { Words::Index(index()) }, spelling }
    }

    /// The place of a word, from 0.
    pub(crate) fn find(&self, word: &str) -> Option<u32> {
        let word = (self.spelling)(word);
        match &self.words {
            Words::Index(index) => index.get(word).copied(),
            Words::List(words) => words.iter().position(|known| (self.spelling)(known) == word).map(|place| place as u32),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_has_its_place_however_it_is_looked_up() {
        let words = ["b", "a", "c"].map(str::to_owned);
        for rows in [1, WORTH_AN_INDEX] {
            let vocabulary = Vocabulary::new(&words, rows);
            assert_eq!(["a", "b", "c", "d"].map(|word| vocabulary.find(word)), [Some(1), Some(0), Some(2), None]);
        }
    }

    #[test]
    fn labels_are_found_in_all_their_spellings() {
        let labels = ["False", "True"].map(str::to_owned);
        for rows in [1, WORTH_AN_INDEX] {
            let vocabulary = Vocabulary::of_labels(&labels, rows);
            assert_eq!(["true", "TRUE", "False", "no"].map(|label| vocabulary.find(label)), [Some(1), Some(1), Some(0), None]);
        }
    }
}
