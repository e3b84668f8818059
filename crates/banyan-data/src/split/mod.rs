//! Cutting a table into training, validation and test rows.
//!
//! Every rule is deterministic by its seed, gives each row to exactly one part, and fails rather than leave a part
//! empty that was asked for.

mod grouped;
mod ordered;
mod stratified;

pub(crate) use ordered::cell_key;

use std::collections::HashSet;

use crate::config::{SplitConfig, SplitRule};
use crate::error::{Error, Hint};
use crate::labels::TargetConfig;
use crate::random::Stream;
use crate::table::{Column, Table};

/// The rows of each part, in the order of the table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Split {
    /// Rows to learn from.
    pub train: Vec<usize>,
    /// Rows for early stopping and the choice of the best checkpoint.
    pub valid: Vec<usize>,
    /// Rows for the final figures.
    pub test: Vec<usize>,
}

/// The fractions of training, validation and test.
type Fractions = [f64; 3];

const TRAIN: usize = 0;
const VALID: usize = 1;
const TEST: usize = 2;

fn problem(problem: impl Into<String>, hint: impl Into<String>) -> Error {
    Error::Split { problem: problem.into(), hint: Hint::new(hint) }
}

/// Cuts the rows of a table. `targets` are the tasks that a stratified split balances.
///
/// # Errors
/// Fractions that are none, a column that is needed and not named or not there, an empty cell in it, and a part
/// that would have no rows.
pub fn split(table: &Table, config: &SplitConfig, targets: &[(String, TargetConfig)]) -> Result<Split, Error> {
    let (valid, test) = (config.valid, config.test);
    // Written so that NaN fails.
    if !(valid >= 0.0 && test >= 0.0 && valid + test < 1.0) {
        return Err(problem(
            format!("valid = {valid} and test = {test} leave nothing to train on"),
            "both must be fractions, their sum below 1",
        ));
    }
    let fractions = [1.0 - valid - test, valid, test];
    let parts = match config.by {
        SplitRule::Random => random(table.rows(), fractions, config.seed),
        SplitRule::Stratified => stratified::split(table, config, fractions, targets)?,
        SplitRule::Grouped => grouped::split(table, needed_column(table, config, "grouped")?, fractions, config.seed)?,
        SplitRule::Time => ordered::by_time(table, needed_column(table, config, "time")?, fractions)?,
        SplitRule::Hash => ordered::by_hash(table, config, fractions)?,
    };
    let rows = |part: usize| {
        let is_in = |of: &u8| usize::from(*of) == part;
        // As large as it gets, since a list that grows takes twice the memory for a while.
        let mut rows = Vec::with_capacity(parts.iter().filter(|of| is_in(of)).count());
        rows.extend(parts.iter().enumerate().filter(|(_, of)| is_in(of)).map(|(row, _)| row));
        rows
    };
    let split = Split { train: rows(TRAIN), valid: rows(VALID), test: rows(TEST) };
    let named = [("training", &split.train, fractions[TRAIN]), ("validation", &split.valid, valid), ("test", &split.test, test)];
    match named.iter().find(|(_, rows, fraction)| rows.is_empty() && *fraction > 0.0) {
        Some((name, _, _)) => Err(nothing_for(name, table, config)),
        None => Ok(split),
    }
}

/// A part without rows. Where rows of one value stay together, it is the values that are too few.
fn nothing_for(part: &str, table: &Table, config: &SplitConfig) -> Error {
    let together = matches!(config.by, SplitRule::Grouped | SplitRule::Hash);
    let column = config.column.as_ref().filter(|_| together).and_then(|name| table.find(name));
    let Some(column) = column else {
        return problem(
            format!("the {} rows of {} leave none for {part}", table.rows(), table.name()),
            "give more rows, a larger fraction, or another rule",
        );
    };
    let values: HashSet<String> = column.cells().filter_map(|cell| Some(cell.name()?.into_owned())).collect();
    problem(
        format!(
            "column \"{}\" of {} has {} different value{}, whose rows stay together, and none is left for {part}",
            column.name,
            table.name(),
            values.len(),
            if values.len() == 1 { "" } else { "s" }
        ),
        "name a column of more values, such as a key, give a larger fraction, or another rule",
    )
}

fn needed_column<'a>(table: &'a Table, config: &SplitConfig, rule: &str) -> Result<&'a Column, Error> {
    let Some(column) = &config.column else {
        return Err(problem(format!("by = \"{rule}\" needs a column"), "write split = { …, column = \"…\" }"));
    };
    table.column(column)
}

fn empty_cell(table: &Table, row: usize, column: &Column) -> Error {
    Error::Cell {
        place: table.place(row, Some(&column.name)),
        problem: "an empty cell in the column of the split".to_owned(),
        hint: Hint::new("fill it, or choose another column or rule"),
    }
}

/// Rows of each part, rounded; a part with a fraction has at least one row while there are enough.
fn counts(rows: usize, fractions: Fractions) -> [usize; 3] {
    let part = |fraction: f64| {
        let count = (rows as f64 * fraction).round() as usize;
        if fraction > 0.0 { count.max(1) } else { 0 }
    };
    let test = part(fractions[TEST]).min(rows);
    let valid = part(fractions[VALID]).min(rows - test);
    [rows - test - valid, valid, test]
}

fn random(rows: usize, fractions: Fractions, seed: u64) -> Vec<u8> {
    let mut order: Vec<u32> = (0..rows as u32).collect();
    Stream::seeded(seed).shuffle(&mut order);
    cut(&order, fractions)
}

/// The first of the order train, the last test.
fn cut(order: &[u32], fractions: Fractions) -> Vec<u8> {
    let [train, valid, _] = counts(order.len(), fractions);
    let mut parts = vec![TRAIN as u8; order.len()];
    for (place, row) in order.iter().enumerate() {
        let part = if place < train {
            TRAIN
        } else if place < train + valid {
            VALID
        } else {
            TEST
        };
        parts[*row as usize] = part as u8;
    }
    parts
}
