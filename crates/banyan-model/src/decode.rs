//! From the scores of a sentence's tokens to its tags.

use crate::best_spans::BestSpans;
use crate::encoders::Layout;
use crate::srl::{FOUND, Frames, GIVEN, Predicate, Scores};
use crate::token_loss::TokenLoss;
use banyan_engine::{Parameters, Tape, Viterbi};
use banyan_text::spans::OUTSIDE;
use banyan_text::{Ragged, UNKNOWN_TAG};
use std::ops::Range;

/// Decodes sentence after sentence with the same memory.
#[derive(Debug, Default)]
pub(crate) struct Decoder {
    viterbi: Viterbi,
    spans: BestSpans,
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

    /// The best roles of the predicates of a chunk's rows; `known` says which rows have their predicates given.
    pub(crate) fn frames(&mut self, tape: &Tape, scores: Scores, predicates: &[Predicate], layout: &Layout, known: &[bool]) -> Frames {
        let mut frames = Frames { given: known.to_vec(), words: layout.lengths.clone(), ..Frames::default() };
        let of_row = |row: usize| predicates.iter().filter(move |predicate| predicate.row == row);
        let senses = scores.frames.and_then(|frames| frames.senses).map(|senses| {
            let width = tape.shape(senses).last();
            tape.value(senses).chunks_exact(width).map(largest).collect::<Vec<u32>>()
        });
        let mut first = 0;
        for row in 0..layout.rows {
            let own: Vec<&Predicate> = of_row(row).collect();
            frames.predicates.push(own.iter().map(|predicate| predicate.token as u32));
            frames.origins.push(own.iter().map(|predicate| origin(predicate)));
            frames.senses.push((first..first + own.len()).map(|frame| senses.as_ref().map_or(UNKNOWN_TAG, |senses| senses[frame])));
            first += own.len();
        }
        if let Some(scored) = scores.frames {
            let tags = tape.shape(scored.roles).last();
            let reaches: Vec<Range<usize>> = predicates.iter().map(|predicate| predicate.reach(layout)).collect();
            let lengths: Vec<u32> = reaches.iter().map(|reach| reach.len() as u32).collect();
            for ((own, predicate), reach) in rows(tape.value(scored.roles), tags, &lengths).zip(predicates).zip(reaches) {
                self.spans.decode(own, tags / 4, &mut self.path);
                let beyond = layout.lengths[predicate.row] as usize - reach.end;
                let outside = |count| std::iter::repeat_n(OUTSIDE, count);
                frames.roles.push(outside(reach.start).chain(self.path.iter().copied()).chain(outside(beyond)));
            }
        }
        frames
    }
}

fn origin(predicate: &Predicate) -> u32 {
    let given = if predicate.given.is_some() { GIVEN } else { 0 };
    given | if predicate.found { FOUND } else { 0 }
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
