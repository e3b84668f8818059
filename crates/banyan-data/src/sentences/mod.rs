//! Columns of a table that hold something for each word of a sentence: where cells meet what `banyan_text` reads of them.

mod frames;
mod lemmas;
mod trees;

pub(crate) use frames::{FrameColumns, roles};
pub(crate) use lemmas::LemmaColumns;
pub(crate) use trees::TreeColumns;

use banyan_text::LabelError;

use crate::error::{Error, Hint, Place};
use crate::read;
use crate::table::{Cell, Column};

/// The number of words in a cell; none where it has no words that can be read.
fn count_words(cell: Cell<'_>) -> usize {
    read::words(cell).ok().flatten().map_or(0, |words| words.len())
}

/// The error of labels that are not as many as the words.
pub(crate) fn misaligned(place: Place, labels: usize, words: usize, column: &Column, row: usize) -> Error {
    let plural = |count: usize, one: &str| format!("{count} {one}{}", if count == 1 { "" } else { "s" });
    let hint = match column.cell(row) {
        Cell::Text(_) => "give the words as a list, so that each has its label",
        _ => "give each word a label, or null where it has none",
    };
    let problem = format!("{} where column \"{}\" has {}", plural(labels, "label"), column.name, plural(words, "word"));
    Error::Cell { place, problem, hint: Hint::new(hint) }
}

/// The error of a cell whose labels cannot be read.
fn unread(place: Place, error: LabelError) -> Error {
    Error::Cell { place, problem: error.problem, hint: Hint::new(error.hint) }
}
