//! The data side of `[tasks.NAME]`.

use serde::{Deserialize, Serialize};

use super::TaskKind;

/// The data side of `[tasks.NAME]`; the model's side (loss, head, weight) is another crate's.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq)]
pub struct TargetConfig {
    /// The kind of task.
    pub kind: TaskKind,
    /// The column that holds the label.
    pub column: String,
    /// The classes in their order, for `spans` the types. Needed for `ordinal` unless they are numbers; otherwise found in
    /// the training table (sorted, numbers by value).
    pub classes: Option<Vec<String>>,
    /// `multilabel`: what separates the labels in a text cell, as for a `set`.
    pub separator: Option<String>,
    /// Tasks on words: the input, of the type `tokens`, whose words the labels belong to. Without it the only such input.
    pub on: Option<String>,
    /// `dependencies`: the column of the relations, without it `deprel`; that of the heads is `column`.
    pub relation: Option<String>,
    /// `srl`: the column of the predicates, without it `predicate`; that of the roles is `column`.
    pub predicate: Option<String>,
}

impl TargetConfig {
    /// A task of this kind with every default.
    pub fn new(kind: TaskKind, column: impl Into<String>) -> Self {
        Self { kind, column: column.into(), classes: None, separator: None, on: None, relation: None, predicate: None }
    }

    /// The columns without which a row has no labels.
    pub fn columns(&self) -> Vec<&str> {
        self.kind.kind().columns(self)
    }

    /// All columns that labels may be read from.
    pub(crate) fn all_columns(&self) -> Vec<&str> {
        let kind = self.kind.kind();
        kind.columns(self).into_iter().chain(kind.optional_columns(self)).collect()
    }
}
