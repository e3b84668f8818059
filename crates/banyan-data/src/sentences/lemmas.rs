//! The words and lemmas of a sentence.

use std::borrow::Cow;

use banyan_text::LabelError;
use banyan_text::lemmas::{Pair, pairs};

use super::{misaligned, unread};
use crate::error::Error;
use crate::read;
use crate::table::{Column, Table};

/// The columns of lemmas and of the words that they are those of.
#[derive(Clone, Copy)]
pub(crate) struct LemmaColumns<'a> {
    pub(crate) table: &'a Table,
    pub(crate) words: &'a Column,
    pub(crate) lemmas: &'a Column,
}

impl<'a> LemmaColumns<'a> {
    /// Whether a row has lemmas, whatever its words.
    pub(crate) fn has_labels(&self, row: usize) -> Result<bool, Error> {
        Ok(self.lemmas(row)?.is_some())
    }

    /// The words of a row, each with its lemma; nothing where the row has no words or no lemmas.
    pub(crate) fn read(&self, row: usize) -> Result<Vec<Pair<'a>>, Error> {
        let words = read::words(self.words.cell(row)).ok().flatten();
        let (Some(lemmas), Some(words)) = (self.lemmas(row)?, words) else { return Ok(Vec::new()) };
        if words.len() != lemmas.len() {
            return Err(misaligned(self.table.place(row, Some(&self.lemmas.name)), lemmas.len(), words.len(), self.words, row));
        }
        Ok(pairs(words, lemmas))
    }

    fn lemmas(&self, row: usize) -> Result<Option<Vec<Cow<'a, str>>>, Error> {
        let hint = "write the lemmas of a row as a list, one for each word";
        read::lemmas(self.lemmas.cell(row))
            .map_err(|problem| unread(self.table.place(row, Some(&self.lemmas.name)), LabelError { problem, hint }))
    }
}
