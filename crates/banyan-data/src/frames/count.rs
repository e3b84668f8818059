//! What a cell says of roles, for counting.

use super::{VERB, objects};
use crate::read;
use crate::spans::{self, Label};
use crate::table::Cell;

/// The role of each argument that a cell of roles tells of, whatever the words and predicates; none of a cell that cannot be read.
pub(crate) fn roles(cell: Cell<'_>) -> Vec<String> {
    let mut roles: Vec<String> = if let Cell::Objects(json) = cell {
        let frames = objects::parse(json).unwrap_or_default();
        frames.into_iter().flat_map(|frame| frame.arguments.unwrap_or_default()).map(|argument| argument.role).collect()
    } else {
        let labels = read::labels(cell).ok().flatten().unwrap_or_default();
        let words: Vec<Vec<&str>> = labels.iter().map(|label| label.split('|').collect()).collect();
        let predicates = words.iter().map(Vec::len).max().unwrap_or(0);
        (0..predicates).flat_map(|predicate| of_predicate(&words, predicate)).collect()
    };
    roles.retain(|role| role != VERB);
    roles
}

fn of_predicate(words: &[Vec<&str>], predicate: usize) -> Vec<String> {
    let own: Vec<&str> = words.iter().map(|labels| labels.get(predicate).copied().unwrap_or("O")).collect();
    let labels = Label::parse_all(&own).unwrap_or_default();
    spans::read(&labels).into_iter().map(|span| span.kind.to_owned()).collect()
}
