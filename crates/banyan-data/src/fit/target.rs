//! Tasks: classes and their counts, the mean and deviation of numbers.

use std::collections::HashMap;

use super::{Moments, Rows, frames, input, lemmas, tags};
use crate::config::{InputConfig, TargetConfig, TaskKind};
use crate::error::{Error, Mend};
use crate::read;
use crate::schema::TargetDetails;
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

pub(super) fn fit(rows: Rows<'_>, name: &str, config: &TargetConfig, inputs: &[(String, InputConfig)]) -> Result<TargetDetails, Error> {
    let task = Task { rows, name };
    match config.kind {
        TaskKind::Tagging => tags::tagging(&task, config, inputs),
        TaskKind::Spans => tags::spans(&task, config, inputs),
        TaskKind::Dependencies => tags::dependencies(&task, config, inputs),
        TaskKind::Srl => frames::srl(&task, config, inputs),
        TaskKind::Lemmas => lemmas::fit(&task, config, inputs),
        TaskKind::Regression => regression(&task),
        TaskKind::Multilabel => multilabel(&task, config),
        TaskKind::Binary | TaskKind::Classification | TaskKind::Ordinal => classes(&task, config),
    }
}

fn regression(task: &Task<'_>) -> Result<TargetDetails, Error> {
    let mut moments = Moments::default();
    let mut rows = 0;
    for &row in task.rows.rows {
        let value = read::number(task.rows.column.cell(row)).map_err(|problem| {
            let mend = if problem.ends_with("infinite") {
                "leave the cell empty where the value is not known"
            } else {
                "a task whose labels are words is type = \"classification\""
            };
            task.cell(row, problem, mend)
        })?;
        if let Some(value) = value {
            moments.add(value);
            rows += 1;
        }
    }
    if rows == 0 {
        return Err(task.no_labels());
    }
    if moments.is_constant() {
        return Err(task.error(
            format!("all {rows} training labels are {}", crate::value::format_number(moments.mean())),
            "there is nothing to learn; leave the task out",
        ));
    }
    Ok(TargetDetails::Regression { mean: moments.mean(), deviation: moments.deviation(), rows })
}

/// Each class with its count and the first row that has it.
fn count_classes(task: &Task<'_>) -> Result<HashMap<String, (usize, usize)>, Error> {
    let mut classes: HashMap<String, (usize, usize)> = HashMap::new();
    for &row in task.rows.rows {
        let cell = task.rows.column.cell(row);
        let name =
            read::name(&cell).map_err(|problem| task.cell(row, problem, "a task with several labels a row is type = \"multilabel\""))?;
        if let Some(name) = name {
            if parse_number(&name).is_some_and(f64::is_infinite) {
                return Err(task.cell(
                    row,
                    format!("{} is infinite", cell.describe()),
                    "leave the cell empty where the label is not known",
                ));
            }
            classes.entry(name.into_owned()).or_insert((0, row)).0 += 1;
        }
    }
    if classes.is_empty() {
        return Err(task.no_labels());
    }
    Ok(classes)
}

fn classes(task: &Task<'_>, config: &TargetConfig) -> Result<TargetDetails, Error> {
    let found = count_classes(task)?;
    let names = order_classes(task, config, &found)?;
    let known: usize = found.values().map(|(count, _)| count).sum();
    let counts: Vec<usize> = names.iter().map(|name| found.get(name).map_or(0, |(count, _)| *count)).collect();
    if found.len() == 1 {
        let only = found.keys().next().map_or("", String::as_str);
        return Err(task.error(
            format!("all {known} training labels are {}", quote(only)),
            "there is nothing to learn; leave the task out, or train on rows of another class",
        ));
    }
    if config.kind == TaskKind::Binary && names.len() > 2 {
        let mut by_row: Vec<(&String, &(usize, usize))> = found.iter().collect();
        by_row.sort_by_key(|(_, (_, row))| *row);
        let (third, (_, row)) = by_row[2];
        return Err(task.cell(
            *row,
            format!("{} is a third class of the binary task \"{}\"", quote(third), task.name),
            format!("a task with {} classes is type = \"classification\"", names.len()),
        ));
    }
    if found.len() == known && known > 2 {
        let numbers = names.iter().all(|name| parse_number(name).is_some());
        let mend = if numbers {
            "a task of measured numbers is type = \"regression\""
        } else {
            "column and task do not fit: this looks like an identifier or a text"
        };
        return Err(task.error(format!("each of the {known} training labels is a class of its own"), mend));
    }
    Ok(match config.kind {
        TaskKind::Binary => TargetDetails::Binary { classes: names, counts },
        TaskKind::Ordinal => TargetDetails::Ordinal { classes: names, counts },
        _ => TargetDetails::Classification { classes: names, counts },
    })
}

pub(super) fn order_classes(task: &Task<'_>, config: &TargetConfig, found: &HashMap<String, (usize, usize)>) -> Result<Vec<String>, Error> {
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

fn multilabel(task: &Task<'_>, config: &TargetConfig) -> Result<TargetDetails, Error> {
    let separator = config.separator.clone().unwrap_or_else(|| input::find_separator(task.rows));
    let mut counts: HashMap<String, (usize, usize)> = HashMap::new();
    let mut rows = 0;
    for &row in task.rows.rows {
        let members = read::members(task.rows.column.cell(row), &separator)
            .map_err(|problem| task.cell(row, problem, "write the labels of a row as a list, or in one text with a separator"))?;
        let Some(members) = members else { continue };
        rows += 1;
        for member in members {
            counts.entry(member).or_insert((0, row)).0 += 1;
        }
    }
    if rows == 0 {
        return Err(task.no_labels());
    }
    if counts.values().all(|(count, _)| *count == rows) {
        return Err(task.error(format!("all {rows} training rows have the same labels"), "there is nothing to learn; leave the task out"));
    }
    let labels = order_classes(task, &TargetConfig { kind: TaskKind::Multilabel, ..config.clone() }, &counts)?;
    if rows > 2 && labels.len() >= rows && counts.values().all(|(count, _)| *count == 1) {
        return Err(task.error(
            "no label occurs in two training rows",
            format!("the separator is {}; set another with separator = \"…\"", quote(&separator)),
        ));
    }
    let counts = labels.iter().map(|label| counts.get(label).map_or(0, |(count, _)| *count)).collect();
    Ok(TargetDetails::Multilabel { labels, counts, rows, separator })
}
