//! `regression`: a number, encoded by its standardized value, `[rows, 1]`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    AuditedLabels, AuditedRow, Candidate, Encoded, InferredTask, Label, LabelKind, LabelSchema, Refusal, Settings, Source, Strata,
};
use super::{TargetConfig, Task, TaskKind};
use crate::error::Error;
use crate::moments::Moments;
use crate::read;
use crate::report::TargetReport;
use crate::value::format_number;
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

    fn audit(&self, _: &AuditedRow<'_>) -> AuditedLabels {
        AuditedLabels::default()
    }

    fn strata(&self, _: &TargetConfig) -> Strata {
        Strata::Quantiles
    }
}

/// Learns the mean and the standard deviation of numbers, which must differ, and returns the numbers too.
pub(super) fn fit_number(task: &Task<'_>) -> Result<(Regression, Vec<f64>), Error> {
    let (mut moments, mut values) = (Moments::default(), Vec::new());
    for &row in task.rows {
        let value = read::number(task.cell(row)).map_err(|problem| {
            let hint = if problem.ends_with("infinite") {
                "leave the cell empty where the value is not known"
            } else {
                "a task whose labels are words is type = \"classification\""
            };
            task.cell_error(row, problem, hint)
        })?;
        if let Some(value) = value {
            moments.add(value);
            values.push(value);
        }
    }
    let rows = values.len();
    if rows == 0 {
        return Err(task.no_labels());
    }
    if moments.is_constant() {
        return Err(task.error(
            format!("all {rows} training labels are {}", format_number(moments.mean())),
            "there is nothing to learn; leave the task out",
        ));
    }
    Ok((Regression { mean: moments.mean(), std: moments.std(), rows }, values))
}

impl Label for Regression {
    fn known_rows(&self) -> usize {
        self.rows
    }

    fn encode(&self, source: &Source<'_>, _: &mut TargetReport) -> Result<Encoded, Error> {
        let (mut known, mut values) = (Vec::with_capacity(source.rows.len()), Vec::with_capacity(source.rows.len()));
        for (row, cell) in source.cells() {
            let value = read::number(cell).map_err(|problem| source.misfit(row, problem))?;
            known.push(value.is_some());
            values.push(value.map_or(0.0, |value| ((value - self.mean) / self.std) as f32));
        }
        Ok(Encoded { known, values: Values::numbers(1, values).into() })
    }

    fn unknown(&self, rows: usize) -> Values {
        Values::numbers(1, vec![0.0; rows])
    }
}
