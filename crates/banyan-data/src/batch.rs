//! A batch: what an encoder and a loss receive, everything with its mask.
//!
//! A batch holds the rows it was asked for in the order it was asked. `present` says which rows have
//! the input, `known` which rows have the label; values behind a `false` are zeros and mean nothing.

pub use crate::inputs::{AudioValues, DenseValues, ImageValues, InputValues, TextValues};
pub use banyan_text::tokens::{NO_VECTOR, TokenValues};
pub use banyan_text::{Ragged, UNKNOWN_TAG};

use crate::values::Values;

/// The index of a cell of an image that has no label.
pub const UNKNOWN_CELL: u8 = u8::MAX;

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

/// The labels of one task.
#[derive(Debug, Clone)]
pub struct TargetBatch {
    /// Whether a row has this label.
    pub known: Vec<bool>,
    /// The labels, in the arrays of their kind.
    pub values: Values,
}
