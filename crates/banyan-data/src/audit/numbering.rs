//! Inputs that number the rows of a table which was sorted by a label: the number gives the label away, and says nothing of new rows.

use super::{AuditPart, Numbering};
use crate::inputs::{InputConfig, InputKind};
use crate::labels::{Strata, TargetConfig};
use crate::number_format::NumberFormat;
use crate::read;
use crate::table::Column;

/// Fewer rows than these may lie in order by chance.
const LEAST_ROWS: usize = 20;
/// Numbers that number things lie this dense: some rows were left out, perhaps most.
const SPREAD: f64 = 10.0;
/// Stretches of one class, of as many as there would be in a shuffled table.
const FEW_STRETCHES: f64 = 0.1;

pub(super) fn numberings(parts: &[AuditPart<'_>], inputs: &[(String, InputConfig)], targets: &[(String, TargetConfig)]) -> Vec<Numbering> {
    let Some(part) = parts.first() else { return Vec::new() };
    let numbers = inputs.iter().filter(|(_, config)| config.kind() == InputKind::Number);
    let columns: Vec<&Column> = numbers.filter_map(|(name, config)| part.table.find(config.column(name))).collect();
    let mut found = Vec::new();
    for column in columns {
        let Some(order) = numbered_rows(column, part.rows) else { continue };
        let by_classes = targets.iter().filter(|(_, target)| target.kind().kind().strata(target) == Strata::Classes);
        for (task, target) in by_classes {
            let Some(labels) = part.table.find(&target.column) else { continue };
            if let Some((classes, stretches)) = stretches(labels, &order) {
                found.push(Numbering { column: column.name.clone(), task: task.clone(), classes, stretches });
            }
        }
    }
    found
}

/// The rows in the order of their numbers, where these are whole, all different and dense.
fn numbered_rows(column: &Column, rows: &[usize]) -> Option<Vec<usize>> {
    let mut numbered: Vec<(f64, usize)> = Vec::with_capacity(rows.len());
    // What numbers rows is written plainly.
    let format = NumberFormat::default();
    for &row in rows {
        if let Some(value) = read::number(column.cell(row), &format).ok()? {
            if value.fract() != 0.0 {
                return None;
            }
            numbered.push((value, row));
        }
    }
    numbered.sort_by(|(left, _), (right, _)| left.total_cmp(right));
    let spread = numbered.last()?.0 - numbered.first()?.0;
    let is_numbering =
        numbered.len() >= LEAST_ROWS && numbered.windows(2).all(|pair| pair[0].0 < pair[1].0) && spread < SPREAD * numbered.len() as f64;
    is_numbering.then(|| numbered.into_iter().map(|(_, row)| row).collect())
}

/// The classes along some rows and the stretches that they are in, where these are far fewer than chance would make them.
fn stretches(labels: &Column, rows: &[usize]) -> Option<(usize, usize)> {
    let mut counts: std::collections::BTreeMap<String, usize> = std::collections::BTreeMap::new();
    let (mut before, mut stretches) = (None, 0);
    for &row in rows {
        let Some(name) = labels.cell(row).name().map(std::borrow::Cow::into_owned) else { continue };
        *counts.entry(name.clone()).or_insert(0) += 1;
        if before.as_ref() != Some(&name) {
            stretches += 1;
            before = Some(name);
        }
    }
    let known = counts.values().sum::<usize>() as f64;
    let alike: f64 = counts.values().map(|count| (*count as f64 / known).powi(2)).sum();
    // Between shuffled neighbors that are of different classes a stretch ends.
    let expected = (known - 1.0) * (1.0 - alike);
    (counts.len() > 1 && expected >= LEAST_ROWS as f64 / 2.0 && ((stretches - 1) as f64) <= FEW_STRETCHES * expected)
        .then_some((counts.len(), stretches))
}
