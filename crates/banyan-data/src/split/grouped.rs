//! All rows with one value in one part.

use std::collections::HashMap;

use super::{Fractions, empty_cell};
use crate::error::Error;
use crate::random::Stream;
use crate::table::{Column, Table};

/// Gives the groups, largest first and shuffled among equals, each to the part that lacks most rows.
pub(super) fn split(table: &Table, column: &Column, fractions: Fractions, seed: u64) -> Result<Vec<u8>, Error> {
    let mut index: HashMap<String, usize> = HashMap::new();
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for row in 0..table.rows() {
        let cell = column.cell(row);
        let Some(name) = cell.name() else { return Err(empty_cell(table, row, column)) };
        let group = *index.entry(name.into_owned()).or_insert_with(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        groups[group].push(row);
    }
    Stream::seeded(seed).shuffle(&mut groups);
    groups.sort_by_key(|group| std::cmp::Reverse(group.len()));
    let mut lacking = fractions.map(|fraction| fraction * table.rows() as f64);
    let mut parts = vec![super::TRAIN as u8; table.rows()];
    for group in groups {
        let part = (0..3).filter(|part| fractions[*part] > 0.0).max_by(|a, b| lacking[*a].total_cmp(&lacking[*b])).unwrap_or(super::TRAIN);
        lacking[part] -= group.len() as f64;
        group.into_iter().for_each(|row| parts[row] = part as u8);
    }
    Ok(parts)
}
