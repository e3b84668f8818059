//! `regression`: a number, encoded by its standardized value, `[rows, 1]`.

use std::collections::HashSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Candidate, Encoded, InferredTask, Label, LabelKind, LabelSchema, Refusal, Settings, Source, Strata, numbers};
use super::{TargetConfig, Task, TaskKind};
use crate::error::Error;
use crate::number_format::NumberFormat;
use crate::read;
use crate::report::TargetReport;
use crate::settings::{SettingError, check_scale};
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
    /// How the column's texts write numbers.
    #[serde(default, skip_serializing_if = "NumberFormat::is_plain")]
    pub format: NumberFormat,
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

/// Cells to a word in a column of numbers with a few words.
const NUMBERS_A_WORD: usize = 3;

/// Whether a few cells of a column of numbers are words, which are to be looked at before it can be learned.
fn has_few_words(candidate: &Candidate<'_>) -> bool {
    let profile = candidate.profile();
    let words = profile.known - profile.numbers.len();
    let numbers: HashSet<u64> = profile.numbers.iter().map(|value| value.to_bits()).collect();
    words > 0 && words * NUMBERS_A_WORD <= profile.known && numbers.len() > MOST_NUMBERED_CLASSES
}

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
        let different = candidate.different();
        let profile = candidate.profile();
        let is_quantity = different > 2 && (profile.is_numeric() || has_few_words(candidate)) && !are_classes(candidate, different);
        let reason = format!("numbers{}, {different} different ones{}", profile.spelling(), candidate.odd_cell());
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
    let (moments, values, format) = numbers::fit(task, read::number, |problem| {
        if problem.ends_with("infinite") {
            "leave the cell empty where the value is not known"
        } else {
            "list the cell under data.missing if it means none; a task whose labels are words is type = \"classification\""
        }
    })?;
    Ok((Regression { mean: moments.mean(), std: moments.std(), rows: values.len(), format }, values))
}

impl Label for Regression {
    fn check(&self) -> Result<(), SettingError> {
        check_scale(&[self.mean], &[self.std], 1)
    }

    fn known_rows(&self) -> usize {
        self.rows
    }

    fn encode(&self, source: &Source<'_>, report: &mut TargetReport) -> Result<Encoded, Error> {
        numbers::encode(source, (&self.format, read::number), |value| (value - self.mean) / self.std, report)
    }

    fn unknown(&self, rows: usize) -> Values {
        numbers::unknown(rows)
    }
}
