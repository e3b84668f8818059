//! What a metric is called, whether more of it is better, and the values of a task's.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

/// Whether more is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// More is better.
    Higher,
    /// Less is better.
    Lower,
}

/// A metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Metric {
    /// Its name, in JSON and in tables.
    pub name: &'static str,
    /// Whether more of it is better.
    pub direction: Direction,
}

impl Metric {
    /// A metric of which more is better.
    pub const fn higher(name: &'static str) -> Self {
        Self { name, direction: Direction::Higher }
    }

    /// A metric of which less is better.
    pub const fn lower(name: &'static str) -> Self {
        Self { name, direction: Direction::Lower }
    }
}

/// The mean loss over the known labels, which every kind of task has.
pub const LOSS: Metric = Metric::lower("loss");

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

/// A metric as a score, where it is one between 0 and 1, or the loss.
pub(crate) fn plain_score(metric: &str, value: f64) -> f64 {
    match metric {
        "ece" => 1.0 - value,
        "loss" if value > 0.0 => 1.0 / (1.0 + value),
        "loss" => 1.0 - value,
        _ => value,
    }
}
