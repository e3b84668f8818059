//! Rows: how many labels each has, which come twice, which are in two parts.

use std::collections::HashSet;

use super::media::Probed;
use super::{AuditPart, Leak, PartAudit};
use crate::inputs::InputConfig;
use crate::labels::TargetConfig;
use crate::split::cell_key;
use banyan_text::hash::hash;

/// Rows named of a leak.
const NAMED: usize = 5;

pub(super) fn parts(
    parts: &[AuditPart<'_>],
    inputs: &[(String, InputConfig)],
    targets: &[(String, TargetConfig)],
    files: &Probed,
) -> Vec<PartAudit> {
    let describe = |(index, part): (usize, &AuditPart<'_>)| {
        let mut audit = PartAudit { name: part.name.to_owned(), rows: part.rows.len(), ..PartAudit::default() };
        let mut seen = HashSet::new();
        audit.duplicates = keys(parts, index, inputs, targets, files).into_iter().flatten().filter(|key| !seen.insert(*key)).count();
        let has = |column: &str, row: usize| part.table.find(column).is_some_and(|column| !column.cell(row).is_missing());
        for &row in part.rows {
            match targets.iter().filter(|(_, target)| target.columns().into_iter().all(|column| has(column, row))).count() {
                known if known == targets.len() => audit.all_labels += 1,
                0 => audit.no_labels += 1,
                _ => audit.some_labels += 1,
            }
            let no_input = !inputs.is_empty() && !inputs.iter().any(|(name, input)| has(input.column(name), row));
            audit.no_inputs += usize::from(no_input);
        }
        audit
    };
    parts.iter().enumerate().map(describe).collect()
}

pub(super) fn leaks(
    parts: &[AuditPart<'_>],
    inputs: &[(String, InputConfig)],
    targets: &[(String, TargetConfig)],
    files: &Probed,
) -> Vec<Leak> {
    let keys: Vec<Vec<Option<u64>>> = (0..parts.len()).map(|index| keys(parts, index, inputs, targets, files)).collect();
    let mut leaks = Vec::new();
    for first in 0..parts.len() {
        let known: HashSet<u64> = keys[first].iter().flatten().copied().collect();
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

/// For each row of a part a hash of its inputs and labels; `None` for a row that has neither.
fn keys(
    parts: &[AuditPart<'_>],
    index: usize,
    inputs: &[(String, InputConfig)],
    targets: &[(String, TargetConfig)],
    files: &Probed,
) -> Vec<Option<u64>> {
    let part = &parts[index];
    let mut columns: Vec<&str> = inputs.iter().map(|(name, input)| input.column(name)).collect();
    if inputs.is_empty() {
        columns.extend(part.table.columns.iter().map(|column| column.name.as_str()));
    }
    columns.extend(targets.iter().flat_map(|(_, target)| target.all_columns()));
    columns.sort_unstable();
    columns.dedup();
    let key = |(place, row): (usize, &usize)| {
        let mut key = String::new();
        for name in &columns {
            let Some(column) = part.table.find(name) else { continue };
            if column.cell(*row).is_missing() {
                continue;
            }
            let value = match files.content(index, name, place) {
                Some(content) => format!("{content:x}"),
                None => cell_key(column.cell(*row)),
            };
            key.push_str(&format!("{name}\u{1f}{value}\u{1e}"));
        }
        (!key.is_empty()).then(|| hash(key.into_bytes()))
    };
    part.rows.iter().enumerate().map(key).collect()
}
