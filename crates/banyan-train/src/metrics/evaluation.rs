//! The result of an evaluation, as `evaluate --json` prints it.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

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
