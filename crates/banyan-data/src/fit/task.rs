//! What the kinds of task share: messages, counts of labels, and their order.

use std::collections::HashMap;

use super::Rows;
use crate::config::{TargetConfig, TaskKind};
use crate::error::{Error, Mend};
use crate::suggest;
use crate::value::{compare_names, parse_number, quote};

/// Class names quoted in a message.
const LISTED: usize = 5;

pub(super) struct Task<'a> {
    pub(super) rows: Rows<'a>,
    pub(super) name: &'a str,
}

impl Task<'_> {
    pub(super) fn error(&self, problem: impl Into<String>, mend: impl Into<String>) -> Error {
        Error::Task { task: self.name.to_owned(), problem: problem.into(), mend: Mend::new(mend) }
    }

    pub(super) fn cell(&self, row: usize, problem: String, mend: impl Into<String>) -> Error {
        Error::Cell { place: self.rows.table.place(row, Some(&self.rows.column.name)), problem, mend: Mend::new(mend) }
    }

    pub(super) fn no_labels(&self) -> Error {
        self.error(
            format!("column \"{}\" is empty in every training row", self.rows.column.name),
            "leave the task out, or train on rows that have the label",
        )
    }
}

/// Each label with its count and the first row that has it.
pub(super) type Counts = HashMap<String, (usize, usize)>;

/// Counts a label of a row.
pub(super) fn count(found: &mut Counts, label: &str, row: usize) {
    match found.get_mut(label) {
        Some((count, _)) => *count += 1,
        None => drop(found.insert(label.to_owned(), (1, row))),
    }
}

/// The labels in the order that the configuration gives, or else in that of numbers and names.
pub(super) fn order_classes(task: &Task<'_>, config: &TargetConfig, found: &Counts) -> Result<Vec<String>, Error> {
    let Some(given) = &config.classes else {
        let mut names: Vec<String> = found.keys().cloned().collect();
        names.sort_by(|left, right| compare_names(left, right));
        if config.kind == TaskKind::Ordinal && names.iter().any(|name| parse_number(name).is_none()) {
            let some: Vec<String> = names.iter().take(LISTED).map(|name| quote(name)).collect();
            return Err(task
                .error("the classes are words, whose order is not known", format!("write classes = [{}], lowest first", some.join(", "))));
        }
        return Ok(names);
    };
    let names: Vec<String> = given.iter().map(|name| crate::value::canonical(name.trim()).to_owned()).collect();
    if let Some(twice) = names.iter().enumerate().find(|(index, name)| names[..*index].contains(name)) {
        return Err(task.error(format!("classes names {} twice", quote(twice.1)), "name each class once"));
    }
    let (minimum, wanted) = match config.kind {
        TaskKind::Binary => (2..=2, "exactly 2"),
        TaskKind::Spans => (1..=usize::MAX, "at least 1"),
        _ => (2..=usize::MAX, "at least 2"),
    };
    if !minimum.contains(&names.len()) {
        return Err(task.error(
            format!("classes has {} names, and {wanted} are needed", names.len()),
            "leave it out to find the classes in the table",
        ));
    }
    let known: Vec<&str> = names.iter().map(String::as_str).collect();
    // The first in the table, so that the message does not depend on the order of a map.
    let stranger = found.iter().filter(|(name, _)| !names.contains(name)).min_by_key(|(_, (_, row))| *row);
    if let Some((name, (_, row))) = stranger {
        let Mend(mend) = suggest::mend(name, &known, "the classes");
        return Err(task.cell(*row, format!("{} is none of the classes of task \"{}\"", quote(name), task.name), mend.unwrap_or_default()));
    }
    Ok(names)
}
