//! Predicates and their roles.

use std::collections::HashMap;

use banyan_text::frames::PREDICATE;

use super::tags::input_of;
use super::task::{Counts, Task, count, order_classes};
use crate::config::{InputConfig, TargetConfig};
use crate::error::Error;
use crate::schema::TargetDetails;
use crate::sentences::FrameColumns;
use crate::table::{Cell, Column};

/// Training predicates that a sense needs to be told apart: one that came once says nothing of what it looks like.
const FEWEST_OF_A_SENSE: usize = 2;

pub(super) fn srl(task: &Task<'_>, config: &TargetConfig, inputs: &[(String, InputConfig)]) -> Result<TargetDetails, Error> {
    let (name, input) = input_of(task, config, inputs)?;
    let (table, roles) = (task.rows.table, task.rows.column);
    let predicates = predicates_of(task, config)?;
    let words = table.column(input.column.as_deref().unwrap_or(name))?;
    let columns = FrameColumns { table, words, roles: Some(roles), predicates };
    let (mut found, mut senses) = (Counts::new(), HashMap::<String, usize>::new());
    let (mut rows, mut count_of_predicates) = (0, 0);
    for &row in task.rows.rows {
        let words = columns.words(row);
        let frames = if words > 0 { columns.read(row, words)? } else { None };
        rows += usize::from(frames.is_some());
        for frame in frames.into_iter().flatten() {
            count_of_predicates += 1;
            frame.arguments.iter().flatten().for_each(|argument| count(&mut found, &argument.role, row));
            *senses.entry(frame.sense).or_default() += 1;
        }
    }
    if rows == 0 {
        return Err(task.no_labels());
    }
    if found.is_empty() {
        let problem = format!("no predicate of {rows} training rows has a role");
        return Err(task.error(problem, "there is nothing to learn; leave the task out"));
    }
    let names = order_classes(task, config, &found)?;
    let counts = names.iter().map(|role| found.get(role).map_or(0, |(count, _)| *count)).collect();
    let mut senses: Vec<String> =
        senses.into_iter().filter(|(sense, count)| !sense.is_empty() && *count >= FEWEST_OF_A_SENSE).map(|(sense, _)| sense).collect();
    senses.sort();
    // With one sense only, predicates are marked and not told apart.
    senses.truncate(if senses.len() > 1 { senses.len() } else { 0 });
    Ok(TargetDetails::Srl {
        on: name.clone(),
        predicate: predicates.map(|column| column.name.clone()),
        roles: names,
        counts,
        senses,
        predicates: count_of_predicates,
        rows,
    })
}

/// The column of the predicates; none where that of the roles has them itself.
fn predicates_of<'a>(task: &Task<'a>, config: &TargetConfig) -> Result<Option<&'a Column>, Error> {
    let roles = task.rows.column;
    if let Some(name) = &config.predicate {
        return task.rows.table.column(name).map(Some);
    }
    let are_objects = task.rows.rows.iter().any(|row| matches!(roles.cell(*row), Cell::Objects(_)));
    match task.rows.table.find(PREDICATE).filter(|_| !are_objects) {
        None if !are_objects => Err(task.error(
            format!("it needs a column of predicates beside that of their roles, and there is no column \"{PREDICATE}\""),
            "name it with columns = { predicate = \"…\" }",
        )),
        found => Ok(found),
    }
}
