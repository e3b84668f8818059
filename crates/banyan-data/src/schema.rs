//! What preprocessing learned from the training rows: the dimensions that a model is built with, and the
//! constants that turn a cell into numbers.
//!
//! A [`Schema`] is all that is needed to encode new rows as the training rows were encoded. It is made by
//! [`Schema::fit`] and kept with a run as JSON (`inputs.json` and `targets.json` in the run's `vocabulary/`).

use serde::{Deserialize, Serialize};

use crate::batch::Batch;
use crate::dataset;
use crate::error::Error;
pub use crate::inputs::InputDetails;
use crate::inputs::InputKind;
pub use crate::labels::LabelSchema;
use crate::labels::TaskKind;
use crate::values::Values;

/// All inputs and all tasks, in the order of the configuration.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Schema {
    /// The inputs.
    pub inputs: Vec<InputSchema>,
    /// The tasks.
    pub targets: Vec<TargetSchema>,
}

impl Schema {
    /// The same schema for images and recordings that have about a `factor`th of the pixels and frames, and a batch of one such row in which everything else
    /// is missing; `None` where no input is of files. What a model computes of files grows with their size, and is known before one is decoded.
    ///
    /// # Errors
    /// None that is known of.
    pub fn with_small_files(&self, factor: usize) -> Result<Option<(Self, Batch)>, Error> {
        let shrunk: Vec<Option<InputDetails>> = self.inputs.iter().map(|input| input.details.input().shrunk(factor)).collect();
        if shrunk.iter().all(Option::is_none) {
            return Ok(None);
        }
        let inputs = self.inputs.iter().zip(shrunk);
        let inputs =
            inputs.map(|(input, shrunk)| InputSchema { details: shrunk.unwrap_or_else(|| input.details.clone()), ..input.clone() });
        let inputs: Vec<InputSchema> = inputs.collect();
        // Labels lie on the smaller images.
        let on_small = |target: &TargetSchema| {
            let input = target.on().and_then(|on| inputs.iter().find(|input| input.name == on));
            let details = input.and_then(|input| target.details.label().on_canvas(input.details.input().canvas()?));
            TargetSchema { details: details.unwrap_or_else(|| target.details.clone()), ..target.clone() }
        };
        let targets = self.targets.iter().map(on_small).collect();
        let small = Self { inputs, targets };
        let batch = dataset::blank_files(&small)?;
        Ok(Some((small, batch)))
    }
}

/// One input.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InputSchema {
    /// The input's name in the configuration.
    pub name: String,
    /// The column it reads.
    pub column: String,
    /// The kind, with its dimensions and constants.
    pub details: InputDetails,
}

impl InputSchema {
    /// The kind of input.
    pub fn kind(&self) -> InputKind {
        self.details.kind()
    }
}

/// One task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TargetSchema {
    /// The task's name in the configuration.
    pub name: String,
    /// The column that holds the label.
    pub column: String,
    /// The kind, with its classes and constants.
    pub details: LabelSchema,
}

impl TargetSchema {
    /// The kind of task.
    pub fn kind(&self) -> TaskKind {
        self.details.kind()
    }

    /// What was learned about the labels, if they are of this kind.
    pub fn labels_as<T: 'static>(&self) -> Option<&T> {
        self.details.downcast()
    }

    /// What was learned about the labels.
    ///
    /// # Panics
    /// If they are of another kind: for code that is about one kind of task.
    pub fn labels<T: 'static>(&self) -> &T {
        self.labels_as().unwrap_or_else(|| panic!("the labels of task \"{}\" are of another kind", self.name))
    }

    /// The input whose words are labeled, for tasks on words, or on which the labels lie, for tasks on images.
    pub fn on(&self) -> Option<&str> {
        self.details.label().on()
    }

    /// The columns that hold the labels.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.column.as_str()).chain(self.details.label().further_columns())
    }

    /// The classes or labels in their order; empty for numbers.
    pub fn classes(&self) -> &[String] {
        self.details.label().classes()
    }

    /// Training rows (tokens, spans) of each class or label; empty for numbers.
    pub fn counts(&self) -> &[usize] {
        self.details.label().counts()
    }

    /// Training rows that have the label at all.
    pub fn known_rows(&self) -> usize {
        self.details.label().known_rows()
    }

    /// The most words of a row that is predicted, where the memory of a task on words grows faster than their number.
    pub fn most_words(&self) -> Option<usize> {
        self.details.label().most_words()
    }

    /// Whether labels say what is to be predicted, as given predicates do, so that they are read for predictions too.
    pub fn guides_predictions(&self) -> bool {
        self.details.label().guides_predictions()
    }

    /// So many rows without a label.
    pub fn unknown_labels(&self, rows: usize) -> Values {
        self.details.label().unknown(rows)
    }
}
