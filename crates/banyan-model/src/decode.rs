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
        let mut decoded = Ragged::default();
        let per_row = scores.len().checked_div(lengths.len()).unwrap_or(0);
        for (row, &length) in lengths.iter().enumerate() {
            let own = &scores[row * per_row..][..length as usize * tags];
            match loss {
                TokenLoss::Tagging { .. } => decoded.push(own.chunks_exact(tags).map(best)),
                TokenLoss::Spans { transitions, allowed } => {
                    self.viterbi.best_path(own, tags, parameters.get(*transitions), allowed, &mut self.path);
                    // Scores that are no numbers have no best path; their loss tells.
                    self.path.resize(length as usize, 0);
                    decoded.push(self.path.iter().copied());
                }
            }
        }
        decoded
    }
}

/// The place of the largest score, the first of equal ones.
fn best(scores: &[f32]) -> u32 {
    (0..scores.len()).rev().max_by(|&a, &b| scores[a].total_cmp(&scores[b])).unwrap_or(0) as u32
}
