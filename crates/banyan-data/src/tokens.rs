//! The words of cells, and what encoders read of them ([`banyan_text::tokens`]).

use std::borrow::Cow;

pub use banyan_text::tokens::*;

use crate::table::Cell;

/// The words of a cell: those of a list, an empty one for a gap, or those that a text is [`split`] into. `None` where there is no word.
///
/// # Errors
/// A cell that is neither a list nor a text, as the beginning of a sentence.
pub fn words(cell: Cell<'_>) -> Result<Option<Vec<String>>, String> {
    Ok(crate::read::words(cell)?.map(|words| words.into_iter().map(Cow::into_owned).collect()))
}
