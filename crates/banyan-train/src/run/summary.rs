//! `summary.json`: what came of a run.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::DataSummary;
use crate::evaluation::Evaluation;

/// `summary.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Why the training ended.
    pub stop_reason: StopReason,
    /// Epochs that were trained (the last may be a part of one).
    pub epochs: u64,
    /// Steps that were trained.
    pub steps: u64,
    /// The epoch after which the weights in `model.safetensors` were reached.
    pub best_epoch: u64,
    /// The step after which they were.
    pub best_step: u64,
    /// Their score.
    pub best_score: Option<f64>,
    /// Seconds of training and evaluation, those before an interruption included.
    pub seconds: f64,
    /// Seconds of them in which nothing ran because the next rows were not ready.
    #[serde(default)]
    pub waited_seconds: f64,
    /// Seconds from the start to the first step, beside the others: reading tables, learning vocabularies and scales, decoding every
    /// file once. Those of the last start, where there were several.
    #[serde(default)]
    pub preparing_seconds: f64,
    /// The model's parameters.
    pub parameters: usize,
    /// The seed.
    pub seed: u64,
    /// The data.
    pub data: DataSummary,
    /// The final metrics, for each split and each subset of the inputs; all inputs first.
    pub results: Vec<SplitEvaluation>,
}

impl Summary {
    /// The share of its time that the training waited for data, from 0 to 1.
    pub fn waited_share(&self) -> f64 {
        if self.seconds > 0.0 { self.waited_seconds / self.seconds } else { 0.0 }
    }
}

/// An evaluation and the split it was made on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SplitEvaluation {
    /// `valid` or `test`.
    pub split: String,
    /// The metrics.
    #[serde(flatten)]
    pub evaluation: Evaluation,
}

/// Why a training ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StopReason {
    /// All epochs are done.
    Completed,
    /// The score had not become better for as many epochs as `patience` says.
    Patience,
    /// The time limit was reached.
    TimeLimit,
    /// The user asked for it.
    Interrupted,
    /// A loss was not a finite number.
    Diverged,
}

impl fmt::Display for StopReason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Completed => "all epochs done",
            Self::Patience => "no better score for the epochs of patience",
            Self::TimeLimit => "time limit reached",
            Self::Interrupted => "interrupted",
            Self::Diverged => "a loss was not a finite number",
        })
    }
}
