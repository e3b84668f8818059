//! Columns and classes: what is missing, what is constant, which columns leak a label.

use std::collections::HashMap;

use rayon::prelude::*;

use super::keys::{KeyMap, KeySet, key};
use super::{AuditPart, ClassCount, ColumnAudit, Leakage, Role, TaskAudit};
use crate::by_value::ByValue;
use crate::inputs::InputConfig;
use crate::labels::TargetConfig;
use crate::labels::{AuditedRow, Subject};
use crate::table::Column;

pub(super) fn columns(parts: &[AuditPart<'_>], inputs: &[(String, InputConfig)], targets: &[(String, TargetConfig)]) -> Vec<ColumnAudit> {
    let mut names: Vec<&str> = Vec::new();
    for column in parts.iter().flat_map(|part| &part.table.columns) {
        if !names.contains(&column.name.as_str()) {
            names.push(&column.name);
        }
    }
    let describe = |name: &str| {
        let missing = parts.iter().map(|part| {
            let column = part.table.find(name)?;
            let missing = part.rows.iter().filter(|row| column.cell(**row).is_missing()).count();
            Some(missing as f64 / part.rows.len().max(1) as f64)
        });
        let missing = missing.collect();
        let first = parts.first().and_then(|part| Some((part, part.table.find(name)?)));
        let values = first.map_or_else(KeySet::default, |(part, column)| {
            part.rows.iter().map(|row| column.cell(*row)).filter(|cell| !cell.is_missing()).map(key).collect()
        });
        let role = if targets.iter().any(|(_, target)| target.all_columns().contains(&name)) {
            Role::Task
        } else if inputs.iter().any(|(input, config)| config.column(input) == name) {
            Role::Input
        } else {
            Role::Unused
        };
        parts.iter().filter_map(|part| part.table.find(name)).for_each(Column::release);
        ColumnAudit { name: name.to_owned(), role, missing, distinct: values.len(), constant: values.len() == 1 }
    };
    names.into_par_iter().map(describe).collect()
}

pub(super) fn tasks(parts: &[AuditPart<'_>], inputs: &[(String, InputConfig)], targets: &[(String, TargetConfig)]) -> Vec<TaskAudit> {
    targets.iter().map(|(name, target)| task(parts, inputs, name, target)).collect()
}

fn task(parts: &[AuditPart<'_>], inputs: &[(String, InputConfig)], name: &str, target: &TargetConfig) -> TaskAudit {
    let kind = target.kind().kind();
    let mut classes: HashMap<String, Vec<usize>> = HashMap::new();
    let mut known = vec![0; parts.len()];
    let mut tokens: Option<Vec<usize>> = None;
    let config = resolved(parts, target);
    for (index, part) in parts.iter().enumerate() {
        let Some(column) = part.table.find(&target.column) else { continue };
        let columns: Vec<Option<&Column>> = target.columns().into_iter().map(|name| part.table.find(name)).collect();
        let words = words_of(part, inputs, target);
        for &row in part.rows {
            let is_known = columns.iter().all(|column| column.is_some_and(|column| !column.cell(row).is_missing()));
            known[index] += usize::from(is_known);
            let labels = kind.audit(&AuditedRow { table: part.table, row, column, config: &config, words });
            if let Some(own) = labels.tokens {
                tokens.get_or_insert_with(|| vec![0; parts.len()])[index] += own;
            }
            for name in labels.names {
                classes.entry(name).or_insert_with(|| vec![0; parts.len()])[index] += 1;
            }
        }
    }
    let mut classes: Vec<ClassCount> = classes.into_iter().map(|(name, counts)| ClassCount { name, counts }).collect();
    classes.sort_by(|left, right| right.counts.cmp(&left.counts).then_with(|| left.name.cmp(&right.name)));
    let first = |class: &ClassCount| class.counts.first().copied().unwrap_or(0);
    let most = classes.iter().map(first).max();
    let least = classes.iter().map(first).filter(|count| *count > 0).min();
    // Another format may write a class's number in another way.
    let by_value = ByValue::of(classes.iter().filter(|class| first(class) > 0).map(|class| class.name.as_str()));
    let is_unseen = |class: &ClassCount| first(class) == 0 && by_value.find(&class.name).is_none();
    TaskAudit {
        name: name.to_owned(),
        kind: target.kind(),
        known,
        tokens: tokens.unwrap_or_default(),
        imbalance: most.zip(least).filter(|_| kind.subject() == Subject::Row).map(|(most, least)| most as f64 / least as f64),
        unseen: classes.iter().filter(|class| is_unseen(class)).map(|class| class.name.clone()).collect(),
        classes,
    }
}

/// The column of the words that a task is on.
fn words_of<'a>(part: &AuditPart<'a>, inputs: &[(String, InputConfig)], target: &TargetConfig) -> Option<&'a Column> {
    let mut of_words = inputs.iter().filter(|(_, config)| config.settings.has_words());
    let (name, config) = of_words.find(|(name, _)| target.settings.on().is_none_or(|on| on == name))?;
    part.table.find(config.column(name))
}

/// The configuration of a task, with what is found in the first part that has the column.
fn resolved(parts: &[AuditPart<'_>], target: &TargetConfig) -> TargetConfig {
    let part = parts.iter().find_map(|part| Some((part.rows, part.table.find(&target.column)?)));
    let (rows, column) = part.map_or((&[][..], None), |(rows, column)| (rows, Some(column)));
    let mut cells = rows.iter().filter_map(|row| Some(column?.cell(*row)));
    target.kind().kind().resolve(target, &mut cells)
}

/// Inputs of which each value goes with one label only. A value has to come five times on average: among values that
/// are nearly all different this would be chance.
pub(super) fn leakages(parts: &[AuditPart<'_>], inputs: &[(String, InputConfig)], targets: &[(String, TargetConfig)]) -> Vec<Leakage> {
    const ROWS_A_VALUE: usize = 5;
    let Some(part) = parts.first() else { return Vec::new() };
    let mut found = Vec::new();
    for (name, config) in inputs.iter().filter(|(_, config)| config.settings.input().has_comparable_cells()) {
        let Some(input) = part.table.find(config.column(name)) else { continue };
        for (task, target) in targets.iter().filter(|(_, target)| target.kind().kind().is_one_a_row()) {
            let Some(labels) = part.table.find(&target.column) else { continue };
            let mut label_of: KeyMap<u64> = KeyMap::default();
            let mut rows = 0;
            let tells = part.rows.iter().all(|row| {
                let (value, label) = (input.cell(*row), labels.cell(*row));
                if value.is_missing() || label.is_missing() {
                    return true;
                }
                rows += 1;
                let label = key(label);
                // Too many values tell nothing, whatever the rest of the rows hold.
                *label_of.entry(key(value)).or_insert(label) == label && label_of.len() * ROWS_A_VALUE <= part.rows.len()
            });
            let distinct_labels: KeySet = label_of.values().copied().collect();
            if tells && distinct_labels.len() > 1 && label_of.len() * ROWS_A_VALUE <= rows {
                found.push(Leakage { column: input.name.clone(), task: task.clone(), values: label_of.len(), rows });
            }
        }
    }
    found
}
