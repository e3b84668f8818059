//! Sentences as numbers.

use super::FEATURES;
use crate::Ragged;

/// What stands in [`TokenValues::vectors`] for a token without a vector.
pub const NO_VECTOR: u32 = u32::MAX;

/// Sentences as tokens.
#[derive(Debug, Clone, PartialEq)]
pub struct TokenValues {
    /// Where each row's tokens begin among all; one more entry than there are rows, beginning with 0. A row without the input has none.
    pub offsets: Vec<u32>,
    /// The hashed features of each token, [`FEATURES`] a token, each a hash of 32 bits or
    /// [`UNSEEN`](super::UNSEEN).
    pub features: Vec<u32>,
    /// The characters of each token: 0 for one that is not in the vocabulary, `i + 1` for its `i`-th. No list is empty, and none longer
    /// than 48: of longer words the first and the last 24.
    pub characters: Ragged,
    /// The place of each token's vector among the input's word vectors, [`NO_VECTOR`] where it has none; empty where the input has no
    /// word vectors.
    pub vectors: Vec<u32>,
    /// The pieces of each token, of which every one has at least one, for a pretrained encoder; empty where there is none.
    pub pieces: Ragged,
    /// Tokens of so many pieces that only the first and the last are there.
    pub cut: usize,
}

impl Default for TokenValues {
    fn default() -> Self {
        Self {
            offsets: vec![0],
            features: Vec::new(),
            characters: Ragged::default(),
            vectors: Vec::new(),
            pieces: Ragged::default(),
            cut: 0,
        }
    }
}

impl TokenValues {
    /// So many rows, none of which has a token.
    pub fn of_empty_rows(rows: usize) -> Self {
        Self { offsets: vec![0; rows + 1], ..Self::default() }
    }

    /// These rows, in this order.
    pub fn select(&self, rows: &[usize]) -> Self {
        let mut picked = Self::default();
        for &row in rows {
            let (first, end) = (self.offsets[row] as usize, self.offsets[row + 1] as usize);
            picked.features.extend(&self.features[first * FEATURES..end * FEATURES]);
            picked.vectors.extend(self.vectors.get(first..end).unwrap_or_default());
            (first..end).for_each(|token| picked.characters.push(self.characters.list(token).iter().copied()));
            if !self.pieces.is_empty() {
                (first..end).for_each(|token| picked.pieces.push(self.pieces.list(token).iter().copied()));
            }
            picked.offsets.push(picked.characters.len() as u32);
        }
        picked
    }
}
