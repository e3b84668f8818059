//! What a model is worth: its tasks' metrics on some rows, as `evaluate --json` prints them, and one score over all.
//!
//! A [`Scorer`] sees the labels and predictions of some rows after the other and keeps counts, not rows; [`evaluate`] does so for rows at
//! hand. Rows whose label is not known count nowhere. Which metrics a kind of task has, and which comes first, stands in its file in
//! [`tasks`]; `docs/metrics.md` defines them all.
//!
//! ```
//! use banyan_data::labels::Binary;
//! use banyan_data::schema::TargetSchema;
//! use banyan_data::values::Values;
//! use banyan_train::evaluation::evaluate;
//!
//! let details = Binary { classes: vec!["no".to_owned(), "yes".to_owned()], counts: vec![3, 1] }.into();
//! let target = TargetSchema { name: "paid".to_owned(), column: "paid".to_owned(), details };
//! let probabilities = Values::numbers(1, vec![0.9, 0.2, 0.7, 0.4]);
//! let labels = Values::indices(vec![1, 0, 0, 0]);
//! // The last row's label is missing: it counts nowhere.
//! let known = [true, true, true, false];
//! let metrics = evaluate(&target, &labels, &known, &probabilities, Some(0.4));
//! assert_eq!(metrics.rows, 3);
//! assert_eq!(metrics.get("auroc"), Some(1.0));
//! assert_eq!(metrics.get("accuracy"), Some(2.0 / 3.0));
//! ```

mod score;

pub use score::{direction, metric_names, primary, score, weighted_score};

use banyan_data::schema::TargetSchema;
use banyan_data::values::Values;
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::metrics::{LOSS, TaskMetrics};
use crate::tasks::{self, Rows, Scorer};

/// The metrics of all tasks on one table with one subset of the inputs.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    /// The inputs that the model was given, in the order of the configuration.
    pub inputs: Vec<String>,
    /// The rows of the table.
    pub rows: usize,
    /// Each task's metrics, in the order of the configuration.
    pub tasks: IndexMap<String, TaskMetrics>,
}

/// Measures one task, some rows at a time, and puts its metrics in their order.
pub(crate) struct TaskScorer<'a> {
    target: &'a TargetSchema,
    scorer: Box<dyn Scorer>,
    rows: usize,
}

impl<'a> TaskScorer<'a> {
    pub(crate) fn new(target: &'a TargetSchema) -> Self {
        Self { target, scorer: tasks::of(target.kind()).scorer(target), rows: 0 }
    }

    pub(crate) fn update(&mut self, rows: Rows<'_>) {
        assert_eq!(rows.predictions.len(), rows.known.len(), "predictions for every row");
        assert_eq!(rows.labels.len(), rows.known.len(), "labels for every row");
        self.rows += rows.known().count();
        self.scorer.update(rows);
    }

    pub(crate) fn finish(&self, loss: Option<f64>) -> TaskMetrics {
        let found = self.scorer.finish();
        let mut metrics = TaskMetrics { rows: self.rows, ..TaskMetrics::default() };
        for name in metric_names(self.target.kind()) {
            metrics.set(name, found.iter().find(|(found, _)| *found == name).and_then(|(_, value)| *value));
        }
        metrics.set(LOSS.name, loss);
        metrics
    }
}

/// All metrics of one task over the rows whose label is known. `loss` is passed through. Where a prediction of a known row is not finite, every
/// metric but the loss is `None`.
///
/// # Panics
/// Where labels, predictions and `known` differ in rows, where they are not of the target's kind of task, or where a known
/// class is not below the number of classes: such a call is a mistake in the program, not in the data.
pub fn evaluate(target: &TargetSchema, labels: &Values, known: &[bool], predictions: &Values, loss: Option<f64>) -> TaskMetrics {
    let mut scorer = TaskScorer::new(target);
    scorer.update(Rows { labels, known, predictions, words: None });
    scorer.finish(loss)
}
