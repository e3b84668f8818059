//! Tokens and spans: how many are right.
//!
//! A span is right where its first token, its last one and its type are (as conlleval and seqeval's strict mode have it); predicted and
//! true spans are counted over all sentences, and precision, recall and F1 are of these counts.

use banyan_data::batch::{Ragged, UNKNOWN_TAG};
use banyan_data::spans;
use std::collections::HashSet;

use super::classes::ClassCounts;

/// Of tokens whose label is known.
pub(super) fn tagging(labels: usize, predicted: &Ragged, truth: &Ragged, rows: &[usize]) -> ClassCounts {
    let mut counts = ClassCounts::new(labels);
    for &row in rows {
        let known = truth.list(row).iter().zip(predicted.list(row)).filter(|(label, _)| **label != UNKNOWN_TAG);
        known.for_each(|(&label, &predicted)| counts.add(label as usize, predicted as usize));
    }
    counts
}

/// Spans that are true, that were predicted, and that are both.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SpanCounts {
    /// Spans of the labels.
    pub truth: usize,
    /// Spans of the predictions.
    pub predicted: usize,
    /// Predicted spans that are spans of the labels.
    pub right: usize,
}

impl SpanCounts {
    /// Adds one sentence, as tags of [`banyan_data::spans`]. Tokens without a label are as tokens outside of all spans, on both sides.
    pub fn add(&mut self, truth: &[u32], predicted: &[u32]) {
        let is_known = |at: usize| truth.get(at).is_some_and(|&tag| tag != UNKNOWN_TAG);
        let masked = |tags: &[u32]| -> Vec<u32> { tags.iter().enumerate().map(|(at, &tag)| if is_known(at) { tag } else { 0 }).collect() };
        let truth: HashSet<_> = spans::spans_of(&masked(truth)).into_iter().collect();
        let predicted = spans::spans_of(&masked(predicted));
        self.truth += truth.len();
        self.predicted += predicted.len();
        self.right += predicted.iter().filter(|span| truth.contains(span)).count();
    }

    /// The share of predicted spans that are right; none where none was predicted.
    pub fn precision(&self) -> Option<f64> {
        (self.predicted > 0).then(|| self.right as f64 / self.predicted as f64)
    }

    /// The share of true spans that were found; none where there are none.
    pub fn recall(&self) -> Option<f64> {
        (self.truth > 0).then(|| self.right as f64 / self.truth as f64)
    }

    /// `2 right / (predicted + true)`: the harmonic mean of both; none where there are no spans at all.
    pub fn f1(&self) -> Option<f64> {
        let all = self.predicted + self.truth;
        (all > 0).then(|| 2.0 * self.right as f64 / all as f64)
    }
}

pub(super) fn spans(predicted: &Ragged, truth: &Ragged, rows: &[usize]) -> SpanCounts {
    let mut counts = SpanCounts::default();
    rows.iter().for_each(|&row| counts.add(truth.list(row), predicted.list(row)));
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    // Tags of type k: 1 + 4k is B, then I, E and S.
    #[test]
    fn a_span_is_right_with_both_ends_and_its_type() {
        let mut counts = SpanCounts::default();
        counts.add(&[1, 2, 3, 0, 4], &[1, 2, 3, 0, 4]);
        assert_eq!((counts.truth, counts.predicted, counts.right), (2, 2, 2));
        counts.add(&[1, 2, 3, 0], &[1, 3, 0, 0]); // too short
        counts.add(&[4, 0], &[8, 0]); // of another type
        assert_eq!((counts.truth, counts.predicted, counts.right), (4, 4, 2));
        assert_eq!((counts.precision(), counts.recall(), counts.f1()), (Some(0.5), Some(0.5), Some(0.5)));
    }

    #[test]
    fn what_is_not_known_counts_nowhere() {
        let mut counts = SpanCounts::default();
        counts.add(&[UNKNOWN_TAG, 0], &[4, 0]);
        assert_eq!(counts, SpanCounts::default());
        assert_eq!((counts.precision(), counts.recall(), counts.f1()), (None, None, None));
    }
}
