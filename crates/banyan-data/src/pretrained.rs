//! What is known of a pretrained encoder besides its weights.

use std::sync::Arc;

use banyan_text::tokens::{MOST_PIECES, Spelling, WordPieces};
use serde::{Deserialize, Serialize};

/// The sizes and constants of an encoder of BERT's family (Devlin et al., 2019), and the pieces that it reads words by.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PretrainedSchema {
    /// Rows of the table of pieces.
    pub vocabulary: usize,
    /// Numbers of a piece's vector.
    pub width: usize,
    /// Blocks of self-attention.
    pub layers: usize,
    /// Heads of each.
    pub heads: usize,
    /// Features in the feed-forward part of each.
    pub hidden: usize,
    /// Pieces that are read at once, the two that begin and end a sentence among them.
    pub positions: usize,
    /// Kinds of sentence, of which the first is meant.
    pub types: usize,
    /// What is added to variances.
    pub epsilon: f32,
    /// The share of activations that are dropped in training.
    pub dropout: f32,
    /// How words are spelt.
    pub spelling: Spelling,
    /// The vocabulary, which a run keeps in a file of its own.
    #[serde(skip)]
    pub pieces: Arc<WordPieces>,
}

impl PretrainedSchema {
    /// The most pieces of a word that are read; of a longer one the first and the last.
    pub fn most_pieces(&self) -> usize {
        MOST_PIECES.min(self.positions.saturating_sub(2))
    }

    /// Whether the sizes can be those of an encoder.
    pub(crate) fn check(&self) -> Result<(), String> {
        if self.heads == 0 || self.width == 0 || !self.width.is_multiple_of(self.heads) {
            return Err(format!("{} heads do not share a width of {}", self.heads, self.width));
        }
        if self.positions < 3 || self.types == 0 || self.hidden == 0 || self.vocabulary == 0 {
            return Err("one of its sizes is too small".to_owned());
        }
        if !(self.epsilon > 0.0 && (0.0..1.0).contains(&self.dropout)) {
            return Err("its layer_norm_eps or hidden_dropout_prob makes no sense".to_owned());
        }
        Ok(())
    }
}
