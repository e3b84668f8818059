//! `multilabel`: any number of labels a row, encoded by zeros and ones, `[rows, labels]`.

use std::cell::LazyCell;
use std::collections::HashSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::settings::{Settings, check_classes, class_names};
use super::task::{Counts, count, counts_of};
use super::{AuditedLabels, AuditedRow, Candidate, Encoded, InferredTask, Label, LabelKind, LabelSchema, Refusal, Source, Strata};
use super::{TargetConfig, Task, TaskKind};
use crate::by_value::ByValue;
use crate::error::Error;
use crate::infer::sentences::texts;
use crate::read;
use crate::report::TargetReport;
use crate::settings::{SettingError, check_classes_learned, check_separator};
use crate::table::Cell;
use crate::value::quote;
use crate::values::Values;
use crate::vocabulary::Vocabulary;

/// Any number of labels a row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Multilabel {
    /// The labels, in the order of the outputs.
    pub labels: Vec<String>,
    /// Training rows that carry each label.
    pub counts: Vec<usize>,
    /// Training rows with a known label set (empty sets included).
    pub rows: usize,
    /// What separates the labels in a text cell.
    pub separator: String,
}

/// The settings of labels of which a row has any number.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct MultilabelSettings {
    /// The labels in their order; found in the training table where they are not given.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "class_names")]
    pub classes: Option<Vec<String>>,
    /// What separates the labels in a text cell. Default: the one of `;`, `|` and `,` that occurs most, the space where none does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub separator: Option<String>,
}

impl Settings for MultilabelSettings {
    fn check(&self) -> Result<(), SettingError> {
        check_classes(self.classes(), 2..)?;
        check_separator(self.separator.as_deref(), "labels")
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
        "multilabel"
    }

    fn is_one_a_row(&self) -> bool {
        false
    }

    fn resolve(&self, config: &TargetConfig, cells: &mut dyn Iterator<Item = Cell<'_>>) -> TargetConfig {
        let settings = config.own::<MultilabelSettings>();
        let separator = settings.separator.clone().unwrap_or_else(|| read::find_separator(cells));
        TargetConfig::new(MultilabelSettings { separator: Some(separator), ..settings.clone() }, &config.column)
    }

    fn infer(&self, candidate: &Candidate<'_>) -> Result<Option<InferredTask>, Refusal> {
        let task = |labels: HashSet<&str>, reason: String| {
            InferredTask::new(TaskKind::Multilabel, reason, labels.into_iter().map(str::to_owned).collect())
        };
        if candidate.are_lists_of_labels() {
            let labels: HashSet<&str> = texts(candidate.column).filter(|label| !label.is_empty()).collect();
            let reason = format!("lists of labels; {} different ones", labels.len());
            return Ok(Some(task(labels, reason)));
        }
        let profile = candidate.profile();
        let may_be_separated = !profile.is_numeric() && candidate.values().is_some_and(|values| values.len() > 2);
        let Some((separator, members)) = profile.separated().filter(|_| may_be_separated) else { return Ok(None) };
        let labels = profile.texts().flat_map(|text| read::split(text, separator)).collect();
        let reason = format!("labels with \"{separator}\" between; {members} different ones");
        Ok(Some(InferredTask { separator: Some(separator.to_owned()), ..task(labels, reason) }))
    }

    fn fit(&self, task: &Task<'_>) -> Result<LabelSchema, Error> {
        let separator = separator(&self.resolve(task.config, &mut task.cells()));
        let (mut found, mut rows) = (Counts::new(), 0);
        for &row in task.rows {
            let members = read::members(task.cell(row), &separator)
                .map_err(|problem| task.cell_error(row, problem, "write the labels of a row as a list, or in one text with a separator"))?;
            let Some(members) = members else { continue };
            rows += 1;
            members.iter().for_each(|member| count(&mut found, member, row));
        }
        if rows == 0 {
            return Err(task.no_labels());
        }
        if found.values().all(|(count, _)| *count == rows) {
            let problem = format!("all {rows} training rows have the same labels");
            return Err(task.error(problem, "there is nothing to learn; leave the task out"));
        }
        let labels = task.order(&found)?;
        if rows > 2 && labels.len() >= rows && found.values().all(|(count, _)| *count == 1) {
            return Err(task.error(
                "no label occurs in two training rows",
                format!("the separator is {}; set another with separator = \"…\"", quote(&separator)),
            ));
        }
        let counts = counts_of(&found, &labels);
        Ok(Multilabel { labels, counts, rows, separator }.into())
    }

    fn audit(&self, row: &AuditedRow<'_>) -> AuditedLabels {
        AuditedLabels::of_row(read::members(row.cell(), &separator(row.config)).ok().flatten().unwrap_or_default())
    }

    fn strata(&self, config: &TargetConfig) -> Strata {
        Strata::Members(separator(config))
    }
}

/// What separates the labels in a text cell, where it is resolved.
fn separator(config: &TargetConfig) -> String {
    config.own::<MultilabelSettings>().separator.clone().unwrap_or_default()
}

impl Label for Multilabel {
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

    fn encode(&self, source: &Source<'_>, report: &mut TargetReport) -> Result<Encoded, Error> {
        let (width, rows) = (self.labels.len(), source.rows.len());
        let known_labels = Vocabulary::of_labels(&self.labels, rows);
        let column = source.table.find(source.column);
        let by_value = LazyCell::new(|| ByValue::of(self.labels.iter().map(String::as_str)));
        let (mut known, mut values) = (Vec::with_capacity(rows), vec![0.0; rows * width]);
        for ((row, cell), place) in source.cells().zip(values.chunks_exact_mut(width.max(1))) {
            // Numbers have no spelling.
            let are_numbers = matches!(cell, Cell::Numbers(_)) || column.is_some_and(|column| column.is_typed_number(row));
            let members = read::members(cell, &self.separator).map_err(|problem| source.misfit(row, problem))?;
            known.push(members.is_some());
            for member in members.unwrap_or_default() {
                let same_value = || by_value.find(&member).filter(|_| are_numbers).and_then(|label| known_labels.find(label));
                match known_labels.find(&member).or_else(same_value) {
                    Some(index) => place[index as usize] = 1.0,
                    None => {
                        report.add_unseen(&member);
                    }
                }
            }
        }
        Ok(Encoded { known, values: Values::numbers(width, values).into() })
    }

    fn unknown(&self, rows: usize) -> Values {
        Values::numbers(self.labels.len(), vec![0.0; rows * self.labels.len()])
    }
}
