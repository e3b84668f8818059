//! A batch: what an encoder and a loss receive, everything with its mask.
//!
//! A batch holds the rows it was asked for in the order it was asked. `present` says which rows have
//! the input, `known` which rows have the label; values behind a `false` are zeros and mean nothing.

pub use banyan_text::tokens::{NO_VECTOR, TokenValues};
pub use banyan_text::{Ragged, UNKNOWN_TAG};

use crate::values::Values;

/// Rows of a data set, ready for a model.
#[derive(Debug, Clone, Default)]
pub struct Batch {
    /// A stable number for each row (its place in the data set), the key of all per-row randomness.
    pub rows: Vec<u64>,
    /// One entry per input, in the order of the configuration.
    pub inputs: Vec<InputBatch>,
    /// One entry per task, in the order of the configuration.
    pub tasks: Vec<TargetBatch>,
}

/// One input of a batch.
#[derive(Debug, Clone)]
pub struct InputBatch {
    /// Whether a row has this input.
    pub present: Vec<bool>,
    /// The values, row after row.
    pub values: InputValues,
}

/// The values of one input, row-major.
#[derive(Debug, Clone)]
pub enum InputValues {
    /// `number`: one standardised value a row.
    Number(Vec<f32>),
    /// `category`: an index a row; 0 is "not seen in training", 1.. follow the vocabulary.
    Category(Vec<u32>),
    /// `set`: the indices of a row's members (0 is "not seen in training").
    Set(Ragged),
    /// `date` and `vector`: `width` standardised values a row.
    Dense {
        /// Values a row.
        width: usize,
        /// `rows × width` values.
        values: Vec<f32>,
    },
    /// `text`: tokens, each of which is a bag of hashed features.
    Text(TextValues),
    /// `tokens`: words with their features and characters.
    Tokens(TokenValues),
    /// `image`: `rows × height × width × channels`, channels last, standardised.
    Image {
        /// Height in pixels.
        height: usize,
        /// Width in pixels.
        width: usize,
        /// 1 (grey) or 3 (colour).
        channels: usize,
        /// The pixels.
        pixels: Vec<f32>,
    },
    /// `audio`: `rows × frames × bands` of standardised log-mel energy, padded at the end.
    Audio {
        /// Frames a row, padding included.
        frames: usize,
        /// Mel bands a frame.
        bands: usize,
        /// The energies.
        values: Vec<f32>,
        /// The frames of each row that are not padding.
        lengths: Vec<u32>,
    },
}

/// Texts as tokens of hashed features.
#[derive(Debug, Clone, Default)]
pub struct TextValues {
    /// The tokens of each row: list `r` holds as many entries as the text has tokens, each the index
    /// of a list in `features`.
    pub tokens: Ragged,
    /// The hashed features (word, neighbours' n-grams, character n-grams) of each token, as buckets
    /// `0..buckets`.
    pub features: Ragged,
}

/// The labels of one task.
#[derive(Debug, Clone)]
pub struct TargetBatch {
    /// Whether a row has this label.
    pub known: Vec<bool>,
    /// The labels, in the arrays of their kind.
    pub values: Values,
}
