//! What kind of input or task a column looks like, with the reason.
//!
//! Guesses are shown to the user and can be overridden; they are made to be read and corrected, so each is one
//! rule that a sentence can explain.

mod frames;
mod input;
mod profile;
mod sentences;
mod task;

use crate::config::{InputKind, TaskKind};
use crate::error::Error;
use crate::table::{Column, Table};
use crate::value::compare_names;

/// What a column looks like as an input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InferredInput {
    /// The column's name.
    pub column: String,
    /// The kind; `None` for a column that is better left out.
    pub kind: Option<InputKind>,
    /// Why, in a few words for the user.
    pub reason: String,
}

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
    /// `tagging`, `spans`, `dependencies` and `lemmas`: the column of the words that the labels belong to, which looks like an input of the type `tokens`.
    pub on: Option<String>,
    /// `dependencies`: the column of the relations.
    pub relation: Option<String>,
}

impl InferredTask {
    /// A task whose classes are yet to be put in order.
    fn new(kind: TaskKind, reason: String, mut classes: Vec<String>, separator: Option<String>) -> Self {
        classes.sort_by(|left, right| compare_names(left, right));
        Self { kind, reason, classes, separator, on: None, relation: None }
    }
}

/// What each column looks like as an input, those of the tasks left out.
pub fn infer_inputs(table: &Table, tasks: &[String]) -> Vec<InferredInput> {
    table.columns.iter().filter(|column| !tasks.contains(&column.name)).map(|column| infer_input(table, column)).collect()
}

/// What one column looks like as an input.
pub fn infer_input(table: &Table, column: &Column) -> InferredInput {
    let (kind, reason) = input::infer(table, column);
    InferredInput { column: column.name.clone(), kind, reason }
}

/// What a column looks like as a task.
///
/// # Errors
/// No such column; an empty one; one with a single value; one whose values no task can be made of.
pub fn infer_task(table: &Table, column: &str) -> Result<InferredTask, Error> {
    task::infer(table, table.column(column)?)
}
