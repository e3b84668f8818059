//! What the kinds of label share where they learn: messages, counts of labels, and their order.

use std::collections::HashMap;

use super::TargetConfig;
use super::canvas::Canvas;
use super::settings::canonical;
use crate::by_value::ByValue;
use crate::error::{Error, Hint};
use crate::rows::Rows;
use crate::suggest;
use crate::table::{Cell, Column, Table};
use crate::value::{compare_names, parse_number, quote, truth_value};

/// A task to be learned, with its training rows.
#[derive(Clone, Copy)]
pub(crate) struct Task<'a> {
    pub(crate) table: &'a Table,
    pub(crate) rows: &'a [usize],
    pub(crate) column: &'a Column,
    pub(crate) name: &'a str,
    pub(crate) config: &'a TargetConfig,
    pub(crate) inputs: &'a [TaskInput],
}

/// An input as a task sees it.
#[derive(Debug)]
pub(crate) struct TaskInput {
    pub(crate) name: String,
    pub(crate) column: String,
    /// Whether it is one of words, which tasks can label.
    pub(crate) has_words: bool,
    /// What its images are laid on, for one of images, on which labels can lie.
    pub(crate) canvas: Option<Canvas>,
}

impl<'a> Task<'a> {
    pub(super) fn error(&self, problem: impl Into<String>, hint: impl Into<String>) -> Error {
        Error::Task { task: self.name.to_owned(), problem: problem.into(), hint: Hint::new(hint) }
    }

    pub(super) fn cell_error(&self, row: usize, problem: String, hint: impl Into<String>) -> Error {
        Error::Cell { place: self.table.place(row, Some(&self.column.name)), problem, hint: Hint::new(hint) }
    }

    pub(super) fn no_labels(&self) -> Error {
        self.error(
            format!("column \"{}\" is empty in every training row", self.column.name),
            "leave the task out, or train on rows that have the label",
        )
    }

    /// The cells of its column.
    pub(super) fn as_rows(&self) -> Rows<'a> {
        Rows { table: self.table, rows: self.rows, column: self.column }
    }

    pub(super) fn cell(&self, row: usize) -> Cell<'a> {
        self.column.cell(row)
    }

    pub(super) fn cells(&self) -> impl Iterator<Item = Cell<'a>> {
        let column = self.column;
        self.rows.iter().map(move |row| column.cell(*row))
    }

    /// The labels in the order that the configuration gives, or else in that of numbers and names.
    pub(super) fn order(&self, found: &Counts) -> Result<Vec<String>, Error> {
        let Some(given) = self.config.settings.classes() else {
            let mut names: Vec<String> = found.iter().map(|(name, (_, row))| spelling_in(self.cell(*row), name)).collect();
            names.sort_by(|left, right| compare_names(left, right));
            return Ok(names);
        };
        let names: Vec<String> = given.iter().map(|name| canonical(name).to_owned()).collect();
        let known: Vec<&str> = names.iter().map(String::as_str).collect();
        let by_value = SameValue::of(found, given);
        // The first in the table, so that the message does not depend on the order of a map.
        let is_strange = |name: &String| !names.contains(name) && by_value.given(name).is_none();
        let stranger = found.iter().filter(|(name, _)| is_strange(name)).min_by_key(|(_, (_, row))| *row);
        if let Some((name, (_, row))) = stranger {
            let Hint(hint) = suggest::hint(name, &known, "the classes");
            let problem = format!("{} is none of the classes of task \"{}\"", quote(name), self.name);
            return Err(self.cell_error(*row, problem, hint.unwrap_or_default()));
        }
        Ok(given.iter().map(|name| name.trim().to_owned()).collect())
    }
}

/// A label as a cell that has it writes it: `true` may be `True`, and `1` may be `1.0`.
fn spelling_in(cell: Cell<'_>, name: &str) -> String {
    if truth_value(name).is_none() && parse_number(name).is_none() {
        return name.to_owned();
    }
    let in_text = |text: &str| {
        let mut words = text.split(|character: char| !character.is_alphanumeric() && !".+-".contains(character));
        words.find(|word| canonical(word) == name).map(str::to_owned)
    };
    let spelling = match cell {
        Cell::Text(text) => in_text(text),
        Cell::Texts(texts) => texts.iter().find_map(|text| in_text(text)),
        _ => None,
    };
    spelling.unwrap_or_else(|| name.to_owned())
}

/// Each label with its count and the first row that has it.
pub(super) type Counts = HashMap<String, (usize, usize)>;

/// Counts a label of a row.
pub(super) fn count(found: &mut Counts, label: &str, row: usize) {
    match found.get_mut(label) {
        Some((count, _)) => *count += 1,
        None => drop(found.insert(label.to_owned(), (1, row))),
    }
}

/// How often each of some labels came.
pub(super) fn counts_of(found: &Counts, labels: &[String]) -> Vec<usize> {
    let by_value = SameValue::of(found, labels);
    let of_label = |label: &String| {
        let same = || found.get(canonical(label)).or_else(|| found.get(by_value.found(label)?));
        found.get(label).or_else(same).map_or(0, |(count, _)| *count)
    };
    labels.iter().map(of_label).collect()
}

/// Labels that a configuration gives as numbers, or in other spellings of numbers than the table.
struct SameValue {
    found: ByValue,
    given: ByValue,
}

impl SameValue {
    fn of(found: &Counts, given: &[String]) -> Self {
        let given = ByValue::of(given.iter().map(|name| canonical(name)));
        Self { found: ByValue::of(found.keys().map(String::as_str)), given }
    }

    /// The given label that a label of the table is, where no other has its value.
    fn given(&self, name: &str) -> Option<&str> {
        self.found.find(name).and_then(|_| self.given.find(name))
    }

    /// The label of the table that a given label is.
    fn found(&self, name: &str) -> Option<&str> {
        self.given.find(name).and_then(|_| self.found.find(name))
    }
}
