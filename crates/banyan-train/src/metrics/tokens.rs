//! Tokens and spans: how many are right.
//!
//! A span is right where its first token, its last one and its type are (as conlleval and seqeval's strict mode have it); predicted and
//! true spans are counted over all sentences, and precision, recall and F1 are of these counts. Labels that break their scheme are read as
//! conlleval reads them (`I-PER` after `O` begins a span), where seqeval's strict mode sees none; predicted tags break none.

use banyan_data::batch::UNKNOWN_TAG;
use banyan_text::spans;
use std::collections::HashSet;

/// Tokens whose head is known, those of them with the right head, and those with the right relation besides.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TreeCounts {
    /// Tokens whose head is known.
    pub tokens: usize,
    /// Tokens with the right head.
    pub heads: usize,
    /// Tokens with the right head and the right relation to it.
    pub relations: usize,
}

impl TreeCounts {
    /// Adds a sentence's heads and relations, as the scorer of the CoNLL 2018 shared task counts them for given tokens: all tokens, punctuation
    /// included; of relations, which are called `names`, what stands before a colon (`nsubj` of `nsubj:pass`).
    pub fn add(&mut self, predicted: [&[u32]; 2], truth: [&[u32]; 2], names: &[String]) {
        let universal = |relation: u32| names.get(relation as usize).map(|name| name.split(':').next().unwrap_or(name));
        let ([own_heads, own_relations], [heads, relations]) = (predicted, truth);
        for (token, &head) in heads.iter().enumerate().filter(|(_, head)| **head != UNKNOWN_TAG) {
            self.tokens += 1;
            if own_heads.get(token) == Some(&head) {
                self.heads += 1;
                // A relation never seen in training is no relation that could be predicted.
                let is_right = universal(relations[token]).is_some() && universal(relations[token]) == universal(own_relations[token]);
                self.relations += usize::from(is_right);
            }
        }
    }

    /// The unlabeled attachment score: the share of tokens with the right head.
    pub fn uas(&self) -> Option<f64> {
        (self.tokens > 0).then(|| self.heads as f64 / self.tokens as f64)
    }

    /// The labeled attachment score: the share of tokens with the right head and relation.
    pub fn las(&self) -> Option<f64> {
        (self.tokens > 0).then(|| self.relations as f64 / self.tokens as f64)
    }
}

/// The true and the predicted spans of a sentence. Tokens without a label are as tokens outside of all spans, on both sides.
pub(crate) fn known_spans(truth: &[u32], predicted: &[u32]) -> (Vec<spans::Span>, Vec<spans::Span>) {
    let is_known = |at: usize| truth.get(at).is_some_and(|&tag| tag != UNKNOWN_TAG);
    let masked = |tags: &[u32]| -> Vec<u32> { tags.iter().enumerate().map(|(at, &tag)| if is_known(at) { tag } else { 0 }).collect() };
    (spans::spans_of(&masked(truth)), spans::spans_of(&masked(predicted)))
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
    /// Adds one sentence, as tags of [`banyan_text::spans`]. Tokens without a label are as tokens outside of all spans, on both sides.
    pub fn add(&mut self, truth: &[u32], predicted: &[u32]) {
        let (truth, predicted) = known_spans(truth, predicted);
        let truth: HashSet<_> = truth.into_iter().collect();
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
    fn attachments_count_every_known_token_and_universal_relations() {
        let names = ["root", "nsubj", "nsubj:pass", "obj"].map(str::to_owned);
        let (truth, relations) = ([2, 0, 2, 2, UNKNOWN_TAG], [2, 0, 3, UNKNOWN_TAG, UNKNOWN_TAG]);
        let (heads, own) = ([2, 0, 1, 2, 1], [1, 0, 3, 3, 0]);
        let mut counts = TreeCounts::default();
        counts.add([&heads, &own], [&truth, &relations], &names);
        // The first relation is right but for its subtype, the third head is wrong, the fourth relation was never seen.
        assert_eq!(counts, TreeCounts { tokens: 4, heads: 3, relations: 2 });
        assert_eq!((counts.uas(), counts.las()), (Some(0.75), Some(0.5)));
    }

    #[test]
    fn what_is_not_known_counts_nowhere() {
        let mut counts = SpanCounts::default();
        counts.add(&[UNKNOWN_TAG, 0], &[4, 0]);
        assert_eq!(counts, SpanCounts::default());
        assert_eq!((counts.precision(), counts.recall(), counts.f1()), (None, None, None));
    }
}
