//! The heads and relations of a sentence's words.

use std::borrow::Cow;

use crate::error::{Error, Mend};
use crate::fit::misaligned;
use crate::read;
use crate::table::{Column, Table};
use crate::value::{parse_number, quote};

/// What the column of the relations is called, as in CoNLL-U, where nothing else is said.
pub(crate) const RELATION: &str = "deprel";

/// What a word depends on, and how.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Arc<'a> {
    /// 0 for the root, else the number of a word, from 1.
    pub(crate) head: u32,
    pub(crate) relation: Cow<'a, str>,
}

/// The columns of trees and of the words that they are over.
#[derive(Clone, Copy)]
pub(crate) struct Columns<'a> {
    pub(crate) table: &'a Table,
    pub(crate) words: &'a Column,
    pub(crate) heads: &'a Column,
    pub(crate) relations: &'a Column,
}

impl<'a> Columns<'a> {
    /// The number of a row's words.
    pub(crate) fn words(&self, row: usize) -> usize {
        read::words(self.words.cell(row)).ok().flatten().map_or(0, |words| words.len())
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
                let place = self.table.place(row, Some(&column.name));
                return Err(misaligned(place, labels.len(), count, &self.words.name, self.words.cell(row)));
            }
        }
        let Some(heads) = heads else { return Ok(Vec::new()) };
        let heads = (1..).zip(&heads).map(|(word, text)| self.head(row, word, text, count)).collect::<Result<Vec<Option<u32>>, Error>>()?;
        let arc =
            |(head, relation): (Option<u32>, Cow<'a, str>)| Some(Arc { head: head?, relation }).filter(|arc| !arc.relation.is_empty());
        Ok(heads.into_iter().zip(relations.unwrap_or_default()).map(arc).collect())
    }

    fn labels(&self, column: &'a Column, row: usize) -> Result<Option<Vec<Cow<'a, str>>>, Error> {
        read::labels(column.cell(row)).map_err(|problem| Error::Cell {
            place: self.table.place(row, Some(&column.name)),
            problem,
            mend: Mend::new("write the heads of a row as a list, one for each word, and so the relations"),
        })
    }

    /// The head of a word, counted from 1.
    fn head(&self, row: usize, word: usize, text: &str, count: usize) -> Result<Option<u32>, Error> {
        const COUNTED: &str = "heads count the words from 1, and 0 is the root";
        if text.is_empty() {
            return Ok(None);
        }
        let wrong = |problem: String, mend: &str| {
            Err(Error::Cell { place: self.table.place(row, Some(&self.heads.name)), problem, mend: Mend::new(mend) })
        };
        let Some(number) = parse_number(text).filter(|number| number.fract() == 0.0) else {
            let mend =
                if parse_number(text).is_some() { COUNTED } else { "a task's column has the heads, and its relation the other column" };
            return wrong(format!("the head of word {word} is {}, which is no whole number", quote(text)), mend);
        };
        if !(0.0..=count as f64).contains(&number) {
            let words = if count == 1 { "word" } else { "words" };
            return wrong(format!("the head of word {word} is {number} in a sentence of {count} {words}"), COUNTED);
        }
        if number == word as f64 {
            return wrong(format!("word {word} is its own head"), "write 0 for the root, and null where the head is not known");
        }
        Ok(Some(number as u32))
    }
}
