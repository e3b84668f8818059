//! Looking words up.

use std::collections::HashMap;

/// An index is made where at least this many rows will ask: for a row or two, as in a service, it costs more than it saves.
const WORTH_AN_INDEX: usize = 16;

/// A vocabulary, for looking up the words of some rows.
pub(crate) enum Vocabulary<'a> {
    Index(HashMap<&'a str, u32>),
    List(&'a [String]),
}

impl<'a> Vocabulary<'a> {
    /// For so many rows.
    pub(crate) fn new(words: &'a [String], rows: usize) -> Self {
        if rows < WORTH_AN_INDEX {
            return Self::List(words);
        }
        Self::Index(words.iter().enumerate().map(|(place, word)| (word.as_str(), place as u32)).collect())
    }

    /// The place of a word, from 0.
    pub(crate) fn find(&self, word: &str) -> Option<u32> {
        match self {
            Self::Index(index) => index.get(word).copied(),
            Self::List(words) => words.iter().position(|known| known == word).map(|place| place as u32),
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
}
