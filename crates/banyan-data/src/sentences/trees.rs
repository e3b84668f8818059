//! The heads and relations of a sentence's words.

use std::borrow::Cow;

use banyan_text::LabelError;
use banyan_text::trees::{Arc, arcs};

use super::{count_words, misaligned, unread};
use crate::error::Error;
use crate::read;
use crate::table::{Column, Table};

/// The columns of trees and of the words that they are over.
#[derive(Clone, Copy)]
pub(crate) struct TreeColumns<'a> {
    pub(crate) table: &'a Table,
    pub(crate) words: &'a Column,
    pub(crate) heads: &'a Column,
    pub(crate) relations: &'a Column,
}

impl<'a> TreeColumns<'a> {
    /// The number of a row's words.
    pub(crate) fn words(&self, row: usize) -> usize {
        count_words(self.words.cell(row))
    }

    /// Whether a row has both heads and relations, whatever its words.
    pub(crate) fn has_labels(&self, row: usize) -> Result<bool, Error> {
        Ok(self.labels(self.heads, row)?.is_some() && self.labels(self.relations, row)?.is_some())
    }

    /// The arc of each of a row's words, of which there are `count`; none for a word that lacks head or relation, and nothing for a row
    /// that lacks the heads or the relations of all.
    pub(crate) fn read(&self, row: usize, count: usize) -> Result<Vec<Option<Arc<'a>>>, Error> {
        let (heads, relations) = (self.labels(self.heads, row)?, self.labels(self.relations, row)?);
        for (column, labels) in [(self.heads, &heads), (self.relations, &relations)] {
            if let Some(labels) = labels.as_ref().filter(|labels| labels.len() != count) {
                return Err(misaligned(self.table.place(row, Some(&column.name)), labels.len(), count, self.words, row));
            }
        }
        let Some(heads) = heads else { return Ok(Vec::new()) };
        arcs(&heads, relations.unwrap_or_default()).map_err(|error| self.unread(self.heads, row, error))
    }

    fn labels(&self, column: &'a Column, row: usize) -> Result<Option<Vec<Cow<'a, str>>>, Error> {
        let hint = "write the heads of a row as a list, one for each word, and so the relations";
        read::labels(column.cell(row)).map_err(|problem| self.unread(column, row, LabelError { problem, hint }))
    }

    fn unread(&self, column: &Column, row: usize, error: LabelError) -> Error {
        unread(self.table.place(row, Some(&column.name)), error)
    }
}
