//! Where the tokens of a chunk are.

use banyan_engine::{Graph, Var};
use banyan_text::tokens::TokenValues;
use banyan_text::{Ragged, UNKNOWN_TAG};

/// Which positions of a chunk, `[rows, length]`, hold a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// The rows of the chunk.
    pub rows: usize,
    /// The tokens of the longest sentence, at least 1.
    pub length: usize,
    /// The tokens of each row.
    pub lengths: Vec<u32>,
}

impl Layout {
    /// Of the tokens of a chunk.
    pub fn new(tokens: &TokenValues) -> Self {
        let lengths: Vec<u32> = tokens.offsets.windows(2).map(|ends| ends[1] - ends[0]).collect();
        Self { rows: lengths.len(), length: lengths.iter().copied().max().unwrap_or(0).max(1) as usize, lengths }
    }

    /// The place of every token among the positions, in order.
    pub(in crate::encoders) fn places(&self) -> impl Iterator<Item = usize> + '_ {
        self.lengths.iter().enumerate().flat_map(|(row, &length)| row * self.length..row * self.length + length as usize)
    }

    /// For each position whether it holds a token.
    pub(in crate::encoders) fn kept(&self) -> Vec<bool> {
        let mut kept = vec![false; self.rows * self.length];
        self.places().for_each(|place| kept[place] = true);
        kept
    }

    /// The same as factors.
    pub(in crate::encoders) fn mask(&self) -> Vec<f32> {
        self.kept().into_iter().map(|kept| if kept { 1.0 } else { 0.0 }).collect()
    }

    /// Labels of tokens at their positions, and none in the padding. A row whose labels are not known has an empty list.
    pub fn padded(&self, labels: &Ragged) -> Vec<u32> {
        let mut padded = vec![UNKNOWN_TAG; self.rows * self.length];
        for row in 0..self.rows {
            let own = labels.list(row);
            padded[row * self.length..][..own.len()].copy_from_slice(own);
        }
        padded
    }

    /// Makes padding zero, as what lies beyond the longest sentence is: else what is said of a sentence would depend on the lengths of the
    /// others in its chunk.
    pub(in crate::encoders) fn cleared(&self, graph: &mut Graph<'_>, values: Var) -> Var {
        if self.lengths.iter().all(|&length| length as usize == self.length) {
            return values;
        }
        let shape = graph.shape(values);
        let width = shape.last();
        let mask = self.mask();
        let keep = graph.input_with(shape, |values| {
            for (vector, &keep) in values.chunks_exact_mut(width).zip(&mask) {
                vector.fill(keep);
            }
        });
        graph.multiply(values, keep)
    }
}
