//! Each part with the classes of all tasks in equal proportion.
//!
//! Iterative stratification: Sechidis, Tsoumakas and Vlahavas, "On the Stratification of Multi-Label Data", ECML PKDD
//! 2011. The rarest label is dealt out first, one row after the other. Where the paper gives a row to the part that
//! lacks most of that one label, here all labels of the row have a say, by the χ² distance from equal proportions: with
//! labels of several tasks on every row, those dealt out last would otherwise get what is left. With one task of
//! classes this is the usual stratified split.

use std::collections::{HashMap, HashSet};

use banyan_text::Ragged;

use super::{Fractions, problem};
use crate::config::SplitConfig;
use crate::error::Error;
use crate::labels::Strata;
use crate::labels::TargetConfig;
use crate::random::Stream;
use crate::read;
use crate::table::{Column, Table};
use crate::value::parse_number;

/// Numbers are stratified by this many quantile bins.
const BINS: usize = 10;
/// A column of numbers with more different values than this is binned rather than taken as classes.
const MOST_CLASSES: usize = 50;
/// The part of a row that has not been dealt out.
const NOT_YET: u8 = u8::MAX;

pub(super) fn split(
    table: &Table,
    config: &SplitConfig,
    fractions: Fractions,
    targets: &[(String, TargetConfig)],
) -> Result<Vec<u8>, Error> {
    let mut labels = Labels { rows: table.rows(), layers: Vec::new(), count: 0 };
    match &config.column {
        Some(name) => labels.add_column(table, table.column(name)?),
        None => {
            for (_, target) in targets {
                let column = table.column(&target.column)?;
                let kind = target.kind().kind();
                match kind.strata(&kind.resolve(target, &mut column.cells())) {
                    Strata::Quantiles => labels.add_bins(table, column),
                    Strata::Classes => labels.add_classes(column),
                    Strata::Members(separator) => labels.add_members(column, &separator),
                    Strata::None => {}
                }
            }
            if targets.is_empty() {
                return Err(problem("by = \"stratified\" needs a task or a column", "name a column, or write by = \"random\""));
            }
        }
    }
    Ok(deal(&labels, fractions, config.seed))
}

/// The labels of each row, numbered over all tasks. A row without a label of a task has none of its numbers.
struct Labels {
    rows: usize,
    /// Those of each task.
    layers: Vec<Layer>,
    count: usize,
}

/// The labels of one task, in numbers of 32 bits: a large table has many rows.
enum Layer {
    /// One a row, or `NONE`.
    One(Vec<u32>),
    /// Any number a row.
    Many(Ragged),
}

const NONE: u32 = u32::MAX;

impl Layer {
    fn of_row(&self, row: usize) -> &[u32] {
        match self {
            Self::One(numbers) => std::slice::from_ref(&numbers[row]),
            Self::Many(lists) => lists.list(row),
        }
    }
}

/// Numbers for names, in the order in which they come.
struct Numbers {
    known: HashMap<String, u32>,
    first: usize,
}

impl Numbers {
    fn of(&mut self, name: &str) -> u32 {
        if let Some(number) = self.known.get(name) {
            return *number;
        }
        let number = (self.first + self.known.len()) as u32;
        self.known.insert(name.to_owned(), number);
        number
    }
}

impl Labels {
    fn of_row(&self, row: usize) -> impl Iterator<Item = usize> {
        self.layers.iter().flat_map(move |layer| layer.of_row(row)).filter(|number| **number != NONE).map(|number| *number as usize)
    }

    fn numbers(&self) -> Numbers {
        Numbers { known: HashMap::new(), first: self.count }
    }

    fn add(&mut self, layer: Layer, numbers: &Numbers) {
        self.layers.push(layer);
        self.count += numbers.known.len();
    }

    fn add_column(&mut self, table: &Table, column: &Column) {
        let format = table.number_format(column);
        let numbers = column.cells().filter(|cell| !cell.is_missing()).all(|cell| matches!(read::number(cell, &format), Ok(Some(_))));
        let has_many = || {
            let mut distinct = HashSet::new();
            // As many as decide it.
            column.cells().any(|cell| cell.name().is_some_and(|name| distinct.insert(name.into_owned()) && distinct.len() > MOST_CLASSES))
        };
        if numbers && has_many() { self.add_bins(table, column) } else { self.add_classes(column) }
    }

    fn add_classes(&mut self, column: &Column) {
        let mut numbers = self.numbers();
        // Gaps under the name NaN are no class.
        let is_class = |name: &str| !parse_number(name).is_some_and(f64::is_nan);
        let of_rows = column.cells().map(|cell| cell.name().filter(|name| is_class(name)).map_or(NONE, |name| numbers.of(&name)));
        let layer = Layer::One(of_rows.collect());
        self.add(layer, &numbers);
    }

    fn add_members(&mut self, column: &Column, separator: &str) {
        let (mut numbers, mut lists) = (self.numbers(), Ragged::default());
        for cell in column.cells() {
            let members = read::members(cell, separator).ok().flatten().unwrap_or_default();
            lists.push(members.iter().map(|name| numbers.of(name)));
        }
        self.add(Layer::Many(lists), &numbers);
    }

    fn add_bins(&mut self, table: &Table, column: &Column) {
        let format = table.number_format(column);
        let values = || column.cells().map(|cell| read::number(cell, &format).ok().flatten());
        let mut sorted: Vec<f64> = values().flatten().collect();
        sorted.sort_unstable_by(f64::total_cmp);
        let edges: Vec<f64> = (1..BINS).filter_map(|bin| sorted.get(bin * sorted.len() / BINS).copied()).collect();
        drop(sorted);
        let mut numbers = self.numbers();
        let bin = |value: f64| edges.iter().filter(|edge| value >= **edge).count().to_string();
        let layer = Layer::One(values().map(|value| value.map_or(NONE, |value| numbers.of(&bin(value)))).collect());
        self.add(layer, &numbers);
    }
}

fn deal(labels: &Labels, fractions: Fractions, seed: u64) -> Vec<u8> {
    let rows = labels.rows;
    let mut order: Vec<u32> = (0..rows as u32).collect();
    Stream::seeded(seed).shuffle(&mut order);

    let mut rows_of: Vec<Vec<u32>> = vec![Vec::new(); labels.count];
    for &row in &order {
        labels.of_row(row as usize).for_each(|label| rows_of[label].push(row));
    }
    let mut remaining: Vec<usize> = rows_of.iter().map(Vec::len).collect();
    let mut shares: Vec<Share> = remaining.iter().map(|count| Share::new(*count, fractions)).collect();
    let mut all_rows = Share::new(rows, fractions);
    let mut parts: Vec<u8> = vec![NOT_YET; rows];
    let mut give = |row: usize, remaining: &mut [usize], parts: &mut [u8]| {
        let gain = |part: usize| all_rows.gain(part) + labels.of_row(row).map(|label| shares[label].gain(part)).sum::<f64>();
        let wanted = (0..3).filter(|part| fractions[*part] > 0.0);
        // Of equals the first: a single row of a class is for training.
        let part = wanted.max_by(|a, b| gain(*a).total_cmp(&gain(*b)).then(b.cmp(a))).unwrap_or(super::TRAIN);
        parts[row] = part as u8;
        all_rows.given[part] += 1.0;
        for label in labels.of_row(row) {
            shares[label].given[part] += 1.0;
            remaining[label] -= 1;
        }
    };

    // The rarest label first; equally rare ones in the order of the table.
    while let Some(label) = (0..labels.count).filter(|label| remaining[*label] > 0).min_by_key(|label| remaining[*label]) {
        for &row in &rows_of[label] {
            if parts[row as usize] == NOT_YET {
                give(row as usize, &mut remaining, &mut parts);
            }
        }
    }
    for &row in &order {
        if parts[row as usize] == NOT_YET {
            give(row as usize, &mut remaining, &mut parts);
        }
    }
    level(labels, fractions, &order, &mut shares, &mut parts);
    parts
}

/// Rounds in which a part that is too large gives rows away; of more rows, several go in a round.
const ROUNDS: usize = 64;

/// Brings the parts to their sizes where one of them is a fifth too small or too large: where every label has a few rows only, each rounds
/// the share of a small part down to nothing, or up, and the parts come out wrong all together.
fn level(labels: &Labels, fractions: Fractions, order: &[u32], shares: &mut [Share], parts: &mut [u8]) {
    let wanted = super::counts(order.len(), fractions);
    let mut given = [0; 3];
    parts.iter().for_each(|part| given[usize::from(*part)] += 1);
    let is_off = |part: usize| given[part] != wanted[part] && 5 * given[part].abs_diff(wanted[part]) >= wanted[part];
    if wanted[super::TRAIN] == 0 || !(0..3).any(is_off) {
        return;
    }
    loop {
        // Of equals the first, which is training.
        let surplus = |part: usize| given[part] as i64 - wanted[part] as i64;
        let most = (0..3).max_by(|a, b| surplus(*a).cmp(&surplus(*b)).then(b.cmp(a)));
        let least = (0..3).min_by_key(|part| surplus(*part));
        let (Some(from), Some(to)) = (most.filter(|part| surplus(*part) > 0), least) else { return };
        let change = |row: usize| labels.of_row(row).map(|label| shares[label].gain(to) - shares[label].loss(from)).sum::<f64>();
        let movable = order.iter().map(|row| *row as usize).filter(|row| usize::from(parts[*row]) == from);
        let mut movable: Vec<(f64, usize, usize)> = movable.enumerate().map(|(place, row)| (change(row), place, row)).collect();
        let (too_many, too_few) = (surplus(from).unsigned_abs() as usize, surplus(to).unsigned_abs() as usize);
        let moved = too_many.min(too_few).min(too_many.div_ceil(ROUNDS)).clamp(1, movable.len().max(1));
        if movable.is_empty() {
            return;
        }
        // Of equals the first in the shuffled order.
        movable.select_nth_unstable_by(moved - 1, |left, right| right.0.total_cmp(&left.0).then(left.1.cmp(&right.1)));
        for &(_, _, row) in &movable[..moved] {
            for label in labels.of_row(row) {
                shares[label].given[from] -= 1.0;
                shares[label].given[to] += 1.0;
            }
            parts[row] = to as u8;
            (given[from], given[to]) = (given[from] - 1, given[to] + 1);
        }
    }
}

/// How many rows of a label each part should have, and has.
struct Share {
    wanted: [f64; 3],
    given: [f64; 3],
}

impl Share {
    fn new(count: usize, fractions: Fractions) -> Self {
        Self { wanted: fractions.map(|fraction| fraction * count as f64), given: [0.0; 3] }
    }

    /// By how much one more row in a part lowers the label's χ² distance from what is wanted. For a single label this is
    /// the apportionment of Webster and Sainte-Laguë.
    fn gain(&self, part: usize) -> f64 {
        (2.0 * (self.wanted[part] - self.given[part]) - 1.0) / self.wanted[part]
    }

    /// By how much one row less in a part raises it again.
    fn loss(&self, part: usize) -> f64 {
        (2.0 * (self.wanted[part] - self.given[part]) + 1.0) / self.wanted[part]
    }
}
