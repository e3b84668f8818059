//! `srl`: predicates, and the spans of words that play their roles: see [`banyan_text::frames`].

use std::collections::{HashMap, HashSet};

use banyan_text::frames::{Argument, PREDICATE};
use banyan_text::spans::{self, Span};
use banyan_text::{Ragged, UNKNOWN_TAG};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::settings::{Settings, check_classes, class_names};
use super::task::{Counts, count, counts_of};
use super::{AuditedLabels, AuditedRow, Candidate, Encoded, InferredTask, Label, LabelKind, LabelSchema, Refusal, Source, Strata, Subject};
use super::{TargetConfig, Task, TaskKind};
use crate::error::Error;
use crate::infer::sentences as sentences_of;
use crate::report::TargetReport;
use crate::sentences::{self, FrameColumns};
use crate::settings::SettingError;
use crate::table::{Cell, Column};
use crate::values::{Array, Nested, Values};
use crate::vocabulary::Vocabulary;

/// Training predicates that a sense needs to be told apart: one that came once says nothing of what it looks like.
const FEWEST_OF_A_SENSE: usize = 2;

/// Predicates, their senses, and the spans of words that play their roles. The task's column holds the roles.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Srl {
    /// The input whose words they are.
    pub on: String,
    /// The column of the predicates, where they are not in that of the roles.
    pub predicate: Option<String>,
    /// The roles, in the order of the tags.
    pub roles: Vec<String>,
    /// Training spans of each.
    pub counts: Vec<usize>,
    /// The senses of predicates, in the order of the outputs; empty where they are not told apart.
    pub senses: Vec<String>,
    /// Training predicates.
    pub predicates: usize,
    /// Training rows with any label.
    pub rows: usize,
}

/// Predicates and their roles, as labels.
#[derive(Debug, Clone, Copy)]
pub struct FrameValues<'a> {
    /// For each row the words, from 0, that are predicates, from left to right.
    pub predicates: &'a Ragged,
    /// The sense of each of these, an index, of which one past the last stands for all that training lacks; [`UNKNOWN_TAG`] where it is not known.
    pub senses: &'a Ragged,
    /// For each predicate of each row a tag of [`banyan_text::spans`] for each word of the row; an empty list where its roles are not known.
    pub roles: &'a Nested,
    /// The roles that training lacks, which are numbered after those that it has.
    pub unseen_roles: &'a [String],
}

impl<'a> FrameValues<'a> {
    /// Of the values of a task.
    ///
    /// # Panics
    /// For the values of another kind of task.
    pub fn of(values: &'a Values) -> Self {
        Self { predicates: values.lists_at(0), senses: values.lists_at(1), roles: values.nested_at(2), unseen_roles: values.names() }
    }

    /// As the values of a task, without roles that training lacks.
    pub fn values(predicates: Ragged, senses: Ragged, roles: Nested) -> Values {
        Values::new(vec![Array::Lists(predicates), Array::Lists(senses), Array::Nested(roles)])
    }

    /// What a role is called: one of `roles`, those that training has, or of those that it lacks.
    pub fn role(self, kind: usize, roles: &'a [String]) -> &'a str {
        roles.iter().chain(self.unseen_roles).nth(kind).map_or("", String::as_str)
    }
}

/// The settings of semantic roles.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SrlSettings {
    /// The input, of the type `tokens`, whose words are labeled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on: Option<String>,
    /// The columns of the predicates and of their roles, `{ predicate = "predicate", role = "srl" }`.
    #[serde(skip_serializing_if = "SrlColumns::is_empty")]
    pub columns: SrlColumns,
    /// The roles in their order; found in the training table where they are not given.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "class_names")]
    pub classes: Option<Vec<String>>,
}

impl Settings for SrlSettings {
    fn check(&self) -> Result<(), SettingError> {
        check_classes(self.classes(), 2..)
    }

    fn classes(&self) -> Option<&[String]> {
        self.classes.as_deref()
    }

    fn on(&self) -> Option<&str> {
        self.on.as_deref()
    }

    fn column(&self) -> Option<&str> {
        self.columns.role.as_deref()
    }
}

/// The columns of the parts of semantic roles.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SrlColumns {
    /// That of the predicates, where it is not `predicate`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub predicate: Option<String>,
    /// That of the roles, where it is not the column of the task.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
}

impl SrlColumns {
    fn is_empty(&self) -> bool {
        self.predicate.is_none() && self.role.is_none()
    }
}

/// The kind's entry in the table.
pub(super) const KIND: Kind = Kind;

pub(super) struct Kind;

impl LabelKind for Kind {
    fn name(&self) -> &'static str {
        "srl"
    }

    fn subject(&self) -> Subject {
        Subject::Words
    }

    fn optional_columns<'a>(&self, config: &'a TargetConfig) -> Vec<&'a str> {
        vec![config.own::<SrlSettings>().columns.predicate.as_deref().unwrap_or(PREDICATE)]
    }

    fn asked_at(&self) -> u8 {
        0
    }

    /// The roles of the predicates among the words of another column, where every row reads as such.
    fn infer(&self, candidate: &Candidate<'_>) -> Result<Option<InferredTask>, Refusal> {
        let (table, roles) = (candidate.table, candidate.column);
        let are_objects = roles.cells().any(|cell| matches!(cell, Cell::Objects(_)));
        let are_of_several = || sentences_of::texts(roles).any(|label| label.contains('|'));
        let predicates = table.find(PREDICATE).filter(|column| !are_objects && column.name != roles.name && are_of_several());
        let words = sentences_of::named(table).filter(|_| are_objects || predicates.is_some());
        let Some(words) = words else { return Ok(None) };
        let columns = FrameColumns { table, words, roles: Some(roles), predicates };
        let (mut names, mut count) = (HashSet::new(), 0);
        for row in 0..table.rows() {
            let words = columns.words(row);
            let Ok(frames) = (if words > 0 { columns.read(row, words) } else { Ok(None) }) else { return Ok(None) };
            count += frames.iter().flatten().count();
            names.extend(frames.into_iter().flatten().flat_map(|frame| frame.arguments.unwrap_or_default()).map(|argument| argument.role));
        }
        let reason = format!("roles of {count} predicates among the words in \"{}\"; {} different ones", words.name, names.len());
        let task = || InferredTask::new(TaskKind::Srl, reason, names.iter().cloned().collect()).on(words);
        Ok((!names.is_empty()).then(task))
    }

    fn fit(&self, task: &Task<'_>) -> Result<LabelSchema, Error> {
        let on = task.input_of_words()?;
        let predicates = predicates_of(task)?;
        let words = task.table.column(&on.column)?;
        let columns = FrameColumns { table: task.table, words, roles: Some(task.column), predicates };
        let (mut found, mut senses) = (Counts::new(), HashMap::<String, usize>::new());
        let (mut rows, mut count_of_predicates) = (0, 0);
        for &row in task.rows {
            let words = columns.words(row);
            let frames = if words > 0 { columns.read(row, words)? } else { None };
            rows += usize::from(frames.is_some());
            for frame in frames.into_iter().flatten() {
                count_of_predicates += 1;
                frame.arguments.iter().flatten().for_each(|argument| count(&mut found, &argument.role, row));
                *senses.entry(frame.sense).or_default() += 1;
            }
        }
        if rows == 0 {
            return Err(task.no_labels());
        }
        if found.is_empty() {
            let problem = format!("no predicate of {rows} training rows has a role");
            return Err(task.error(problem, "there is nothing to learn; leave the task out"));
        }
        let roles = task.order(&found)?;
        let counts = counts_of(&found, &roles);
        let mut senses: Vec<String> =
            senses.into_iter().filter(|(sense, count)| !sense.is_empty() && *count >= FEWEST_OF_A_SENSE).map(|(sense, _)| sense).collect();
        senses.sort();
        // With one sense only, predicates are marked and not told apart.
        senses.truncate(if senses.len() > 1 { senses.len() } else { 0 });
        let predicate = predicates.map(|column| column.name.clone());
        Ok(Srl { on: on.name.clone(), predicate, roles, counts, senses, predicates: count_of_predicates, rows }.into())
    }

    fn audit(&self, row: &AuditedRow<'_>) -> AuditedLabels {
        AuditedLabels::of_row(sentences::roles(row.cell()))
    }

    fn strata(&self, _: &TargetConfig) -> Strata {
        Strata::None
    }
}

/// The column of the predicates; none where that of the roles has them itself.
fn predicates_of<'a>(task: &Task<'a>) -> Result<Option<&'a Column>, Error> {
    if let Some(name) = &task.config.own::<SrlSettings>().columns.predicate {
        return task.table.column(name).map(Some);
    }
    let are_objects = task.cells().any(|cell| matches!(cell, Cell::Objects(_)));
    match task.table.find(PREDICATE).filter(|_| !are_objects) {
        None if !are_objects => Err(task.error(
            format!("it needs a column of predicates beside that of their roles, and there is no column \"{PREDICATE}\""),
            "name it with columns = { predicate = \"…\" }",
        )),
        found => Ok(found),
    }
}

impl Label for Srl {
    fn classes(&self) -> &[String] {
        &self.roles
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

    fn further_columns(&self) -> Vec<&str> {
        self.predicate.as_deref().into_iter().collect()
    }

    /// Predicates may come without roles, and both in one column.
    fn lacking<'a>(&'a self, column: &'a str, has: &dyn Fn(&str) -> bool) -> Option<&'a str> {
        let mut columns = std::iter::once(column).chain(self.further_columns());
        (!columns.any(has)).then_some(column)
    }

    /// Roles are predicted of the predicates that are given.
    fn guides_predictions(&self) -> bool {
        true
    }

    fn encode(&self, source: &Source<'_>, report: &mut TargetReport) -> Result<Encoded, Error> {
        let Some(words) = &source.words else {
            return Ok(Encoded { known: vec![false; source.rows.len()], values: self.unknown(source.rows.len()).into() });
        };
        let predicates = self.predicate.as_ref().and_then(|name| source.table.find(name));
        let roles = source.table.find(source.column);
        let columns = FrameColumns { table: source.table, words: words.column, roles, predicates };
        let (known_senses, known_roles) =
            (Vocabulary::new(&self.senses, source.rows.len()), Vocabulary::new(&self.roles, source.rows.len()));
        let sense = |name: &str| match known_senses.find(name) {
            Some(place) => place,
            None if name.is_empty() => UNKNOWN_TAG,
            None => self.senses.len() as u32,
        };
        let (mut known, mut unseen_roles) = (Vec::with_capacity(source.rows.len()), Vec::new());
        let (mut predicates, mut senses, mut roles) = (Ragged::default(), Ragged::default(), Nested::default());
        for (&row, &words) in source.rows.iter().zip(&words.counts) {
            let frames = if words > 0 {
                columns.read(row, words)?
            } else {
                report.wordless += usize::from(columns.has_labels(row));
                None
            };
            known.push(frames.is_some());
            let frames = frames.unwrap_or_default();
            predicates.push(frames.iter().map(|frame| frame.predicate as u32));
            senses.push(frames.iter().map(|frame| sense(&frame.sense)));
            let mut kind = |argument: &Argument| match known_roles.find(&argument.role) {
                Some(kind) => kind as usize,
                None => self.roles.len() + unseen_role(&argument.role, &mut unseen_roles, report),
            };
            let mut tags = |arguments: &Vec<Argument>| {
                let span = |argument: &Argument| Span { begin: argument.begin, end: argument.end, kind: kind(argument) };
                spans::tags_of(&arguments.iter().map(span).collect::<Vec<Span>>(), words)
            };
            roles.push(frames.iter().map(|frame| frame.arguments.as_ref().map(&mut tags).unwrap_or_default()));
        }
        let values = FrameValues::values(predicates, senses, roles).with_names(unseen_roles);
        Ok(Encoded { known, values: values.into() })
    }

    fn unknown(&self, rows: usize) -> Values {
        let empty = Ragged::of_empty_lists(rows);
        FrameValues::values(empty.clone(), empty, Nested::of_empty_rows(rows))
    }

    /// A row without predicates says so of each of its words, of which the labels know nothing: it counts as one label.
    fn count(&self, values: &Values, known: &[bool], row: usize) -> usize {
        let tags = FrameValues::of(values).roles.row(row).map(<[u32]>::len).sum::<usize>();
        if known[row] { tags.max(1) } else { 0 }
    }
}

/// The place of a role that training lacks among all such.
fn unseen_role(role: &str, all: &mut Vec<String>, report: &mut TargetReport) -> usize {
    report.add_unseen(role);
    all.iter().position(|other| other == role).unwrap_or_else(|| {
        all.push(role.to_owned());
        all.len() - 1
    })
}
