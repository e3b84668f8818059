//! Sentences as tokens: the words of a list, or of a text that is [`split`], with what an encoder reads of each.
//!
//! A word is [`FEATURES`] hashed features, as in spaCy's `MultiHashEmbed` (Miranda et al. 2022): the word in small letters, its first
//! one and three and its last two and three characters, and its shape. Each is a bucket of a table of its own, so that
//! nothing has to be learned from the training texts and no word is ever unknown. Beside them stand its characters, from a
//! vocabulary that is learned.

mod characters;
mod features;
mod split;

pub(crate) use characters::{Characters, vocabulary};
pub use features::{FEATURES, features};
pub use split::split;

use crate::batch::TokenValues;
use crate::table::Cell;

/// The words of a cell: those of a list, an empty one for a gap, or those that a text is [`split`] into. `None` where there is no word.
///
/// # Errors
/// A cell that is neither a list nor a text, as the beginning of a sentence.
pub fn words(cell: Cell<'_>) -> Result<Option<Vec<String>>, String> {
    Ok(crate::read::words(cell)?.map(|words| words.into_iter().map(std::borrow::Cow::into_owned).collect()))
}

/// Sentences without a token.
pub(crate) fn none(rows: usize) -> TokenValues {
    TokenValues { offsets: vec![0; rows + 1], ..TokenValues::default() }
}

/// One sentence.
pub(crate) fn encode<'a>(words: impl ExactSizeIterator<Item = &'a str>, buckets: usize, characters: &Characters<'_>) -> TokenValues {
    let mut values = TokenValues { offsets: vec![0, words.len() as u32], ..TokenValues::default() };
    for word in words {
        values.features.extend(features(word, buckets));
        characters.push(word, &mut values.characters);
    }
    values
}

/// Appends sentences.
pub(crate) fn append(all: &mut TokenValues, more: &TokenValues) {
    let before = all.offsets.last().copied().unwrap_or(0);
    all.offsets.extend(more.offsets.iter().skip(1).map(|offset| before + offset));
    all.features.extend(&more.features);
    (0..more.characters.len()).for_each(|token| all.characters.push(more.characters.list(token).iter().copied()));
}

/// Some of the sentences, in the order asked.
pub(crate) fn gather(all: &TokenValues, rows: &[usize]) -> TokenValues {
    let mut picked = TokenValues::default();
    for &row in rows {
        let (first, end) = (all.offsets[row] as usize, all.offsets[row + 1] as usize);
        picked.features.extend(&all.features[first * FEATURES..end * FEATURES]);
        (first..end).for_each(|token| picked.characters.push(all.characters.list(token).iter().copied()));
        picked.offsets.push(picked.characters.len() as u32);
    }
    picked
}
