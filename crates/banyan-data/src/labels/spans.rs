//! `spans`: stretches of words, each of a type, that do not overlap; encoded by tags of [`banyan_text::spans`].

use std::borrow::Cow;
use std::collections::HashSet;

use banyan_text::spans::{self, Census, Label as SpanLabel, MISALIGNED, Span};
use banyan_text::{Ragged, UNKNOWN_TAG};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::settings::{Settings, check_classes, class_names};
use super::task::{Counts, count, counts_of};
use super::words::{WRITE_NULL, known_tags, labels_of, mark_of_none};
use super::{AuditedLabels, AuditedRow, Candidate, Encoded, InferredTask, Label, LabelKind, LabelSchema, Refusal, Source, Strata, Subject};
use super::{TargetConfig, Task, TaskKind};
use crate::error::Error;
use crate::infer::sentences;
use crate::report::{Note, TargetReport};
use crate::settings::{SettingError, check_classes_learned};
use crate::table::Cell;
use crate::values::Values;
use crate::vocabulary::Vocabulary;

/// Spans of words, each of a type. The values are a list a row: a tag of [`banyan_text::spans`] a word,
/// [`UNKNOWN_TAG`] for a word without a label; a row without any has an empty list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Spans {
    /// The input whose words they are.
    pub on: String,
    /// The types, in the order of the tags.
    pub types: Vec<String>,
    /// Training spans of each.
    pub counts: Vec<usize>,
    /// Training rows with any label.
    pub rows: usize,
    /// Whether labels are types without a prefix: `PER`, not `B-PER` and `I-PER`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub are_types: bool,
}

/// The settings of spans of words.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SpansSettings {
    /// The input, of the type `tokens`, whose words are labeled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on: Option<String>,
    /// The types in their order; found in the training table where they are not given.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "class_names")]
    pub classes: Option<Vec<String>>,
}

impl Settings for SpansSettings {
    fn check(&self) -> Result<(), SettingError> {
        check_classes(self.classes(), 1..)
    }

    fn classes(&self) -> Option<&[String]> {
        self.classes.as_deref()
    }

    fn on(&self) -> Option<&str> {
        self.on.as_deref()
    }
}

const OTHER_LABELS: &str = "a task whose labels are not those of spans is type = \"tagging\"";

/// The kind's entry in the table.
pub(super) const KIND: Kind = Kind;

pub(super) struct Kind;

impl LabelKind for Kind {
    fn name(&self) -> &'static str {
        "spans"
    }

    fn subject(&self) -> Subject {
        Subject::Words
    }

    fn asked_at(&self) -> u8 {
        3
    }

    fn infer(&self, candidate: &Candidate<'_>) -> Result<Option<InferredTask>, Refusal> {
        let Some(words) = candidate.words().filter(|_| sentences::are_spans(candidate.column)) else { return Ok(None) };
        let labels: Vec<Cow<'_, str>> = candidate.column.cells().flat_map(labels_of).collect();
        let of_type = |label| if let Some(SpanLabel::In(_, kind)) = SpanLabel::parse(label) { Some(kind.to_owned()) } else { None };
        let types: HashSet<String> = labels.iter().filter_map(|label| of_type(label.as_ref())).collect();
        let reason = format!("spans of the words in \"{}\"; {} types", words.name, types.len());
        Ok(Some(InferredTask::new(TaskKind::Spans, reason, types.into_iter().collect()).on(words)))
    }

    fn fit(&self, task: &Task<'_>) -> Result<LabelSchema, Error> {
        let (on, words) = task.column_of_words()?;
        let mut found = Counts::new();
        let are_types = are_types(task.rows.iter().map(|row| task.cell(*row)));
        let rows = task.each_row(words, |row, labels| {
            let labels = parse(labels, are_types).map_err(|problem| {
                let of_cell = labels.iter().map(AsRef::as_ref).filter(|label| SpanLabel::parse(label).is_none());
                let hint = if mark_of_none(of_cell).is_some() { WRITE_NULL } else { OTHER_LABELS };
                task.cell_error(row, problem, hint)
            })?;
            spans::read(&labels).iter().for_each(|span| count(&mut found, span.kind, row));
            Ok(())
        })?;
        if found.is_empty() {
            return Err(task.error("no training row has a span: every label is O", "there is nothing to learn; leave the task out"));
        }
        let types = task.order(&found)?;
        let counts = counts_of(&found, &types);
        Ok(Spans { on: on.to_owned(), types, counts, rows, are_types }.into())
    }

    fn audit(&self, row: &AuditedRow<'_>) -> AuditedLabels {
        let labels = labels_of(row.cell());
        let tokens = labels.iter().filter(|label| !label.is_empty()).count();
        let labels = SpanLabel::parse_all(&labels).unwrap_or_else(|_| SpanLabel::parse_types(&labels));
        let names = spans::read(&labels).into_iter().map(|span| span.kind.to_owned()).collect();
        AuditedLabels { names, tokens: Some(tokens) }
    }

    fn strata(&self, _: &TargetConfig) -> Strata {
        Strata::None
    }
}

impl Label for Spans {
    fn check(&self) -> Result<(), SettingError> {
        check_classes_learned("types", &self.types, 1)
    }

    fn classes(&self) -> &[String] {
        &self.types
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
        let known_types = Vocabulary::new(&self.types, source.rows.len());
        let mut census = Census::default();
        let (mut misaligned, mut first_misaligned) = (0, None);
        let (known, tags) = source.tags(report, |row, labels, report| {
            let own = labels.iter().filter(|label| label.as_ref() == MISALIGNED).count();
            misaligned += own;
            first_misaligned = first_misaligned.or((own > 0).then_some(row));
            let labels = parse(labels, self.are_types).map_err(|problem| source.misfit(row, problem))?;
            census.add(row, &labels);
            Ok(tags_of_spans(&labels, &known_types, report))
        })?;
        if let Some(first) = first_misaligned {
            report.note(Note::with_first(
                misaligned,
                ["word has", "words have"],
                "\"-\" for a label, which counts as none",
                format!("the first in {}", source.table.place(first, None)),
            ));
        }
        if let (broken @ 1.., Some(first)) = census.broken() {
            report.note(Note::with_first(
                broken,
                ["row has", "rows have"],
                "labels that break their scheme and are read as conlleval reads them",
                format!("the first, {} in {}", census.scheme(), source.table.place(first, None)),
            ));
        }
        Ok(Encoded { known, values: Values::lists(tags).into() })
    }

    fn unknown(&self, rows: usize) -> Values {
        Values::lists(Ragged::of_empty_lists(rows))
    }

    fn count(&self, values: &Values, _: &[bool], row: usize) -> usize {
        known_tags(values.lists_at(0).list(row))
    }
}

/// Whether labels are types without a prefix, as in the scheme IO: some are no other label, none has a prefix, and some words are in no span, which
/// tells them from parts of speech.
fn are_types<'a>(cells: impl Iterator<Item = Cell<'a>>) -> bool {
    let (mut has_types, mut has_prefixes, mut has_outside) = (false, false, false);
    for cell in cells {
        for label in labels_of(cell) {
            match SpanLabel::parse(&label) {
                Some(SpanLabel::In(..)) => has_prefixes |= label.contains('-'),
                Some(SpanLabel::Outside) => has_outside = true,
                None => has_types |= !label.is_empty() && label != MISALIGNED,
            }
        }
    }
    has_types && has_outside && !has_prefixes
}

fn parse<'a>(labels: &'a [Cow<'_, str>], are_types: bool) -> Result<Vec<Option<SpanLabel<'a>>>, String> {
    if are_types { Ok(SpanLabel::parse_types(labels)) } else { SpanLabel::parse_all(labels) }
}

/// Words without a label, and those of a span whose type is not known, are unknown.
fn tags_of_spans(labels: &[Option<SpanLabel<'_>>], known: &Vocabulary<'_>, report: &mut TargetReport) -> Vec<u32> {
    let found = spans::read(labels);
    let kinds: Vec<Option<u32>> = found.iter().map(|span| known.find(span.kind)).collect();
    let indices =
        found.iter().zip(&kinds).filter_map(|(span, kind)| Some(Span { begin: span.begin, end: span.end, kind: (*kind)? as usize }));
    let mut tags = spans::tags_of(&indices.collect::<Vec<Span>>(), labels.len());
    for (span, _) in found.iter().zip(&kinds).filter(|(_, kind)| kind.is_none()) {
        tags[span.begin..span.end].fill(UNKNOWN_TAG);
        report.add_unseen(span.kind);
    }
    for (tag, _) in tags.iter_mut().zip(labels).filter(|(_, label)| label.is_none()) {
        *tag = UNKNOWN_TAG;
    }
    tags
}
