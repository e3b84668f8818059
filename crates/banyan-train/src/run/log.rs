//! The lines of `metrics.jsonl`.

use banyan_data::inputs::InputKind;
use banyan_data::labels::TaskKind;
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::metrics::TaskMetrics;

/// A line of `metrics.jsonl`. Every object has a `kind`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum LogRecord {
    /// The first line: what is trained on what.
    Start(StartRecord),
    /// A training step.
    Step(StepRecord),
    /// An evaluation on the rows of one split.
    Evaluation(EvaluationRecord),
}

impl LogRecord {
    /// The kinds that a reader of this version knows.
    pub(super) const KINDS: [&str; 3] = ["start", "step", "evaluation"];
}

/// What is trained on what.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct StartRecord {
    /// The model's parameters.
    pub parameters: usize,
    /// The steps of an epoch.
    pub steps_per_epoch: usize,
    /// The data.
    pub data: DataSummary,
}

/// The data of a run in numbers.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct DataSummary {
    /// Rows of each split: `train`, `valid`, `test`.
    pub rows: IndexMap<String, usize>,
    /// The inputs.
    pub inputs: IndexMap<String, InputSummary>,
    /// The tasks.
    pub tasks: IndexMap<String, TaskSummary>,
    /// What the audit of the data found, a sentence each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// One input in numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InputSummary {
    /// The kind of input.
    #[serde(rename = "type")]
    pub kind: InputKind,
    /// Training rows that have it.
    pub present: usize,
    /// What was learned about it, in words: `28 × 28, gray`, `vocabulary of 12`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
}

/// One task in numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TaskSummary {
    /// The kind of task.
    #[serde(rename = "type")]
    pub kind: TaskKind,
    /// Training rows that have the label.
    pub known: usize,
    /// Number of classes or labels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub classes: Option<usize>,
    /// What was learned about it, in words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
}

/// A training step. A number that is not finite is written as JSON's `null` and read back as NaN.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct StepRecord {
    /// Steps since the beginning, from 1.
    pub step: u64,
    /// Epochs since the beginning, from 1.
    pub epoch: u64,
    /// Each task's own loss; tasks without a label in the batch are left out.
    #[serde(with = "numbers")]
    pub losses: IndexMap<String, f64>,
    /// The losses of no task (penalties, alignment), without their weights.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty", with = "numbers")]
    pub auxiliary: IndexMap<String, f64>,
    /// The weight that the balancing gave each task, and each auxiliary loss where `training.auxiliary` is `balanced`.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty", with = "numbers")]
    pub weights: IndexMap<String, f64>,
    /// The cosine between the gradients of two tasks with respect to the shared parameters, by `first/second`.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty", with = "numbers")]
    pub cosines: IndexMap<String, f64>,
    /// The norm of each task's gradient with respect to the shared parameters.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty", with = "numbers")]
    pub norms: IndexMap<String, f64>,
    /// The learning rate of the step.
    pub learning_rate: f64,
    /// The rows of the step.
    pub rows: usize,
}

/// An evaluation on the rows of one split.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct EvaluationRecord {
    /// Epochs since the beginning.
    pub epoch: u64,
    /// Steps since the beginning.
    pub step: u64,
    /// `valid`, `test` or `train`.
    pub split: String,
    /// The weighted score over the tasks by which the best checkpoint is chosen.
    #[serde(default)]
    pub score: Option<f64>,
    /// Each task's metrics.
    pub tasks: IndexMap<String, TaskMetrics>,
}

/// JSON has no NaN: `null` stands for it.
mod numbers {
    use indexmap::IndexMap;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(map: &IndexMap<String, f64>, serializer: S) -> Result<S::Ok, S::Error> {
        let finite = |value: &f64| Some(*value).filter(|value| value.is_finite());
        serializer.collect_map(map.iter().map(|(name, value)| (name, finite(value))))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<IndexMap<String, f64>, D::Error> {
        let map = IndexMap::<String, Option<f64>>::deserialize(deserializer)?;
        Ok(map.into_iter().map(|(name, value)| (name, value.unwrap_or(f64::NAN))).collect())
    }
}
