//! `binary`: one of two classes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::classes::{audit, checked_counts, count_classes, encode, refuse_infinity, unknown};
use super::settings::{Settings, check_classes, class_names};
use super::{AuditedLabels, AuditedRow, Candidate, Encoded, InferredTask, Label, LabelKind, LabelSchema, Refusal, Source, Strata};
use super::{TargetConfig, Task, TaskKind};
use crate::error::Error;
use crate::report::TargetReport;
use crate::settings::SettingError;
use crate::value::quote;
use crate::values::Values;

/// One of two classes; class 1 is the positive one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Binary {
    /// Negative and positive.
    pub classes: Vec<String>,
    /// Training rows of each.
    pub counts: Vec<usize>,
}

/// The settings of labels of two classes.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BinarySettings {
    /// The two classes, the negative one first; found in the training table where they are not given.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "class_names")]
    pub classes: Option<Vec<String>>,
}

impl Settings for BinarySettings {
    fn check(&self) -> Result<(), SettingError> {
        check_classes(self.classes(), 2..)?;
        match self.classes() {
            Some(classes) if classes.len() > 2 => Err(SettingError::new("classes", format!("must name 2 classes, not {}", classes.len()))),
            Some(_) | None => Ok(()),
        }
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
        "binary"
    }

    fn infer(&self, candidate: &Candidate<'_>) -> Result<Option<InferredTask>, Refusal> {
        let Some(values) = candidate.values().filter(|values| values.len() == 2) else { return Ok(None) };
        refuse_infinity(candidate, &values)?;
        let task = InferredTask::new(TaskKind::Binary, String::new(), values);
        let reason = format!("two classes, {} and {}", quote(&task.classes[0]), quote(&task.classes[1]));
        Ok(Some(InferredTask { reason, ..task }))
    }

    fn fit(&self, task: &Task<'_>) -> Result<LabelSchema, Error> {
        let found = count_classes(task)?;
        let classes = task.order(&found)?;
        if found.len() > 1 && classes.len() > 2 {
            let mut by_row: Vec<(&String, &(usize, usize))> = found.iter().collect();
            by_row.sort_by_key(|(_, (_, row))| *row);
            let (third, (_, row)) = by_row[2];
            return Err(task.cell_error(
                *row,
                format!("{} is a third class of the binary task \"{}\"", quote(third), task.name),
                format!("a task with {} classes is type = \"classification\"", classes.len()),
            ));
        }
        let counts = checked_counts(task, &found, &classes)?;
        Ok(Binary { classes, counts }.into())
    }

    fn audit(&self, row: &AuditedRow<'_>) -> AuditedLabels {
        audit(row)
    }

    fn strata(&self, _: &TargetConfig) -> Strata {
        Strata::Classes
    }
}

impl Label for Binary {
    fn check(&self) -> Result<(), SettingError> {
        match self.classes.len() {
            2 => Ok(()),
            count => Err(SettingError::new("classes", format!("must be 2, not {count}"))),
        }
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
