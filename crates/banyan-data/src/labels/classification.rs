//! `classification`: one of several classes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::classes::{audit, checked_counts, count_classes, encode, refuse_infinity, unknown};
use super::regression::are_classes;
use super::settings::{Settings, check_classes, class_names};
use super::{AuditedLabels, AuditedRow, Candidate, Encoded, InferredTask, Label, LabelKind, LabelSchema, Refusal, Source, Strata};
use super::{TargetConfig, Task, TaskKind};
use crate::error::Error;
use crate::report::TargetReport;
use crate::settings::{SettingError, check_classes_learned};
use crate::values::Values;

/// One of several classes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Classification {
    /// The classes, in the order of the outputs.
    pub classes: Vec<String>,
    /// Training rows of each.
    pub counts: Vec<usize>,
}

/// The settings of labels of one class each.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ClassificationSettings {
    /// The classes in their order; found in the training table where they are not given.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "class_names")]
    pub classes: Option<Vec<String>>,
}

impl Settings for ClassificationSettings {
    fn check(&self) -> Result<(), SettingError> {
        check_classes(self.classes(), 2..)
    }

    fn classes(&self) -> Option<&[String]> {
        self.classes.as_deref()
    }
}

/// The kind's entry in the table.
pub(super) const KIND: Kind = Kind;

pub(super) struct Kind;

impl LabelKind for Kind {
    fn name(&self) -> &'static str {
        "classification"
    }

    fn infer(&self, candidate: &Candidate<'_>) -> Result<Option<InferredTask>, Refusal> {
        let Some(values) = candidate.values().filter(|values| values.len() > 2) else { return Ok(None) };
        refuse_infinity(candidate, &values)?;
        let (profile, different) = (candidate.profile(), values.len());
        let reason = if profile.is_numeric() {
            let numbered = format!(
                "{different} whole numbers{} as classes (\"ordinal\" if their order matters, \"count\" if they count something, \"regression\" if they are other quantities)",
                profile.spelling()
            );
            are_classes(candidate, different).then_some(numbered)
        } else {
            let come_again = different * 10 < profile.known * 9;
            (come_again && profile.separated().is_none()).then(|| format!("{different} classes{}", candidate.odd_cell()))
        };
        Ok(reason.map(|reason| InferredTask::new(TaskKind::Classification, reason, values)))
    }

    fn fit(&self, task: &Task<'_>) -> Result<LabelSchema, Error> {
        let found = count_classes(task)?;
        let classes = task.order(&found)?;
        let counts = checked_counts(task, &found, &classes)?;
        Ok(Classification { classes, counts }.into())
    }

    fn audit(&self, row: &AuditedRow<'_>) -> AuditedLabels {
        audit(row)
    }

    fn strata(&self, _: &TargetConfig) -> Strata {
        Strata::Classes
    }
}

impl Label for Classification {
    fn check(&self) -> Result<(), SettingError> {
        check_classes_learned("classes", &self.classes, 1)
    }

    fn classes(&self) -> &[String] {
        &self.classes
    }

    fn counts(&self) -> &[usize] {
        &self.counts
    }

    fn encode(&self, source: &Source<'_>, report: &mut TargetReport) -> Result<Encoded, Error> {
        encode(&self.classes, source, report)
    }

    fn unknown(&self, rows: usize) -> Values {
        unknown(rows)
    }
}
