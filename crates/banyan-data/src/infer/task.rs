//! The rules for tasks.

use std::borrow::Cow;
use std::collections::HashSet;

use banyan_text::spans::Label;
use banyan_text::trees::RELATION;

use crate::config::TaskKind;
use crate::error::{Error, Mend};
use crate::read;
use crate::sentences::TreeColumns;
use crate::table::{Column, Table};
use crate::value::quote;

use super::profile::Profile;
use super::{InferredTask, frames, sentences};

/// Whole numbers with more values are quantities rather than classes.
const MOST_NUMBERED_CLASSES: usize = 20;

pub(super) fn infer(table: &Table, column: &Column) -> Result<InferredTask, Error> {
    if let Some(found) = frames::roles_over(table, column) {
        return Ok(found);
    }
    let profile = Profile::of(column);
    let refuse = |problem: String, mend: &str| {
        Err(Error::Task { task: column.name.clone(), problem: format!("{problem} in {}", table.name()), mend: Mend::new(mend) })
    };
    if profile.known == 0 {
        return refuse(format!("column \"{}\" has no label", column.name), "choose a column with labels");
    }
    let words = if profile.text_lists + profile.number_lists == profile.known { sentences::words_of(table, column) } else { None };
    if let Some(words) = words.filter(|words| !std::ptr::eq(*words, column)) {
        let found = trees_over(table, column, words).or_else(|| lemmas_of(table, column, words)).unwrap_or_else(|| of_words(column, words));
        return match found.classes.as_slice() {
            [only] if found.kind != TaskKind::Spans => {
                refuse(format!("all labels are {}", quote(only)), "a task needs at least two classes")
            }
            _ => Ok(found),
        };
    }
    if profile.others + profile.number_lists > 0 {
        return refuse(
            format!("column \"{}\" holds values that no task reads", column.name),
            "choose a column of numbers, words or lists of words",
        );
    }
    if profile.text_lists > 0 {
        let labels: HashSet<&str> = sentences::texts(column).filter(|label| !label.is_empty()).collect();
        let reason = format!("lists of labels; {} different ones", labels.len());
        return Ok(InferredTask::new(TaskKind::Multilabel, reason, labels.into_iter().map(str::to_owned).collect(), None));
    }
    let names: Vec<String> = profile.values.keys().cloned().collect();
    match names.len() {
        1 => return refuse(format!("all {} labels are {}", profile.known, quote(&names[0])), "a task needs at least two classes"),
        2 => {
            let classes = InferredTask::new(TaskKind::Binary, String::new(), names, None).classes;
            let reason = format!("two classes, {} and {}", quote(&classes[0]), quote(&classes[1]));
            return Ok(InferredTask::new(TaskKind::Binary, reason, classes, None));
        }
        _ => {}
    }
    if profile.is_numeric() {
        return Ok(if profile.is_whole() && names.len() <= MOST_NUMBERED_CLASSES && names.len() * 2 <= profile.known {
            let reason = format!(
                "{} whole numbers as classes (\"ordinal\" if their order matters, \"regression\" if they are quantities)",
                names.len()
            );
            InferredTask::new(TaskKind::Classification, reason, names, None)
        } else {
            InferredTask::new(TaskKind::Regression, format!("numbers, {} different ones", names.len()), Vec::new(), None)
        });
    }
    if let Some((separator, members)) = profile.separated() {
        let labels: HashSet<&str> = profile.texts().flat_map(|text| crate::read::split(text, separator)).collect();
        let reason = format!("labels with \"{separator}\" between; {members} different ones");
        return Ok(InferredTask::new(
            TaskKind::Multilabel,
            reason,
            labels.into_iter().map(str::to_owned).collect(),
            Some(separator.to_owned()),
        ));
    }
    if names.len() * 10 >= profile.known * 9 {
        return refuse(
            format!("column \"{}\" has {} different labels for {} rows", column.name, names.len(), profile.known),
            "choose a column whose labels come again",
        );
    }
    Ok(InferredTask::new(TaskKind::Classification, format!("{} classes", names.len()), names, None))
}

/// The heads of the words of another column, where the table has a column of relations, too.
fn trees_over(table: &Table, heads: &Column, words: &Column) -> Option<InferredTask> {
    let relations = table.find(RELATION)?;
    let columns = TreeColumns { table, words, heads, relations };
    let mut names: HashSet<String> = HashSet::new();
    for row in 0..table.rows() {
        match columns.words(row) {
            0 => {}
            count => names.extend(columns.read(row, count).ok()?.into_iter().flatten().map(|arc| arc.relation.into_owned())),
        }
    }
    if names.is_empty() {
        return None;
    }
    let reason = format!("heads of the words in \"{}\", with relations in \"{RELATION}\"; {} different ones", words.name, names.len());
    let found = InferredTask::new(TaskKind::Dependencies, reason, names.into_iter().collect(), None);
    Some(InferredTask { on: Some(words.name.clone()), relation: Some(RELATION.to_owned()), ..found })
}

/// What the words of another column are forms of.
fn lemmas_of(table: &Table, column: &Column, words: &Column) -> Option<InferredTask> {
    let reason = sentences::are_lemmas(table, column, words)?;
    Some(InferredTask { on: Some(words.name.clone()), ..InferredTask::new(TaskKind::Lemmas, reason, Vec::new(), None) })
}

/// A label for each word of another column.
fn of_words(column: &Column, words: &Column) -> InferredTask {
    let labels: Vec<Cow<'_, str>> = column.cells().flat_map(|cell| read::labels(cell).ok().flatten().unwrap_or_default()).collect();
    let labels: HashSet<&str> = labels.iter().map(AsRef::as_ref).filter(|label| !label.is_empty()).collect();
    let (kind, names, what) = if sentences::are_spans(column) {
        let kind = |label| if let Some(Label::In(_, kind)) = Label::parse(label) { Some(kind) } else { None };
        (TaskKind::Spans, labels.into_iter().filter_map(kind).collect(), ["spans", "types"])
    } else {
        (TaskKind::Tagging, labels, ["labels", "different ones"])
    };
    let reason = format!("{} of the words in \"{}\"; {} {}", what[0], words.name, names.len(), what[1]);
    InferredTask { on: Some(words.name.clone()), ..InferredTask::new(kind, reason, names.into_iter().map(str::to_owned).collect(), None) }
}
