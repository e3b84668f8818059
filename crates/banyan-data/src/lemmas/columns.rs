//! The words and lemmas of a sentence.

use std::borrow::Cow;

use crate::error::{Error, Mend};
use crate::fit::misaligned;
use crate::read;
use crate::table::{Column, Table};

/// What stands for no lemma.
const NOTHING: &str = "_";

/// A word and its lemma, where it is known.
pub(crate) type Pair<'a> = (Cow<'a, str>, Option<Cow<'a, str>>);

/// The columns of lemmas and of the words that they are those of.
#[derive(Clone, Copy)]
pub(crate) struct Columns<'a> {
    pub(crate) table: &'a Table,
    pub(crate) words: &'a Column,
    pub(crate) lemmas: &'a Column,
}

impl<'a> Columns<'a> {
    /// Whether a row has lemmas, whatever its words.
    pub(crate) fn has_labels(&self, row: usize) -> Result<bool, Error> {
        Ok(self.lemmas(row)?.is_some())
    }

    /// The words of a row, each with its lemma; nothing where the row has no words or no lemmas.
    pub(crate) fn read(&self, row: usize) -> Result<Vec<Pair<'a>>, Error> {
        let words = read::words(self.words.cell(row)).ok().flatten();
        let (Some(lemmas), Some(words)) = (self.lemmas(row)?, words) else { return Ok(Vec::new()) };
        if words.len() != lemmas.len() {
            let place = self.table.place(row, Some(&self.lemmas.name));
            return Err(misaligned(place, lemmas.len(), words.len(), &self.words.name, self.words.cell(row)));
        }
        let known = |word: &str, lemma: &str| !(word.is_empty() || lemma.is_empty() || (lemma == NOTHING && word != NOTHING));
        let pair = |(word, lemma): (Cow<'a, str>, Cow<'a, str>)| {
            let lemma = Some(lemma).filter(|lemma| known(&word, lemma));
            (word, lemma)
        };
        Ok(words.into_iter().zip(lemmas).map(pair).collect())
    }

    fn lemmas(&self, row: usize) -> Result<Option<Vec<Cow<'a, str>>>, Error> {
        read::lemmas(self.lemmas.cell(row)).map_err(|problem| Error::Cell {
            place: self.table.place(row, Some(&self.lemmas.name)),
            problem,
            mend: Mend::new("write the lemmas of a row as a list, one for each word"),
        })
    }
}
