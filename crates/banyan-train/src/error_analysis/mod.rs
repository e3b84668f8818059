//! Which errors a model makes: the numbers and examples behind the metrics of a run's final evaluation.
//!
//! [`RunErrors`] is what `errors.json` holds. It is small whatever the size of the data: matrices keep the [`MOST_CLASSES`] most frequent
//! classes, a task at most [`MOST_EXAMPLES`] sentences, and images are small. Counts are over all rows, and are those that the metrics are made of.

mod boxes;
mod confusion;
mod gallery;
mod judge;
mod masks;
mod spans;
mod trees;

pub use boxes::{BoxErrors, ClassBoxes, Curve};
pub use confusion::{ConfusedPair, Confusion, Excerpt};
pub use gallery::{DrawnBox, Gallery, ImageExample, Images, Layer, Mark, MaskClass};
pub use judge::{SpanError, judge};
pub use masks::{ClassPixels, MaskErrors};
pub use spans::{NamedSpan, SpanErrors, SpanExample, TypeErrors, span_errors};
pub use trees::{RelationErrors, TreeErrors};

pub(crate) use boxes::{BoxCounter, ImageBoxes, NOTHING};
pub(crate) use confusion::Pairs;
pub(crate) use masks::MaskCounter;
pub(crate) use spans::SpanCounter;
pub(crate) use trees::TreeCounter;

use indexmap::IndexMap;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// Classes of a confusion matrix that have a row of their own; the others share one.
pub const MOST_CLASSES: usize = 25;
/// Example sentences of a task.
pub const MOST_EXAMPLES: usize = 30;
/// Confused pairs that are listed.
const MOST_PAIRS: usize = 15;
/// Types of spans, and relations, that have a row of their own.
const MOST_ROWS: usize = 60;
/// Longer sentences are counted and not shown.
const MOST_WORDS: usize = 100;
/// Characters of a word that are kept.
const MOST_CHARACTERS: usize = 60;
/// What everything past the most frequent is called.
const OTHER: &str = "(other)";

/// `errors.json`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct RunErrors {
    /// The split that was evaluated.
    pub split: String,
    /// Every task that there is something to tell of.
    pub tasks: IndexMap<String, TaskErrors>,
}

/// The errors of one task, in the form that its kind gives them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TaskErrors {
    /// The form: `classes`, `tags`, `spans`, `roles`, `trees`, `boxes` or `masks`.
    pub kind: String,
    /// What it holds.
    #[serde(flatten)]
    pub details: serde_json::Map<String, serde_json::Value>,
}

impl TaskErrors {
    /// Errors in a form of this name.
    pub(crate) fn new(kind: &str, details: &impl Serialize) -> Self {
        match serde_json::to_value(details) {
            Ok(serde_json::Value::Object(details)) => Self { kind: kind.to_owned(), details },
            other => unreachable!("names and numbers are an object of JSON, not {other:?}"),
        }
    }

    /// What it holds, if it has this form.
    pub fn read<T: DeserializeOwned>(&self, kind: &str) -> Option<T> {
        let details = (self.kind == kind).then(|| serde_json::Value::Object(self.details.clone()))?;
        serde_json::from_value(details).ok()
    }
}

/// The first sentences with errors, and behind them the first without.
#[derive(Debug, Default)]
pub(crate) struct Examples {
    wrong: Vec<SpanExample>,
    right: Vec<SpanExample>,
}

impl Examples {
    pub(crate) fn add(&mut self, example: SpanExample) {
        let list = if example.has_errors() { &mut self.wrong } else { &mut self.right };
        let is_empty = example.truth.is_empty() && example.predicted.is_empty();
        if list.len() < MOST_EXAMPLES && !is_empty && example.words.len() <= MOST_WORDS {
            list.push(example);
        }
    }

    pub(crate) fn finish(mut self) -> Vec<SpanExample> {
        self.wrong.extend(self.right);
        self.wrong.truncate(MOST_EXAMPLES);
        self.wrong
    }
}

/// The beginning of a word that is too long to be one.
pub(crate) fn shortened(word: &str) -> String {
    if word.chars().count() <= MOST_CHARACTERS { word.to_owned() } else { word.chars().take(MOST_CHARACTERS).chain(['…']).collect() }
}
