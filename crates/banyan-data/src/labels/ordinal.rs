//! `ordinal`: one of several classes that have an order.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::classes::{audit, checked_counts, count_classes, encode, unknown};
use super::settings::{Settings, check_classes, class_names};
use super::{AuditedLabels, AuditedRow, Encoded, Label, LabelKind, LabelSchema, Source, Strata, TargetConfig, Task};
use crate::error::Error;
use crate::report::TargetReport;
use crate::settings::{SettingError, check_classes_learned};
use crate::value::{parse_number, quote};
use crate::values::Values;

/// One of several classes that have an order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ordinal {
    /// The classes, lowest first.
    pub classes: Vec<String>,
    /// Training rows of each.
    pub counts: Vec<usize>,
}

/// Class names quoted in a message.
const LISTED: usize = 5;

/// The settings of labels of classes that have an order.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct OrdinalSettings {
    /// The classes, lowest first; found in the training table where they are numbers and not given.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "class_names")]
    pub classes: Option<Vec<String>>,
}

impl Settings for OrdinalSettings {
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
        "ordinal"
    }

    fn fit(&self, task: &Task<'_>) -> Result<LabelSchema, Error> {
        let found = count_classes(task)?;
        let classes = task.order(&found)?;
        if task.config.settings.classes().is_none() && classes.iter().any(|name| parse_number(name).is_none()) {
            let some: Vec<String> = classes.iter().take(LISTED).map(|name| quote(name)).collect();
            let hint = format!("write classes = [{}], lowest first", some.join(", "));
            return Err(task.error("the classes are words, whose order is not known", hint));
        }
        let counts = checked_counts(task, &found, &classes)?;
        Ok(Ordinal { classes, counts }.into())
    }

    fn audit(&self, row: &AuditedRow<'_>) -> AuditedLabels {
        audit(row)
    }

    fn strata(&self, _: &TargetConfig) -> Strata {
        Strata::Classes
    }
}

impl Label for Ordinal {
    fn check(&self) -> Result<(), SettingError> {
        check_classes_learned("classes", &self.classes, 2)
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
