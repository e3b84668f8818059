//! Each part with the classes of all tasks in equal proportion.
//!
//! Iterative stratification: Sechidis, Tsoumakas and Vlahavas, "On the Stratification of Multi-Label Data", ECML PKDD
//! 2011. The rarest label is dealt out first, one row after the other. Where the paper gives a row to the part that
//! lacks most of that one label, here all labels of the row have a say, by the χ² distance from equal proportions: with
//! labels of several tasks on every row, those dealt out last would otherwise get what is left. With one task of
//! classes this is the usual stratified split.

use std::collections::HashMap;

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

pub(super) fn split(
    table: &Table,
    config: &SplitConfig,
    fractions: Fractions,
    targets: &[(String, TargetConfig)],
) -> Result<Vec<usize>, Error> {
    let mut labels = Labels { of_row: vec![Vec::new(); table.rows()], count: 0 };
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
    of_row: Vec<Vec<usize>>,
    count: usize,
}

impl Labels {
    fn add_column(&mut self, table: &Table, column: &Column) {
        let format = table.number_format(column);
        let numbers = column.cells().filter(|cell| !cell.is_missing()).all(|cell| matches!(read::number(cell, &format), Ok(Some(_))));
        let distinct: std::collections::HashSet<String> = column.cells().filter_map(|cell| Some(cell.name()?.into_owned())).collect();
        if numbers && distinct.len() > MOST_CLASSES { self.add_bins(table, column) } else { self.add_classes(column) }
    }

    fn add(&mut self, names: impl Iterator<Item = (usize, String)>) {
        let mut numbers: HashMap<String, usize> = HashMap::new();
        for (row, name) in names {
            let next = self.count + numbers.len();
            self.of_row[row].push(*numbers.entry(name).or_insert(next));
        }
        self.count += numbers.len();
    }

    fn add_classes(&mut self, column: &Column) {
        let names = column.cells().enumerate().filter_map(|(row, cell)| Some((row, cell.name()?.into_owned())));
        // Gaps under the name NaN are no class.
        self.add(names.filter(|(_, name)| !parse_number(name).is_some_and(f64::is_nan)));
    }

    fn add_members(&mut self, column: &Column, separator: &str) {
        let members = column.cells().enumerate().flat_map(|(row, cell)| {
            read::members(cell, separator).ok().flatten().unwrap_or_default().into_iter().map(move |name| (row, name))
        });
        self.add(members);
    }

    fn add_bins(&mut self, table: &Table, column: &Column) {
        let format = table.number_format(column);
        let values: Vec<(usize, f64)> =
            column.cells().enumerate().filter_map(|(row, cell)| Some((row, read::number(cell, &format).ok()??))).collect();
        let mut sorted: Vec<f64> = values.iter().map(|(_, value)| *value).collect();
        sorted.sort_by(f64::total_cmp);
        let edges: Vec<f64> = (1..BINS).filter_map(|bin| sorted.get(bin * sorted.len() / BINS).copied()).collect();
        self.add(values.into_iter().map(|(row, value)| (row, edges.iter().filter(|edge| value >= **edge).count().to_string())));
    }
}

fn deal(labels: &Labels, fractions: Fractions, seed: u64) -> Vec<usize> {
    let rows = labels.of_row.len();
    let mut order: Vec<usize> = (0..rows).collect();
    Stream::seeded(seed).shuffle(&mut order);

    let mut rows_of: Vec<Vec<usize>> = vec![Vec::new(); labels.count];
    for &row in &order {
        labels.of_row[row].iter().for_each(|label| rows_of[*label].push(row));
    }
    let mut remaining: Vec<usize> = rows_of.iter().map(Vec::len).collect();
    let mut shares: Vec<Share> = remaining.iter().map(|count| Share::new(*count, fractions)).collect();
    let mut all_rows = Share::new(rows, fractions);
    let mut parts: Vec<Option<usize>> = vec![None; rows];
    let mut give = |row: usize, remaining: &mut [usize], parts: &mut [Option<usize>]| {
        let own = &labels.of_row[row];
        let gain = |part: usize| all_rows.gain(part) + own.iter().map(|label| shares[*label].gain(part)).sum::<f64>();
        let wanted = (0..3).filter(|part| fractions[*part] > 0.0);
        // Of equals the first: a single row of a class is for training.
        let part = wanted.max_by(|a, b| gain(*a).total_cmp(&gain(*b)).then(b.cmp(a))).unwrap_or(super::TRAIN);
        parts[row] = Some(part);
        all_rows.given[part] += 1.0;
        for &label in own {
            shares[label].given[part] += 1.0;
            remaining[label] -= 1;
        }
    };

    // The rarest label first; equally rare ones in the order of the table.
    while let Some(label) = (0..labels.count).filter(|label| remaining[*label] > 0).min_by_key(|label| remaining[*label]) {
        for &row in &rows_of[label] {
            if parts[row].is_none() {
                give(row, &mut remaining, &mut parts);
            }
        }
    }
    for &row in &order {
        if parts[row].is_none() {
            give(row, &mut remaining, &mut parts);
        }
    }
    let mut parts: Vec<usize> = parts.into_iter().map(|part| part.unwrap_or(super::TRAIN)).collect();
    level(labels, fractions, &order, &mut shares, &mut parts);
    parts
}

/// Brings the parts to their sizes where one of them is a fifth too small or too large: where every label has a few rows only, each rounds
/// the share of a small part down to nothing, or up, and the parts come out wrong all together.
fn level(labels: &Labels, fractions: Fractions, order: &[usize], shares: &mut [Share], parts: &mut [usize]) {
    let wanted = super::counts(order.len(), fractions);
    let mut given = [0; 3];
    parts.iter().for_each(|part| given[*part] += 1);
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
        let change = |row: usize| labels.of_row[row].iter().map(|label| shares[*label].gain(to) - shares[*label].loss(from)).sum::<f64>();
        let movable = order.iter().copied().filter(|row| parts[*row] == from);
        // Of equals the first in the shuffled order.
        let best = movable.map(|row| (row, change(row))).reduce(|best, other| if other.1 > best.1 { other } else { best });
        let Some((row, _)) = best else { return };
        for label in &labels.of_row[row] {
            shares[*label].given[from] -= 1.0;
            shares[*label].given[to] += 1.0;
        }
        parts[row] = to;
        (given[from], given[to]) = (given[from] - 1, given[to] + 1);
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
