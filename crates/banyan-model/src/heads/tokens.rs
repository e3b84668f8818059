//! What heads on words share: losses with a label for each token, and decoding by the best label of each.

use super::{Chunk, Words};
use banyan_data::batch::{Ragged, UNKNOWN_TAG};
use banyan_engine::{Graph, Var};

/// The cross-entropy of each token's label, which counts `share` times the weight of its class, if classes have weights. `scores` is
/// `[rows, length, labels]`.
pub(super) fn cross_entropy(
    graph: &mut Graph<'_>,
    scores: Var,
    chunk: &Chunk<'_>,
    labels: &Ragged,
    class_weights: &[f32],
    (share, label_smoothing): (f32, f32),
) -> Var {
    let targets = chunk.layout().padded(labels);
    let weight = |&label: &u32| match label {
        UNKNOWN_TAG => 0.0,
        label => share * class_weights.get(label as usize).copied().unwrap_or(1.0),
    };
    let weights: Vec<f32> = targets.iter().map(weight).collect();
    graph.cross_entropy(scores, &targets, &weights, label_smoothing)
}

/// The scores of each row's tokens, without its padding.
pub(super) fn rows<'a>(scores: &'a [f32], width: usize, lengths: &'a [u32]) -> impl Iterator<Item = &'a [f32]> {
    let per_row = scores.len().checked_div(lengths.len()).unwrap_or(0);
    lengths.iter().enumerate().map(move |(row, &length)| &scores[row * per_row..][..length as usize * width])
}

/// For each token the place of its largest score.
pub(super) fn best_of_each(scores: &[f32], width: usize, lengths: &[u32]) -> Ragged {
    let mut best = Ragged::default();
    rows(scores, width, lengths).for_each(|own| best.push(own.chunks_exact(width).map(largest)));
    best
}

/// The place of the largest score, the first of equal ones.
pub(super) fn largest(scores: &[f32]) -> u32 {
    (0..scores.len()).rev().max_by(|&a, &b| scores[a].total_cmp(&scores[b])).unwrap_or(0) as u32
}

/// An empty list for each row of a chunk.
pub(super) fn empty_lists(chunk: &Chunk<'_>) -> Ragged {
    Ragged::of_empty_lists(chunk.rows.len())
}

impl Words<'_> {
    /// The tokens of each row.
    pub(super) fn lengths(&self) -> &[u32] {
        &self.layout.lengths
    }
}
