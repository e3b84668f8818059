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
mod split;
mod values;
mod vectors;

use characters::Characters;
pub use characters::vocabulary;
pub use features::{FEATURES, features};
pub use pieces::{MOST_PIECES, Spelling, WordPieces};
pub use split::split;
pub use values::{NO_VECTOR, TokenValues};
pub use vectors::WordVectors;

use std::borrow::Cow;

use rayon::prelude::*;

/// What stands for a feature that the training rows do not have, or only once.
pub const UNSEEN: u32 = u32::MAX;

/// Sentences that a thread encodes at once.
const ROWS: usize = 256;

/// What words are looked up in.
#[derive(Clone, Copy)]
pub struct Lookups<'a> {
    /// The characters of the training rows, as [`vocabulary`] gives them.
    pub characters: &'a [char],
    /// The features that came more than once in the training rows, sorted.
    pub known: &'a [u32],
    /// The word vectors, where there are any.
    pub vectors: Option<&'a WordVectors>,
    /// The word pieces of a pretrained encoder, where there is one, and how many it reads of a word at most.
    pub pieces: Option<(&'a WordPieces, usize)>,
}

/// Encodes the sentences of all rows; a row without words is none.
pub fn encode(sentences: &[Option<Vec<Cow<'_, str>>>], lookups: Lookups<'_>) -> TokenValues {
    let seen = |feature: u32| if lookups.known.binary_search(&feature).is_ok() { feature } else { UNSEEN };
    let characters = Characters::new(lookups.characters);
    let some = |sentences: &[Option<Vec<Cow<'_, str>>>]| {
        let mut some = TokenValues::default();
        for sentence in sentences {
            for word in sentence.iter().flatten() {
                some.features.extend(features(word).map(seen));
                characters.push(word, &mut some.characters);
                if let Some((pieces, most)) = lookups.pieces {
                    let mut numbers = pieces.encode(word);
                    some.cut += usize::from(numbers.len() > most);
                    pieces::shorten(&mut numbers, most);
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
