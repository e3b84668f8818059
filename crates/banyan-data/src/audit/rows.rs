//! Rows: how many labels each has, which come twice, which are in two parts.

use rayon::prelude::*;

use super::keys::{KeySet, join, key};
use super::media::Probed;
use super::{AuditPart, Leak, PartAudit};
use crate::inputs::InputConfig;
use crate::labels::TargetConfig;
use crate::table::Column;
use banyan_text::hash::hash;

/// Rows named of a leak.
const NAMED: usize = 5;

pub(super) fn parts(
    parts: &[AuditPart<'_>],
    inputs: &[(String, InputConfig)],
    targets: &[(String, TargetConfig)],
    keys: &[Vec<Option<u64>>],
) -> Vec<PartAudit> {
    let describe = |(index, part): (usize, &AuditPart<'_>)| {
        let mut audit = PartAudit { name: part.name.to_owned(), rows: part.rows.len(), ..PartAudit::default() };
        let mut seen = KeySet::default();
        audit.duplicates = keys[index].iter().flatten().filter(|key| !seen.insert(**key)).count();
        let find = |column: &str| part.table.find(column);
        let has = |column: &Option<&Column>, row: usize| column.is_some_and(|column| !column.cell(row).is_missing());
        let labels: Vec<Vec<Option<&Column>>> =
            targets.iter().map(|(_, target)| target.columns().into_iter().map(find).collect()).collect();
        let read: Vec<Option<&Column>> = inputs.iter().map(|(name, input)| find(input.column(name))).collect();
        for &row in part.rows {
            match labels.iter().filter(|columns| columns.iter().all(|column| has(column, row))).count() {
                known if known == targets.len() => audit.all_labels += 1,
                0 => audit.no_labels += 1,
                _ => audit.some_labels += 1,
            }
            let no_input = !inputs.is_empty() && !read.iter().any(|column| has(column, row));
            audit.no_inputs += usize::from(no_input);
        }
        audit
    };
    parts.iter().enumerate().map(describe).collect()
}

pub(super) fn leaks(parts: &[AuditPart<'_>], keys: &[Vec<Option<u64>>]) -> Vec<Leak> {
    let mut leaks = Vec::new();
    for first in 0..parts.len() {
        let known: KeySet = keys[first].iter().flatten().copied().collect();
        for second in first + 1..parts.len() {
            let shared = |key: &Option<u64>| key.is_some_and(|key| known.contains(&key));
            let rows: Vec<usize> =
                keys[second].iter().zip(parts[second].rows).filter(|(key, _)| shared(key)).map(|(_, row)| *row).collect();
            if !rows.is_empty() {
                leaks.push(Leak {
                    first: parts[first].name.to_owned(),
                    second: parts[second].name.to_owned(),
                    rows: rows.len(),
                    examples: rows.iter().take(NAMED).map(|row| parts[second].table.place(*row, None).to_string()).collect(),
                });
            }
        }
    }
    leaks
}

/// For each row of each part a key of its inputs and labels; `None` for a row that has neither.
pub(super) fn row_keys(
    parts: &[AuditPart<'_>],
    inputs: &[(String, InputConfig)],
    targets: &[(String, TargetConfig)],
    files: &Probed,
) -> Vec<Vec<Option<u64>>> {
    parts.par_iter().enumerate().map(|(index, part)| keys_of_part(part, index, inputs, targets, files)).collect()
}

fn keys_of_part(
    part: &AuditPart<'_>,
    index: usize,
    inputs: &[(String, InputConfig)],
    targets: &[(String, TargetConfig)],
    files: &Probed,
) -> Vec<Option<u64>> {
    let mut columns: Vec<&str> = inputs.iter().map(|(name, input)| input.column(name)).collect();
    if inputs.is_empty() {
        columns.extend(part.table.columns.iter().map(|column| column.name.as_str()));
    }
    columns.extend(targets.iter().flat_map(|(_, target)| target.all_columns()));
    columns.sort_unstable();
    columns.dedup();
    let mut keys = vec![None; part.rows.len()];
    for name in columns {
        let Some(column) = part.table.find(name) else { continue };
        let (of_column, contents) = (hash(name.bytes()), files.contents(index, name));
        for (place, (row, own)) in part.rows.iter().zip(&mut keys).enumerate() {
            let cell = column.cell(*row);
            if !cell.is_missing() {
                let of_cell = contents.and_then(|contents| contents[place]).unwrap_or_else(|| key(cell));
                *own = Some(join(join(own.unwrap_or_default(), of_column), of_cell));
            }
        }
        column.release();
    }
    keys
}
