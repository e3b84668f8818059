//! What kinds with one class a row share. A class is encoded by its index.

use std::cell::LazyCell;

use super::task::{Counts, counts_of};
use super::{AuditedLabels, AuditedRow, Candidate, Encoded, Refusal, Source, Task};
use crate::by_value::ByValue;
use crate::error::Error;
use crate::read;
use crate::report::TargetReport;
use crate::rows::Rows;
use crate::value::{parse_number, quote};
use crate::values::Values;
use crate::vocabulary::Vocabulary;

/// Each class with its count and the first row that has it.
pub(super) fn count_classes(task: &Task<'_>) -> Result<Counts, Error> {
    let mut classes = Counts::new();
    // Numbers beside texts that spell them are the texts' classes.
    let by_value = if task.column.is_of_several_formats() { ByValue::of_texts(task.as_rows()) } else { ByValue::default() };
    for &row in task.rows {
        let cell = task.cell(row);
        let name = read::name(&cell)
            .map_err(|problem| task.cell_error(row, problem, "a task with several labels a row is type = \"multilabel\""))?;
        let Some(name) = name else { continue };
        let spelled = if task.column.is_typed_number(row) { by_value.find(&name) } else { None };
        classes.entry(spelled.map_or_else(|| name.into_owned(), str::to_owned)).or_insert((0, row)).0 += 1;
    }
    if let Some((name, row)) = infinity_among_numbers(classes.iter().map(|(name, (_, row))| (name.as_str(), *row))) {
        return Err(task.cell_error(row, format!("{} is infinite", quote(name)), "leave the cell empty where the label is not known"));
    }
    if classes.is_empty() { Err(task.no_labels()) } else { Ok(classes) }
}

/// Among names of which all others are numbers, the first that is an infinity, with its row: it is a wrong number. Among words it is a word.
pub(super) fn infinity_among_numbers<'a>(names: impl Iterator<Item = (&'a str, usize)>) -> Option<(&'a str, usize)> {
    let (mut first, mut has_number): (Option<(&str, usize)>, bool) = (None, false);
    for (name, row) in names {
        match parse_number(name) {
            None => return None,
            Some(value) if value.is_nan() => return None,
            Some(value) if value.is_infinite() => first = first.filter(|(_, before)| *before < row).or(Some((name, row))),
            Some(_) => has_number = true,
        }
    }
    first.filter(|_| has_number)
}

/// Refuses classes of which training would refuse one.
pub(super) fn refuse_infinity(candidate: &Candidate<'_>, classes: &[String]) -> Result<(), Refusal> {
    let Some((name, _)) = infinity_among_numbers(classes.iter().map(|name| (name.as_str(), 0))) else { return Ok(()) };
    let problem = format!("column \"{}\" has {} among its numbers", candidate.column.name, quote(name));
    Err(Refusal { problem, hint: "leave the cell empty where the label is not known" })
}

/// How often each class came, of which there must be several, and rows that share one.
pub(super) fn checked_counts(task: &Task<'_>, found: &Counts, names: &[String]) -> Result<Vec<usize>, Error> {
    let known: usize = found.values().map(|(count, _)| count).sum();
    if let (1, Some(only)) = (found.len(), found.keys().next()) {
        return Err(task.error(
            format!("all {known} training labels are {}", quote(only)),
            "there is nothing to learn; leave the task out, or train on rows of another class",
        ));
    }
    if found.len() == known && known > 2 {
        let numbers = names.iter().all(|name| parse_number(name).is_some());
        let hint = if numbers {
            "a task of measured numbers is type = \"regression\""
        } else {
            "column and task do not fit: this looks like an identifier or a text"
        };
        return Err(task.error(format!("each of the {known} training labels is a class of its own"), hint));
    }
    Ok(counts_of(found, names))
}

/// Encodes classes by their indices; one that is never seen in training is unknown.
pub(super) fn encode(classes: &[String], source: &Source<'_>, report: &mut TargetReport) -> Result<Encoded, Error> {
    let known_classes = Vocabulary::of_labels(classes, source.rows.len());
    let others = LazyCell::new(|| OtherSpellings::of(classes, source));
    let (mut known, mut values) = (Vec::with_capacity(source.rows.len()), Vec::with_capacity(source.rows.len()));
    for (row, cell) in source.cells() {
        let name = read::name(&cell).map_err(|problem| source.misfit(row, problem))?;
        let index = name.as_ref().and_then(|name| known_classes.find(name).or_else(|| known_classes.find(others.class_of(name)?)));
        if let (Some(name), None) = (&name, index) {
            report.add_unseen(name);
        }
        known.push(index.is_some());
        values.push(index.unwrap_or(0));
    }
    Ok(Encoded { known, values: Values::indices(values).into() })
}

/// The classes in spellings that training did not see.
struct OtherSpellings {
    classes: ByValue,
    /// The column's texts: what these spell in several ways are several names.
    texts: ByValue,
}

impl OtherSpellings {
    fn of(classes: &[String], source: &Source<'_>) -> Self {
        let column = source.table.find(source.column);
        let texts = column.map(|column| ByValue::of_texts(Rows { table: source.table, rows: source.rows, column }));
        Self { classes: ByValue::of(classes.iter().map(String::as_str)), texts: texts.unwrap_or_default() }
    }

    fn class_of(&self, name: &str) -> Option<&str> {
        self.classes.find(name).filter(|_| !self.texts.has_several(name))
    }
}

/// So many rows without a class.
pub(super) fn unknown(rows: usize) -> Values {
    Values::indices(vec![0; rows])
}

/// The class of a row.
pub(super) fn audit(row: &AuditedRow<'_>) -> AuditedLabels {
    AuditedLabels::of_row(row.cell().name().into_iter().map(|name| name.into_owned()).collect())
}
