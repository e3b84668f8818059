//! Sentences as tokens: the words of a list, or of a text that is [`split`], with what an encoder reads of each.
//!
//! A word is [`FEATURES`] hashed features, as in spaCy's `MultiHashEmbed` (Miranda et al. 2022): the word in small letters, its first
//! one and three and its last two and three characters, and its shape. Each is a bucket of a table of its own, so that
//! no table of words has to be kept. A feature that came once or never in the training rows is told as such ([`UNSEEN`]): a row of the table
//! that others learned would say what is not true of it, and that a word is rare is worth knowing, too. Beside the features stand the word's
//! characters, from a vocabulary that is learned, and, where there are [word vectors](WordVectors), the place of its own among them. A pretrained
//! encoder reads its [pieces](WordPieces).

mod characters;
mod features;
mod pieces;
mod pretrained;
mod split;
mod vectors;

use characters::Characters;
pub(crate) use characters::vocabulary;
pub use features::{FEATURES, features};
pub use pieces::{MOST_PIECES, Spelling, WordPieces};
pub use pretrained::PretrainedSchema;
pub use split::split;
pub use vectors::WordVectors;

use std::borrow::Cow;

use rayon::prelude::*;

use crate::batch::{NO_VECTOR, TokenValues};
use crate::table::Cell;

/// What stands for a feature that the training rows do not have, or only once.
pub const UNSEEN: u32 = u32::MAX;

/// Sentences that a thread encodes at once.
const ROWS: usize = 256;

/// The words of a cell: those of a list, an empty one for a gap, or those that a text is [`split`] into. `None` where there is no word.
///
/// # Errors
/// A cell that is neither a list nor a text, as the beginning of a sentence.
pub fn words(cell: Cell<'_>) -> Result<Option<Vec<String>>, String> {
    Ok(crate::read::words(cell)?.map(|words| words.into_iter().map(Cow::into_owned).collect()))
}

/// Sentences without a token.
pub(crate) fn none(rows: usize) -> TokenValues {
    TokenValues { offsets: vec![0; rows + 1], ..TokenValues::default() }
}

/// What words are looked up in.
#[derive(Clone, Copy)]
pub(crate) struct Lookups<'a> {
    pub(crate) characters: &'a [char],
    /// Features, sorted.
    pub(crate) known: &'a [u32],
    pub(crate) vectors: Option<&'a WordVectors>,
    pub(crate) pretrained: Option<&'a PretrainedSchema>,
}

/// The sentences of all rows.
pub(crate) fn encode(sentences: &[Option<Vec<Cow<'_, str>>>], lookups: Lookups<'_>) -> TokenValues {
    let seen = |feature: u32| if lookups.known.binary_search(&feature).is_ok() { feature } else { UNSEEN };
    let characters = Characters::new(lookups.characters);
    let some = |sentences: &[Option<Vec<Cow<'_, str>>>]| {
        let mut some = TokenValues::default();
        for sentence in sentences {
            for word in sentence.iter().flatten() {
                some.features.extend(features(word).map(seen));
                characters.push(word, &mut some.characters);
                if let Some(pretrained) = lookups.pretrained {
                    let mut numbers = pretrained.pieces.encode(word);
                    some.cut += usize::from(numbers.len() > pretrained.most_pieces());
                    pieces::shorten(&mut numbers, pretrained.most_pieces());
                    some.pieces.push(numbers);
                }
                some.vectors.extend(lookups.vectors.map(|vectors| vectors.find(word).unwrap_or(NO_VECTOR)));
            }
            some.offsets.push(some.characters.len() as u32);
        }
        some
    };
    // The row of a service is no work for another thread.
    if sentences.len() <= ROWS {
        return some(sentences);
    }
    let mut all = TokenValues::default();
    for part in sentences.par_chunks(ROWS).map(some).collect::<Vec<TokenValues>>() {
        let before = all.characters.len() as u32;
        all.offsets.extend(part.offsets.iter().skip(1).map(|offset| before + offset));
        all.features.extend(part.features);
        all.vectors.extend(part.vectors);
        all.pieces.append(&part.pieces);
        all.cut += part.cut;
        (0..part.characters.len()).for_each(|token| all.characters.push(part.characters.list(token).iter().copied()));
    }
    all
}

/// Some of the sentences, in the order asked.
pub(crate) fn gather(all: &TokenValues, rows: &[usize]) -> TokenValues {
    let mut picked = TokenValues::default();
    for &row in rows {
        let (first, end) = (all.offsets[row] as usize, all.offsets[row + 1] as usize);
        picked.features.extend(&all.features[first * FEATURES..end * FEATURES]);
        picked.vectors.extend(all.vectors.get(first..end).unwrap_or_default());
        (first..end).for_each(|token| picked.characters.push(all.characters.list(token).iter().copied()));
        if !all.pieces.is_empty() {
            (first..end).for_each(|token| picked.pieces.push(all.pieces.list(token).iter().copied()));
        }
        picked.offsets.push(picked.characters.len() as u32);
    }
    picked
}
