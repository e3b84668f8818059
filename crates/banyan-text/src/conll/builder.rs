//! Sentences put together.

use std::collections::HashMap;

use super::features::{ordered, without_any};
use super::{Cells, Column, Comment, Field, Kind, NOTHING, Sentence, Sentences};
use crate::{Error, Hint, Place, quote};

pub(super) struct Builder<'a> {
    file: &'a str,
    fields: Vec<Field>,
    index: HashMap<&'a str, usize>,
    all: Sentences<'a>,
}

impl<'a> Builder<'a> {
    pub(super) fn new(file: &'a str, fields: Vec<Field>) -> Self {
        let cells = |kind| if kind == Kind::Heads { Cells::Heads(Vec::new()) } else { Cells::Texts(Vec::new()) };
        let columns = fields.iter().map(|field| Column { name: field.name.clone(), cells: cells(field.kind) }).collect();
        Self { file, fields, index: HashMap::new(), all: Sentences { columns, ..Sentences::default() } }
    }

    /// Appends a sentence; one without tokens is none.
    pub(super) fn push(&mut self, sentence: &Sentence<'a>) -> Result<(), Error> {
        let Some((first, _)) = sentence.tokens.first() else { return Ok(()) };
        let before = self.all.lines.len();
        for &(key, value) in &sentence.metadata {
            let place = *self.index.entry(key).or_insert_with(|| {
                self.all.comments.push(Comment { key, values: Vec::new() });
                self.all.comments.len() - 1
            });
            let values = &mut self.all.comments[place].values;
            // Of a key that comes twice the first.
            if values.len() <= before {
                values.resize(before, None);
                values.push(Some(value));
            }
        }
        let words = self.fields.iter().find(|field| field.kind == Kind::Words).map(|field| field.place);
        for (field, column) in self.fields.iter().zip(&mut self.all.columns) {
            match &mut column.cells {
                Cells::Texts(lists) => lists.push(texts(field, words, sentence)),
                Cells::Heads(lists) => lists.push(heads(field, sentence, self.file)?),
            }
        }
        self.all.lines.push(*first);
        Ok(())
    }

    pub(super) fn finish(self) -> Result<Sentences<'a>, Error> {
        let Self { file, fields, mut all, .. } = self;
        if all.lines.is_empty() {
            return Err(Error::NoSentence { path: file.to_owned(), what: "has no sentence" });
        }
        all.comments.iter_mut().for_each(|comment| comment.values.resize(all.lines.len(), None));
        for (field, column) in fields.iter().zip(&mut all.columns) {
            if let (Kind::Features | Kind::Predicates, Cells::Texts(lists)) = (field.kind, &mut column.cells)
                && without_any(lists)
            {
                lists.fill(None);
            }
        }
        Ok(all)
    }
}

/// The heads of a sentence; none where no token has one.
fn heads(field: &Field, sentence: &Sentence<'_>, file: &str) -> Result<Option<Vec<Option<u32>>>, Error> {
    let head = |(line, cells): &(u64, Vec<&str>)| match cells[field.place] {
        NOTHING => Ok(None),
        cell => cell.parse().map(Some).map_err(|_| Error::Line {
            place: Place { file: file.to_owned(), line: *line, column: Some(field.name.clone()) },
            problem: format!("{} is not the number of a word", quote(cell)),
            hint: Hint::new("write 0 for the root and _ where it is not known"),
        }),
    };
    let heads: Vec<Option<u32>> = sentence.tokens.iter().map(head).collect::<Result<_, Error>>()?;
    Ok(Some(heads).filter(|heads| heads.iter().any(Option::is_some)))
}

/// One list of a sentence; none where no token has a value.
fn texts(field: &Field, words: Option<usize>, sentence: &Sentence<'_>) -> Option<Vec<String>> {
    let word = |token: usize| words.map_or("", |place| sentence.tokens[token].1[place]);
    // Treebanks whose texts cannot be published have `_` for every word.
    let withheld = sentence.tokens.len() > 1 && (0..sentence.tokens.len()).all(|token| word(token) == NOTHING);
    let is_gap = |token: usize, cell: &str| {
        cell == NOTHING
            && match field.kind {
                Kind::Words | Kind::Lemmas => withheld || word(token) != NOTHING,
                Kind::Labels | Kind::Predicates | Kind::Heads => true,
                Kind::Features => false,
            }
    };
    let text = |(token, cell): (usize, &str)| {
        if is_gap(token, cell) {
            return String::new();
        }
        if field.kind == Kind::Features { ordered(cell) } else { cell.to_owned() }
    };
    let cells = sentence.tokens.iter().map(|(_, cells)| cells[field.place]);
    let texts: Vec<String> = cells.enumerate().map(text).collect();
    let is_unknown = field.kind != Kind::Predicates && texts.iter().all(String::is_empty);
    (!is_unknown).then_some(texts)
}
