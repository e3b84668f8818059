//! `dependencies`: for each word the word that it depends on, and how; encoded by the number of the head and the index of the relation.

use std::collections::HashSet;

use banyan_text::trees::{RELATION, may_be_tree};
use banyan_text::{Ragged, UNKNOWN_TAG};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::candidate::one_class;
use super::settings::{Settings, check_classes, class_names};
use super::task::{Counts, count};
use super::words::{known_tags, labels_of, tag_of_label};
use super::{AuditedLabels, AuditedRow, Candidate, Encoded, InferredTask, Label, LabelKind, LabelSchema, Refusal, Source, Strata, Subject};
use super::{TargetConfig, Task, TaskKind};
use crate::dataset::Purpose;
use crate::error::{Error, Hint};
use crate::read;
use crate::report::{Note, TargetReport};
use crate::sentences::TreeColumns;
use crate::settings::{SettingError, check_classes_learned};
use crate::table::Column;
use crate::values::{Array, Values};
use crate::vocabulary::Vocabulary;

/// The most words of a sentence whose tree is found: every pair of them is scored, which takes memory that grows with the square, a gigabyte for
/// so many.
pub const LONGEST_TREE: usize = 4096;

/// For each word its head and its relation to it: a tree over the sentence. The task's column holds the heads.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Dependencies {
    /// The input whose words they are.
    pub on: String,
    /// The column of the relations.
    pub relation: String,
    /// The relations, in the order of the outputs.
    pub relations: Vec<String>,
    /// Training words of each.
    pub counts: Vec<usize>,
    /// Training rows with any label.
    pub rows: usize,
}

/// Trees, as labels and as predictions.
#[derive(Debug, Clone, Copy)]
pub struct TreeValues<'a> {
    /// For each row the head of each word: 0 for the root of its sentence, else 1 for the first word and so on; [`UNKNOWN_TAG`] where it is not
    /// known. A row without any label has an empty list.
    pub heads: &'a Ragged,
    /// For each row the index of each word's relation to its head; [`UNKNOWN_TAG`] where it is not known, or never seen in training.
    pub relations: &'a Ragged,
}

impl<'a> TreeValues<'a> {
    /// Of the values of a task.
    ///
    /// # Panics
    /// For the values of another kind of task.
    pub fn of(values: &'a Values) -> Self {
        Self { heads: values.lists_at(0), relations: values.lists_at(1) }
    }

    /// As the values of a task.
    pub fn values(heads: Ragged, relations: Ragged) -> Values {
        Values::new(vec![Array::Lists(heads), Array::Lists(relations)])
    }

    /// The heads and relations of a row.
    pub fn row(self, row: usize) -> [&'a [u32]; 2] {
        [self.heads.list(row), self.relations.list(row)]
    }
}

/// The settings of trees over words.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DependenciesSettings {
    /// The input, of the type `tokens`, whose words are labeled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on: Option<String>,
    /// The columns of the heads and of the relations, `{ head = "head", relation = "deprel" }`.
    #[serde(skip_serializing_if = "DependenciesColumns::is_empty")]
    pub columns: DependenciesColumns,
    /// The relations in their order; found in the training table where they are not given.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "class_names")]
    pub classes: Option<Vec<String>>,
}

impl Settings for DependenciesSettings {
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
        self.columns.head.as_deref()
    }
}

/// The columns of the parts of a dependency.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DependenciesColumns {
    /// That of the heads, where it is not the column of the task.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub head: Option<String>,
    /// That of the relations, where it is not `deprel`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relation: Option<String>,
}

impl DependenciesColumns {
    fn is_empty(&self) -> bool {
        self.head.is_none() && self.relation.is_none()
    }
}

/// The kind's entry in the table.
pub(super) const KIND: Kind = Kind;

pub(super) struct Kind;

impl LabelKind for Kind {
    fn name(&self) -> &'static str {
        "dependencies"
    }

    fn subject(&self) -> Subject {
        Subject::Words
    }

    fn columns<'a>(&self, config: &'a TargetConfig) -> Vec<&'a str> {
        vec![&config.column, relation_column(config)]
    }

    fn asked_at(&self) -> u8 {
        1
    }

    fn infer(&self, candidate: &Candidate<'_>) -> Result<Option<InferredTask>, Refusal> {
        let Some((words, relations)) = candidate.words().zip(candidate.table.find(RELATION)) else { return Ok(None) };
        let columns = TreeColumns { table: candidate.table, words, heads: candidate.column, relations };
        let mut names: HashSet<String> = HashSet::new();
        for row in 0..candidate.table.rows() {
            let count = columns.words(row);
            if count > 0 {
                let Ok(arcs) = columns.read(row, count) else { return Ok(None) };
                names.extend(arcs.into_iter().flatten().map(|arc| arc.relation.into_owned()));
            }
        }
        let names: Vec<String> = names.into_iter().collect();
        match names.as_slice() {
            [] => return Ok(None),
            [only] => return Err(one_class("all labels are", only)),
            [..] => {}
        }
        let reason = format!("heads of the words in \"{}\", with relations in \"{RELATION}\"; {} different ones", words.name, names.len());
        let task = InferredTask::new(TaskKind::Dependencies, reason, names).on(words);
        Ok(Some(InferredTask { relation: Some(RELATION.to_owned()), ..task }))
    }

    fn fit(&self, task: &Task<'_>) -> Result<LabelSchema, Error> {
        let on = task.input_of_words()?;
        let relations = relations_of(task)?;
        let columns = TreeColumns { table: task.table, words: task.table.column(&on.column)?, heads: task.column, relations };
        let (mut found, mut rows) = (Counts::new(), 0);
        for &row in task.rows {
            let words = columns.words(row);
            let arcs = if words > 0 { columns.read(row, words)? } else { Vec::new() };
            rows += usize::from(arcs.iter().any(Option::is_some));
            arcs.iter().flatten().for_each(|arc| count(&mut found, &arc.relation, row));
        }
        // What is said from here on is about the relations.
        let of_relations = Task { column: relations, ..*task };
        if rows == 0 {
            let is_empty = |column: &Column| task.rows.iter().all(|row| matches!(read::labels(column.cell(*row)), Ok(None)));
            return Err(match (is_empty(columns.heads), is_empty(relations)) {
                (true, _) => task.no_labels(),
                (false, true) => of_relations.no_labels(),
                (false, false) => task.error(
                    format!("no training row has a word with both a head and a relation (column \"{}\")", relations.name),
                    "leave the task out, or train on rows that have both",
                ),
            });
        }
        let (names, counts) = of_relations.several(&found)?;
        Ok(Dependencies { on: on.name.clone(), relation: relations.name.clone(), relations: names, counts, rows }.into())
    }

    fn audit(&self, row: &AuditedRow<'_>) -> AuditedLabels {
        let relations = row.table.find(relation_column(row.config)).map(|column| labels_of(column.cell(row.row)));
        let arcs = labels_of(row.cell()).into_iter().zip(relations.unwrap_or_default());
        let known = arcs.filter(|(head, relation)| !head.is_empty() && !relation.is_empty());
        AuditedLabels::of_tokens(known.map(|(_, relation)| relation.into_owned()).collect())
    }

    fn strata(&self, _: &TargetConfig) -> Strata {
        Strata::None
    }
}

fn relation_column(config: &TargetConfig) -> &str {
    config.own::<DependenciesSettings>().columns.relation.as_deref().unwrap_or(RELATION)
}

/// The column of the relations.
fn relations_of<'a>(task: &Task<'a>) -> Result<&'a Column, Error> {
    let heads = task.column;
    let relations = match &task.config.own::<DependenciesSettings>().columns.relation {
        Some(name) => task.table.column(name)?,
        None => task.table.find(RELATION).ok_or_else(|| {
            task.error(
                format!("it needs a column of relations beside that of the heads, and there is no column \"{RELATION}\""),
                "name it with columns = { relation = \"…\" }",
            )
        })?,
    };
    if relations.name == heads.name {
        let hint = "name both with columns = { head = \"…\", relation = \"…\" }";
        return Err(task.error(format!("\"{}\" cannot be both its column of heads and that of relations", heads.name), hint));
    }
    Ok(relations)
}

impl Label for Dependencies {
    fn check(&self) -> Result<(), SettingError> {
        check_classes_learned("relations", &self.relations, 1)
    }

    fn classes(&self) -> &[String] {
        &self.relations
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

    fn most_words(&self) -> Option<usize> {
        Some(LONGEST_TREE)
    }

    fn further_columns(&self) -> Vec<&str> {
        vec![&self.relation]
    }

    fn encode(&self, source: &Source<'_>, report: &mut TargetReport) -> Result<Encoded, Error> {
        let columns = source.words.as_ref().zip(source.table.find(source.column)).zip(source.table.find(&self.relation));
        let Some(((words, heads), relations)) = columns else {
            return Ok(Encoded { known: vec![false; source.rows.len()], values: self.unknown(source.rows.len()).into() });
        };
        let columns = TreeColumns { table: source.table, words: words.column, heads, relations };
        let known_relations = Vocabulary::new(&self.relations, source.rows.len());
        let (mut known, mut heads, mut relations) = (Vec::with_capacity(source.rows.len()), Ragged::default(), Ragged::default());
        for (&row, &count) in source.rows.iter().zip(&words.counts) {
            let is_too_long = count > LONGEST_TREE;
            if is_too_long && source.purpose == Purpose::Training {
                let place = source.table.place(row, Some(&words.column.name));
                let problem = format!("a sentence of {count} words, and trees are found for at most {LONGEST_TREE}");
                return Err(Error::Cell { place, problem, hint: Hint::new("cut it into several rows, or leave the row out") });
            }
            let arcs = if is_too_long {
                // It has no prediction that its label could be compared with.
                Vec::new()
            } else if count > 0 {
                columns.read(row, count)?
            } else {
                report.wordless += usize::from(columns.has_labels(row)?);
                Vec::new()
            };
            if !may_be_tree(&arcs) {
                let example = format!("the first in {}", source.table.place(row, None));
                let text = "heads that are no tree with one root and are taken as they are";
                report.note(Note::with_first(1, ["row has", "rows have"], text, example));
            }
            let is_known = arcs.iter().any(Option::is_some);
            known.push(is_known);
            let arcs = || arcs.iter().filter(|_| is_known).map(Option::as_ref);
            heads.push(arcs().map(|arc| arc.map_or(UNKNOWN_TAG, |arc| arc.head)));
            relations.push(arcs().map(|arc| arc.map_or(UNKNOWN_TAG, |arc| relation(&arc.relation, &known_relations, report))));
        }
        Ok(Encoded { known, values: TreeValues::values(heads, relations).into() })
    }

    fn unknown(&self, rows: usize) -> Values {
        let empty = Ragged::of_empty_lists(rows);
        TreeValues::values(empty.clone(), empty)
    }

    fn count(&self, values: &Values, _: &[bool], row: usize) -> usize {
        known_tags(TreeValues::of(values).heads.list(row))
    }
}

/// The index of a relation; of one whose subtype was never seen in training, as `flat:foreign`, that of the relation itself, which is all that the
/// attachment scores look at.
fn relation(name: &str, known: &Vocabulary<'_>, report: &mut TargetReport) -> u32 {
    let universal = name.split(':').next().unwrap_or(name);
    match known.find(name).or_else(|| known.find(universal)) {
        Some(place) => place,
        None => tag_of_label(name, known, report),
    }
}
