//! From the scores of a sentence's tokens to its tags.

use crate::token_loss::TokenLoss;
use banyan_data::batch::Ragged;
use banyan_engine::{Parameters, Viterbi};

/// Decodes sentence after sentence with the same memory.
#[derive(Debug, Default)]
pub(crate) struct Decoder {
    viterbi: Viterbi,
    path: Vec<u32>,
}

impl Decoder {
    /// The best tags of each row: `scores` is `[rows, length, tags]`, of which each row's first tokens count.
    pub(crate) fn tags(&mut self, loss: &TokenLoss, parameters: &Parameters, scores: &[f32], tags: usize, lengths: &[u32]) -> Ragged {
        let TokenLoss::Chain { chain, allowed } = loss else { return best_of_each(scores, tags, lengths) };
        let mut decoded = Ragged::default();
        for own in rows(scores, tags, lengths) {
            chain.best_path(parameters, &mut self.viterbi, own, allowed, &mut self.path);
            // Scores that are no numbers have no best path; their loss tells.
            self.path.resize(own.len() / tags, 0);
            decoded.push(self.path.iter().copied());
        }
        decoded
    }
}

/// The scores of each row's tokens, without its padding.
pub(crate) fn rows<'a>(scores: &'a [f32], width: usize, lengths: &'a [u32]) -> impl Iterator<Item = &'a [f32]> {
    let per_row = scores.len().checked_div(lengths.len()).unwrap_or(0);
    lengths.iter().enumerate().map(move |(row, &length)| &scores[row * per_row..][..length as usize * width])
}

/// For each token the place of its largest score.
pub(crate) fn best_of_each(scores: &[f32], width: usize, lengths: &[u32]) -> Ragged {
    let mut best = Ragged::default();
    rows(scores, width, lengths).for_each(|own| best.push(own.chunks_exact(width).map(largest)));
    best
}

/// The place of the largest score, the first of equal ones.
fn largest(scores: &[f32]) -> u32 {
    (0..scores.len()).rev().max_by(|&a, &b| scores[a].total_cmp(&scores[b])).unwrap_or(0) as u32
}
