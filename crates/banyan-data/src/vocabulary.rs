//! Looking words up.

use std::collections::HashMap;

use crate::value::{canonical, truth_word};

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

    /// The place of a word, from 0. Where the words are `true` and `false`, what other files write for them is found, too: `Yes`, `off`, `T`, `0`.
    pub(crate) fn find(&self, word: &str) -> Option<u32> {
        let word = (self.spelling)(word);
        self.find_spelled(word).or_else(|| {
            let [truth, falsehood] = [self.find_spelled("true"), self.find_spelled("false")];
            let is_of_truth_values = self.len() == 2 && truth.is_some() && falsehood.is_some();
            if is_of_truth_values { truth_word(word).and_then(|value| if value { truth } else { falsehood }) } else { None }
        })
    }

    fn find_spelled(&self, word: &str) -> Option<u32> {
        match &self.words {
            Words::Index(index) => index.get(word).copied(),
            Words::List(words) => words.iter().position(|known| (self.spelling)(known) == word).map(|place| place as u32),
        }
    }

    fn len(&self) -> usize {
        match &self.words {
            Words::Index(index) => index.len(),
            Words::List(words) => words.len(),
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
            assert_eq!(["true", "TRUE", "False", "maybe"].map(|label| vocabulary.find(label)), [Some(1), Some(1), Some(0), None]);
            assert_eq!(["Yes", "On", "T", "1", "no", "F"].map(|label| vocabulary.find(label)), [1, 1, 1, 1, 0, 0].map(Some));
            let others = ["true", "false", "unknown"].map(str::to_owned);
            assert_eq!(Vocabulary::of_labels(&others, rows).find("Yes"), None);
        }
    }
}
