//! The result of an evaluation, as `evaluate --json` prints it.

use banyan_data::schema::TargetSchema;
use banyan_data::values::Values;
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::metric::{LOSS, metric_names};
use crate::tasks::{self, Rows, Scorer};

/// The metrics of one task, in the order in which they are shown.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct TaskMetrics {
    /// Metric name to value; `None` (JSON's `null`) where the metric has no value for these rows.
    #[serde(flatten)]
    pub values: IndexMap<String, Option<f64>>,
    /// The rows whose label is known.
    pub rows: usize,
}

impl TaskMetrics {
    /// The value of a metric; `None` where it is not among the task's metrics or has no value.
    pub fn get(&self, metric: &str) -> Option<f64> {
        self.values.get(metric).copied().flatten()
    }

    /// Sets a metric; a value that is not finite is stored as `None`.
    pub fn set(&mut self, metric: &str, value: Option<f64>) {
        let finite = value.filter(|value| value.is_finite());
        self.values.insert(metric.to_owned(), finite);
    }
}

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
