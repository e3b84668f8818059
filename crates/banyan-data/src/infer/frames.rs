//! Columns of predicates and their roles.

use std::collections::HashSet;

use banyan_text::frames::PREDICATE;

use super::{InferredTask, sentences};
use crate::config::TaskKind;
use crate::sentences::FrameColumns;
use crate::table::{Cell, Column, Table};

/// The roles of the predicates among the words of another column, where every row reads as such.
pub(super) fn roles_over(table: &Table, roles: &Column) -> Option<InferredTask> {
    let are_objects = roles.cells().any(|cell| matches!(cell, Cell::Objects(_)));
    let are_of_several = || sentences::texts(roles).any(|label| label.contains('|'));
    let predicates = table.find(PREDICATE).filter(|column| !are_objects && column.name != roles.name && are_of_several());
    let words = sentences::named(table).filter(|_| are_objects || predicates.is_some())?;
    let columns = FrameColumns { table, words, roles: Some(roles), predicates };
    let (mut names, mut count) = (HashSet::new(), 0);
    for row in 0..table.rows() {
        let words = columns.words(row);
        let frames = if words > 0 { columns.read(row, words).ok()? } else { None };
        count += frames.iter().flatten().count();
        names.extend(frames.into_iter().flatten().flat_map(|frame| frame.arguments.unwrap_or_default()).map(|argument| argument.role));
    }
    if names.is_empty() {
        return None;
    }
    let reason = format!("roles of {count} predicates among the words in \"{}\"; {} different ones", words.name, names.len());
    let found = InferredTask::new(TaskKind::Srl, reason, names.into_iter().collect(), None);
    Some(InferredTask { on: Some(words.name.clone()), ..found })
}
