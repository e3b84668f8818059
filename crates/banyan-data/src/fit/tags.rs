//! Tasks with a label for each word.

use std::borrow::Cow;

use banyan_text::spans::{self, Label};
use banyan_text::trees::RELATION;

use super::Rows;
use super::task::{Counts, Task, count, order_classes};
use crate::config::{InputConfig, InputKind, TargetConfig};
use crate::error::Error;
use crate::read;
use crate::schema::TargetDetails;
use crate::sentences::{TreeColumns, misaligned};
use crate::suggest;
use crate::table::Column;
use crate::value::quote;

pub(super) fn tagging(task: &Task<'_>, config: &TargetConfig, inputs: &[(String, InputConfig)]) -> Result<TargetDetails, Error> {
    let on = input_of(task, config, inputs)?;
    let mut found = Counts::new();
    let rows = each_row(task, on, |row, labels| {
        for label in labels.iter().filter(|label| !label.is_empty()) {
            count(&mut found, label, row);
        }
        Ok(())
    })?;
    let (labels, counts) = several(task, config, &found)?;
    Ok(TargetDetails::Tagging { on: on.0.clone(), labels, counts, rows })
}

/// The labels in their order and how often each came, of which there must be several.
fn several(task: &Task<'_>, config: &TargetConfig, found: &Counts) -> Result<(Vec<String>, Vec<usize>), Error> {
    let labels = order_classes(task, config, found)?;
    let known: usize = found.values().map(|(count, _)| count).sum();
    if let (1, Some(only)) = (found.len(), found.keys().next()) {
        return Err(task.error(format!("all {known} training labels are {}", quote(only)), "there is nothing to learn; leave the task out"));
    }
    if found.len() == known && known > 2 {
        let mend = "column and task do not fit: these look like words or numbers of words";
        return Err(task.error(format!("each of the {known} training labels is a class of its own"), mend));
    }
    let counts = labels.iter().map(|label| found.get(label).map_or(0, |(count, _)| *count)).collect();
    Ok((labels, counts))
}

pub(super) fn spans(task: &Task<'_>, config: &TargetConfig, inputs: &[(String, InputConfig)]) -> Result<TargetDetails, Error> {
    let on = input_of(task, config, inputs)?;
    let mut found = Counts::new();
    let rows = each_row(task, on, |row, labels| {
        let labels = Label::parse_all(labels)
            .map_err(|problem| task.cell(row, problem, "a task whose labels are not those of spans is type = \"tagging\""))?;
        spans::read(&labels).iter().for_each(|span| count(&mut found, span.kind, row));
        Ok(())
    })?;
    if found.is_empty() {
        return Err(task.error("no training row has a span: every label is O", "there is nothing to learn; leave the task out"));
    }
    let types = order_classes(task, config, &found)?;
    let counts = types.iter().map(|kind| found.get(kind).map_or(0, |(count, _)| *count)).collect();
    Ok(TargetDetails::Spans { on: on.0.clone(), types, counts, rows })
}

pub(super) fn dependencies(task: &Task<'_>, config: &TargetConfig, inputs: &[(String, InputConfig)]) -> Result<TargetDetails, Error> {
    let (name, input) = input_of(task, config, inputs)?;
    let table = task.rows.table;
    let relations = relations_of(task, config)?;
    let words = table.column(input.column.as_deref().unwrap_or(name))?;
    let columns = TreeColumns { table, words, heads: task.rows.column, relations };
    let (mut found, mut rows) = (Counts::new(), 0);
    for &row in task.rows.rows {
        let words = columns.words(row);
        let arcs = if words > 0 { columns.read(row, words)? } else { Vec::new() };
        rows += usize::from(arcs.iter().any(Option::is_some));
        arcs.iter().flatten().for_each(|arc| count(&mut found, &arc.relation, row));
    }
    // What is said from here on is about the relations.
    let of_relations = Task { rows: Rows { column: relations, ..task.rows }, name: task.name };
    if rows == 0 {
        let is_empty = |column: &Column| task.rows.rows.iter().all(|row| matches!(read::labels(column.cell(*row)), Ok(None)));
        return Err(match (is_empty(columns.heads), is_empty(relations)) {
            (true, _) => task.no_labels(),
            (false, true) => of_relations.no_labels(),
            (false, false) => task.error(
                format!("no training row has a word with both a head and a relation (column \"{}\")", relations.name),
                "leave the task out, or train on rows that have both",
            ),
        });
    }
    let (names, counts) = several(&of_relations, config, &found)?;
    Ok(TargetDetails::Dependencies { on: name.clone(), relation: relations.name.clone(), relations: names, counts, rows })
}

/// The column of the relations.
fn relations_of<'a>(task: &Task<'a>, config: &TargetConfig) -> Result<&'a Column, Error> {
    let (table, heads) = (task.rows.table, task.rows.column);
    let relations = match &config.relation {
        Some(name) => table.column(name)?,
        None => table.find(RELATION).ok_or_else(|| {
            task.error(
                format!("it needs a column of relations beside that of the heads, and there is no column \"{RELATION}\""),
                "name it with relation = \"…\"",
            )
        })?,
    };
    if relations.name == heads.name {
        let mend = "name that of the heads with column = \"…\" and that of the relations with relation = \"…\"";
        return Err(task.error(format!("\"{}\" cannot be both its column of heads and that of relations", heads.name), mend));
    }
    Ok(relations)
}

/// The input whose words are labelled: the one that `on` names, or the only one there is.
pub(super) fn input_of<'a>(
    task: &Task<'_>,
    config: &TargetConfig,
    inputs: &'a [(String, InputConfig)],
) -> Result<&'a (String, InputConfig), Error> {
    let sentences: Vec<&(String, InputConfig)> = inputs.iter().filter(|(_, input)| input.kind == InputKind::Tokens).collect();
    let names: Vec<&str> = sentences.iter().map(|(name, _)| name.as_str()).collect();
    let nothing = || task.error("its labels are those of words, and no input has words", "add one with type = \"tokens\"");
    let Some(on) = &config.on else {
        return match sentences.as_slice() {
            [] => Err(nothing()),
            [only] => Ok(only),
            [first, ..] => Err(task.error(
                format!("{} are inputs of words, and which one its labels belong to is not said", names.join(", ")),
                format!("write on = \"{}\"", first.0),
            )),
        };
    };
    match inputs.iter().find(|(name, _)| name == on) {
        Some(input) if input.1.kind == InputKind::Tokens => Ok(input),
        Some(_) => Err(task.error(format!("the input \"{on}\" that it is on has no words"), "name one with type = \"tokens\"")),
        None if names.is_empty() => Err(nothing()),
        None => {
            let mend = suggest::mend(on, &names, "the inputs of words");
            Err(Error::Task { task: task.name.to_owned(), problem: format!("there is no input \"{on}\""), mend })
        }
    }
}

/// Hands over the labels of each row that has words and labels, and counts these rows.
fn each_row(
    task: &Task<'_>,
    (name, input): &(String, InputConfig),
    mut take: impl FnMut(usize, &[Cow<'_, str>]) -> Result<(), Error>,
) -> Result<usize, Error> {
    let words = task.rows.table.column(input.column.as_deref().unwrap_or(name))?;
    let mut rows = 0;
    for &row in task.rows.rows {
        let labels = read::labels(task.rows.column.cell(row))
            .map_err(|problem| task.cell(row, problem, "write the labels of a row as a list, one for each word"))?;
        let count = read::words(words.cell(row)).ok().flatten().map_or(0, |words| words.len());
        let Some(labels) = labels.filter(|_| count > 0) else { continue };
        if labels.len() != count {
            let place = task.rows.table.place(row, Some(&task.rows.column.name));
            return Err(misaligned(place, labels.len(), count, words, row));
        }
        rows += 1;
        take(row, &labels)?;
    }
    if rows == 0 { Err(task.no_labels()) } else { Ok(rows) }
}
