//! Sentences to rows: what the readers of CoNLL files share. A sentence is a row, a column of its tokens a list, and a comment
//! `# key = value` a text.

mod columns;
mod conllu;
mod conllup;
mod features;
mod metadata;

use std::collections::HashMap;

pub(super) use columns::read as read_columns;
pub(super) use conllu::read as read_conllu;
pub(super) use conllup::read as read_conllup;

use super::delimited::{line_error, without_mark};
use super::{Cell, Column, ReadOptions, Rows, check_names};
use crate::error::{Error, Mend, Place, Position};

/// What stands for "no value" in a column of tokens.
const NOTHING: &str = "_";

/// A column of a sentence's tokens.
struct Field {
    name: String,
    kind: Kind,
    /// Which of a line's cells it is.
    place: usize,
}

/// What a column holds, and so what `_` means in it.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    /// The tokens themselves, in which `_` is a word like others.
    Words,
    /// What a word is a form of: `_` for the word `_`, and nothing for others.
    Lemmas,
    /// Labels; `_` is none.
    Labels,
    /// Features; `_` is that there are none, unless no word of the file has any.
    Features,
    /// Senses of predicates; `_` is a word that is none, unless no word of the file is one, and a sentence may have none.
    Predicates,
    /// Numbers of words, 0 for none above; `_` is not known.
    Heads,
}

impl Field {
    /// A field under the name that the formats give it.
    fn named(name: &str, place: usize) -> Self {
        let lower = name.to_lowercase();
        let (name, kind) = match lower.as_str() {
            "form" => ("tokens".to_owned(), Kind::Words),
            "lemma" => ("lemmas".to_owned(), Kind::Lemmas),
            "feats" => (lower, Kind::Features),
            "predicate" => (lower.clone(), Kind::Predicates),
            "head" => (lower, Kind::Heads),
            _ => (lower, Kind::Labels),
        };
        Self { name, kind, place }
    }
}

/// The lines of a sentence.
#[derive(Default)]
struct Sentence<'a> {
    /// Keys and values of its comments.
    metadata: Vec<(&'a str, &'a str)>,
    /// The line's number and cells of each token.
    tokens: Vec<(u64, Vec<&'a str>)>,
}

/// The whole file as text.
fn text<'a>(bytes: &'a [u8], name: &str) -> Result<&'a str, Error> {
    let bytes = without_mark(bytes, name)?;
    std::str::from_utf8(bytes).map_err(|cause| {
        let line = 1 + bytes[..cause.valid_up_to()].iter().filter(|byte| **byte == b'\n').count() as u64;
        line_error(name, line, "bytes that are not UTF-8".to_owned(), Mend::new("save the file as UTF-8"))
    })
}

/// The lines between empty ones, each with its number.
fn blocks(text: &str) -> impl Iterator<Item = Vec<(u64, &str)>> {
    let mut lines = (1..).zip(text.lines());
    std::iter::from_fn(move || {
        let is_empty = |line: &str| line.trim_ascii().is_empty();
        let first = lines.find(|(_, line)| !is_empty(line))?;
        let mut block = vec![first];
        block.extend(lines.by_ref().take_while(|(_, line)| !is_empty(line)));
        Some(block)
    })
}

/// Puts the rows together.
struct Builder<'a> {
    name: &'a str,
    options: &'a ReadOptions,
    fields: Vec<Field>,
    lists: Vec<Column>,
    metadata: Vec<Column>,
    index: HashMap<&'a str, usize>,
    positions: Vec<Position>,
}

impl<'a> Builder<'a> {
    fn new(name: &'a str, options: &'a ReadOptions, fields: Vec<Field>) -> Self {
        let lists = fields.iter().map(|field| Column::new(field.name.clone())).collect();
        Self { name, options, fields, lists, metadata: Vec::new(), index: HashMap::new(), positions: Vec::new() }
    }

    /// Appends a row; a sentence without tokens is none.
    fn push(&mut self, sentence: &Sentence<'a>) -> Result<(), Error> {
        let Some((first, _)) = sentence.tokens.first() else { return Ok(()) };
        let row = self.positions.len();
        for &(key, value) in &sentence.metadata {
            let column = *self.index.entry(key).or_insert_with(|| {
                self.metadata.push(Column::new(key));
                self.metadata.len() - 1
            });
            let column = &mut self.metadata[column];
            // Of a key that comes twice the first.
            if column.len() <= row {
                column.fill(row);
                column.push(if self.options.is_missing(value) { Cell::Missing } else { Cell::Text(value) });
            }
        }
        let words = self.fields.iter().find(|field| field.kind == Kind::Words).map(|field| field.place);
        for (field, column) in self.fields.iter().zip(&mut self.lists) {
            push_field(column, field, words, sentence, self.name)?;
        }
        self.positions.push(Position::Line(*first));
        Ok(())
    }

    fn finish(self) -> Result<Rows, Error> {
        let Some(first) = self.positions.first().copied() else {
            return Err(Error::NoRow { path: self.name.to_owned(), what: "has no sentence" });
        };
        let mut columns = self.metadata;
        columns.iter_mut().for_each(|column| column.fill(self.positions.len()));
        let lists = self.fields.iter().zip(self.lists);
        let of_all = [Kind::Features, Kind::Predicates];
        columns.extend(lists.map(|(field, list)| if of_all.contains(&field.kind) { features::known(list) } else { list }));
        let place = || Place { table: self.name.to_owned(), position: first, column: None };
        check_names(columns.iter().map(|column| column.name.as_str()), place)?;
        Ok(Rows { columns, positions: self.positions })
    }
}

/// One list of a sentence; missing where no token has a value.
fn push_field(column: &mut Column, field: &Field, words: Option<usize>, sentence: &Sentence<'_>, name: &str) -> Result<(), Error> {
    let cells = || sentence.tokens.iter().map(|(_, cells)| cells[field.place]);
    if field.kind == Kind::Heads {
        let head = |(line, cells): &(u64, Vec<&str>)| match cells[field.place] {
            NOTHING => Ok(f64::NAN),
            cell => cell.parse::<u32>().map(f64::from).map_err(|_| Error::Line {
                place: Place { table: name.to_owned(), position: Position::Line(*line), column: Some(field.name.clone()) },
                problem: format!("{} is not the number of a word", crate::value::quote(cell)),
                mend: Mend::new("write 0 for the root and _ where it is not known"),
            }),
        };
        let heads = sentence.tokens.iter().map(head).collect::<Result<Vec<f64>, Error>>()?;
        column.push(if heads.iter().all(|head| head.is_nan()) { Cell::Missing } else { Cell::Numbers(&heads) });
        return Ok(());
    }
    let word = |token: usize| words.map_or("", |place| sentence.tokens[token].1[place]);
    // Treebanks whose texts cannot be published have `_` for every word.
    let withheld = sentence.tokens.len() > 1 && (0..sentence.tokens.len()).all(|token| word(token) == NOTHING);
    let is_gap = |(token, cell): (usize, &str)| {
        cell == NOTHING
            && match field.kind {
                Kind::Words | Kind::Lemmas => withheld || word(token) != NOTHING,
                Kind::Labels | Kind::Predicates | Kind::Heads => true,
                Kind::Features => false,
            }
    };
    let text = |cell: (usize, &str)| match field.kind {
        _ if is_gap(cell) => String::new(),
        Kind::Features => features::ordered(cell.1),
        _ => cell.1.to_owned(),
    };
    let texts: Vec<String> = cells().enumerate().map(text).collect();
    let is_unknown = field.kind != Kind::Predicates && texts.iter().all(String::is_empty);
    column.push(if is_unknown { Cell::Missing } else { Cell::Texts(&texts) });
    Ok(())
}
