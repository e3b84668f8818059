//! Views: what an encoder offers of what it read.

use banyan_engine::{ParameterId, Shape, Var};

/// A sequence view, `[rows, length, width]`.
#[derive(Debug, Clone)]
pub struct Sequence {
    /// The vectors.
    pub values: Var,
    /// 1 for a position that counts, 0 for padding: `rows × length`; empty where all count.
    pub mask: Vec<f32>,
}

/// What an encoder offers of one chunk of rows.
#[derive(Debug, Clone)]
pub struct Views {
    /// One vector a row, `[rows, width]`.
    pub pooled: Var,
    /// One vector a token or frame.
    pub sequence: Option<Sequence>,
    /// Grids from fine to coarse, each `[rows, height, width, channels]`.
    pub grids: Vec<Var>,
}

/// The sizes of an encoder's views, known before it runs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ViewSizes {
    /// Features of the sequence view, where there is one.
    pub sequence: Option<usize>,
    /// Channels of each grid, from fine to coarse.
    pub grids: Vec<usize>,
}

/// What a head reads, besides the fused context.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum View {
    /// The fused representation: one output a row.
    #[default]
    Pooled,
    /// The sequence view of an input: one output a token or frame.
    Sequence {
        /// The input's name.
        input: String,
    },
    /// A grid of an input: one output a cell.
    Grid {
        /// The input's name.
        input: String,
        /// Which grid, 0 for the finest.
        level: usize,
    },
}

/// The pooled view of one root, as a fusion receives it: rows without the input hold the root's token.
#[derive(Debug, Clone)]
pub struct Root {
    /// `[rows, width]`
    pub pooled: Var,
    /// Whether each row has the input.
    pub present: Vec<bool>,
}

/// A token's handle and its width, for roots and columns.
pub(crate) type Token = ParameterId;

/// Rows of a shape that is one vector a row.
pub(crate) fn pooled_shape(rows: usize, width: usize) -> Shape {
    Shape::new(&[rows, width])
}
