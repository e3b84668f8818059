//! A column that may be a task.

use std::borrow::Cow;
use std::cell::OnceCell;

use super::TaskKind;
use crate::infer::profile::Profile;
use crate::infer::sentences;
use crate::table::{Column, Table};
use crate::value::{compare_names, quote};

/// What a column looks like as a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InferredTask {
    /// The kind.
    pub kind: TaskKind,
    /// Why, in a few words for the user.
    pub reason: String,
    /// The classes in their order, for `spans` the types and for `dependencies` the relations; empty for a regression and for `lemmas`.
    pub classes: Vec<String>,
    /// `multilabel`: what separates the labels of a text cell.
    pub separator: Option<String>,
    /// Tasks on words: the column of the words that the labels belong to, which looks like an input of the type `tokens`.
    pub on: Option<String>,
    /// `dependencies`: the column of the relations.
    pub relation: Option<String>,
}

impl InferredTask {
    /// A task whose classes are yet to be put in order.
    pub(super) fn new(kind: TaskKind, reason: String, mut classes: Vec<String>) -> Self {
        classes.sort_by(|left, right| compare_names(left, right));
        Self { kind, reason, classes, separator: None, on: None, relation: None }
    }

    /// On the words of a column.
    pub(super) fn on(self, words: &Column) -> Self {
        Self { on: Some(words.name.clone()), ..self }
    }
}

/// Why a column is no task.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) problem: String,
    pub(crate) hint: &'static str,
}

/// A column that may be a task, and what is known of it.
pub(crate) struct Candidate<'a> {
    pub(crate) table: &'a Table,
    pub(crate) column: &'a Column,
    profile: OnceCell<Profile<'a>>,
    words: OnceCell<Option<&'a Column>>,
}

impl<'a> Candidate<'a> {
    pub(crate) fn new(table: &'a Table, column: &'a Column) -> Self {
        Self { table, column, profile: OnceCell::new(), words: OnceCell::new() }
    }

    pub(super) fn profile(&self) -> &Profile<'a> {
        self.profile.get_or_init(|| Profile::of(self.table, self.column))
    }

    /// Another column, of words that have a label each in this one.
    pub(super) fn words(&self) -> Option<&'a Column> {
        *self.words.get_or_init(|| {
            let profile = self.profile();
            let are_lists = profile.known > 0 && profile.text_lists + profile.number_lists == profile.known;
            let words = if are_lists { sentences::words_of(self.table, self.column) } else { None };
            words.filter(|words| !std::ptr::eq(*words, self.column))
        })
    }

    /// Where most of the column is numbers, the cell that is none: often it is a missing value under another name.
    pub(super) fn odd_cell(&self) -> String {
        self.profile().odd_cell(self.table)
    }

    /// How many different values there are in a column with one value a row; none where there are not several.
    pub(super) fn different(&self) -> usize {
        let profile = self.profile();
        let is_scalar = self.words().is_none() && profile.others + profile.number_lists + profile.text_lists == 0;
        if is_scalar && profile.distinct() > 1 { profile.distinct() } else { 0 }
    }

    /// The different values of a column with one value a row, where there are several.
    pub(super) fn values(&self) -> Option<Vec<String>> {
        let profile = self.profile();
        (self.different() > 0).then(|| profile.names().map(Cow::into_owned).collect())
    }

    /// Lists of texts that do not belong to words.
    pub(super) fn are_lists_of_labels(&self) -> bool {
        let profile = self.profile();
        self.words().is_none() && profile.others + profile.number_lists == 0 && profile.text_lists > 0
    }

    /// Why no kind of task fits.
    pub(crate) fn refusal(&self) -> Refusal {
        let (profile, column) = (self.profile(), &self.column.name);
        if profile.known == 0 {
            Refusal { problem: format!("column \"{column}\" has no label"), hint: "choose a column with labels" }
        } else if profile.others + profile.number_lists > 0 {
            let problem = format!("column \"{column}\" holds values that no task reads");
            Refusal { problem, hint: "choose a column of numbers, words or lists of words" }
        } else if let (1, Some(only)) = (profile.distinct(), profile.names().next()) {
            one_class(&format!("all {} labels are", profile.known), &only)
        } else {
            let problem = format!("column \"{column}\" has {} different labels for {} rows", profile.distinct(), profile.known);
            let hint = match profile.quantities() {
                Some(_) => "write them as numbers alone, all in one unit, for a regression",
                None => "choose a column whose labels come again",
            };
            Refusal { problem, hint }
        }
    }
}

/// The refusal of labels that are all the same.
pub(super) fn one_class(all_are: &str, only: &str) -> Refusal {
    Refusal { problem: format!("{all_are} {}", quote(only)), hint: "a task needs at least two classes" }
}
