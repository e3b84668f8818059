//! `regression`: a number, encoded by its standardized value, `[rows, 1]`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Candidate, Encoded, InferredTask, Label, LabelKind, LabelSchema, Refusal, Settings, Source, Strata, numbers};
use super::{TargetConfig, Task, TaskKind};
use crate::error::Error;
use crate::read;
use crate::report::TargetReport;
use crate::values::Values;

/// A number; the batches hold `(value - mean) / std`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Regression {
    /// Mean of the training labels.
    pub mean: f64,
    /// Standard deviation of the training labels, never zero.
    #[serde(rename = "deviation")]
    pub std: f64,
    /// Training rows with a label.
    pub rows: usize,
}

/// Labels that are numbers have no settings.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RegressionSettings {}

impl Settings for RegressionSettings {}

/// The kind's entry in the table.
pub(super) const KIND: Kind = Kind;

pub(super) struct Kind;

/// Whole numbers with more values are quantities rather than classes.
const MOST_NUMBERED_CLASSES: usize = 20;

/// Whether so many different numbers look like classes.
pub(super) fn are_classes(candidate: &Candidate<'_>, different: usize) -> bool {
    let profile = candidate.profile();
    profile.is_whole() && different <= MOST_NUMBERED_CLASSES && different * 2 <= profile.known
}

impl LabelKind for Kind {
    fn name(&self) -> &'static str {
        "regression"
    }

    fn infer(&self, candidate: &Candidate<'_>) -> Result<Option<InferredTask>, Refusal> {
        let different = candidate.values().map_or(0, |values| values.len());
        let is_quantity = different > 2 && candidate.profile().is_numeric() && !are_classes(candidate, different);
        let reason = format!("numbers, {different} different ones");
        Ok(is_quantity.then(|| InferredTask::new(TaskKind::Regression, reason, Vec::new())))
    }

    fn fit(&self, task: &Task<'_>) -> Result<LabelSchema, Error> {
        fit_number(task).map(|(number, _)| number.into())
    }

    fn strata(&self, _: &TargetConfig) -> Strata {
        Strata::Quantiles
    }
}

/// Learns the mean and the standard deviation of numbers, which must differ, and returns the numbers too.
pub(super) fn fit_number(task: &Task<'_>) -> Result<(Regression, Vec<f64>), Error> {
    let (moments, values) = numbers::fit(task, read::number, |problem| {
        if problem.ends_with("infinite") {
            "leave the cell empty where the value is not known"
        } else {
            "a task whose labels are words is type = \"classification\""
        }
    })?;
    Ok((Regression { mean: moments.mean(), std: moments.std(), rows: values.len() }, values))
}

impl Label for Regression {
    fn known_rows(&self) -> usize {
        self.rows
    }

    fn encode(&self, source: &Source<'_>, report: &mut TargetReport) -> Result<Encoded, Error> {
        numbers::encode(source, read::number, |value| (value - self.mean) / self.std, report)
    }

    fn unknown(&self, rows: usize) -> Values {
        numbers::unknown(rows)
    }
}
