//! `tagging`: a label for each word, encoded by its index.

use std::collections::HashSet;

use banyan_text::Ragged;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::candidate::one_class;
use super::settings::{Settings, check_classes, class_names};
use super::task::{Counts, count};
use super::words::{WRITE_NULL, known_tags, labels_of, mark_of_none, tag_of_label};
use super::{AuditedLabels, AuditedRow, Candidate, Encoded, InferredTask, Label, LabelKind, LabelSchema, Refusal, Source, Strata, Subject};
use super::{TargetConfig, Task, TaskKind};
use crate::error::Error;
use crate::report::TargetReport;
use crate::settings::{SettingError, check_classes_learned};
use crate::values::Values;
use crate::vocabulary::Vocabulary;

/// One of several labels for each word. The values are a list a row: an index a word,
/// [`UNKNOWN_TAG`](banyan_text::UNKNOWN_TAG) for a word without a label; a row without any has an empty list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tagging {
    /// The input whose words they are.
    pub on: String,
    /// The labels, in the order of the outputs.
    pub labels: Vec<String>,
    /// Training words of each.
    pub counts: Vec<usize>,
    /// Training rows with any label.
    pub rows: usize,
}

/// The settings of labels of words.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TaggingSettings {
    /// The input, of the type `tokens`, whose words are labeled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on: Option<String>,
    /// The labels in their order; found in the training table where they are not given.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "class_names")]
    pub classes: Option<Vec<String>>,
}

impl Settings for TaggingSettings {
    fn check(&self) -> Result<(), SettingError> {
        check_classes(self.classes(), 2..)
    }

    fn classes(&self) -> Option<&[String]> {
        self.classes.as_deref()
    }

    fn on(&self) -> Option<&str> {
        self.on.as_deref()
    }
}

/// The kind's entry in the table.
pub(super) const KIND: Kind = Kind;

pub(super) struct Kind;

impl LabelKind for Kind {
    fn name(&self) -> &'static str {
        "tagging"
    }

    fn subject(&self) -> Subject {
        Subject::Words
    }

    fn asked_at(&self) -> u8 {
        4
    }

    fn infer(&self, candidate: &Candidate<'_>) -> Result<Option<InferredTask>, Refusal> {
        let Some(words) = candidate.words() else { return Ok(None) };
        let labels: HashSet<String> = candidate.column.cells().flat_map(labels_of).map(|label| label.into_owned()).collect();
        let labels: Vec<String> = labels.into_iter().filter(|label| !label.is_empty()).collect();
        if let [only] = labels.as_slice() {
            return Err(one_class("all labels are", only));
        }
        let mut reason = format!("labels of the words in \"{}\"; {} different ones", words.name, labels.len());
        if let Some(mark) = mark_of_none(labels.iter().map(String::as_str)) {
            reason += &format!("; if \"{mark}\" means none, {WRITE_NULL}");
        }
        Ok(Some(InferredTask::new(TaskKind::Tagging, reason, labels).on(words)))
    }

    fn fit(&self, task: &Task<'_>) -> Result<LabelSchema, Error> {
        let (on, words) = task.column_of_words()?;
        let mut found = Counts::new();
        let rows = task.each_row(words, |row, labels| {
            labels.iter().filter(|label| !label.is_empty()).for_each(|label| count(&mut found, label, row));
            Ok(())
        })?;
        let (labels, counts) = task.several(&found)?;
        Ok(Tagging { on: on.to_owned(), labels, counts, rows }.into())
    }

    fn audit(&self, row: &AuditedRow<'_>) -> AuditedLabels {
        let labels = labels_of(row.cell()).into_iter().filter(|label| !label.is_empty());
        AuditedLabels::of_tokens(labels.map(|label| label.into_owned()).collect())
    }

    fn strata(&self, _: &TargetConfig) -> Strata {
        Strata::None
    }
}

impl Label for Tagging {
    fn check(&self) -> Result<(), SettingError> {
        check_classes_learned("labels", &self.labels, 1)
    }

    fn classes(&self) -> &[String] {
        &self.labels
    }

    fn counts(&self) -> &[usize] {
        &self.counts
    }

    fn known_rows(&self) -> usize {
        self.rows
    }

    fn on(&self) -> Option<&str> {
        Some(&self.on)
    }

    fn encode(&self, source: &Source<'_>, report: &mut TargetReport) -> Result<Encoded, Error> {
        let known_labels = Vocabulary::of_labels(&self.labels, source.rows.len());
        let (known, tags) =
            source.tags(report, |_, labels, report| Ok(labels.iter().map(|label| tag_of_label(label, &known_labels, report)).collect()))?;
        Ok(Encoded { known, values: Values::lists(tags).into() })
    }

    fn unknown(&self, rows: usize) -> Values {
        Values::lists(Ragged::of_empty_lists(rows))
    }

    fn count(&self, values: &Values, _: &[bool], row: usize) -> usize {
        known_tags(values.lists_at(0).list(row))
    }
}
