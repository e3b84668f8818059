//! Tasks: classes and their counts, the mean and deviation of numbers.

use super::task::{Counts, Task, order_classes};
use super::{Moments, Rows, frames, lemmas, tags};
use crate::config::{InputConfig, TargetConfig, TaskKind};
use crate::error::Error;
use crate::read;
use crate::schema::TargetDetails;
use crate::value::{parse_number, quote};

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
fn count_classes(task: &Task<'_>) -> Result<Counts, Error> {
    let mut classes: Counts = Counts::new();
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

fn multilabel(task: &Task<'_>, config: &TargetConfig) -> Result<TargetDetails, Error> {
    let separator = config.separator.clone().unwrap_or_else(|| read::find_separator(task.rows.cells()));
    let mut counts: Counts = Counts::new();
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
