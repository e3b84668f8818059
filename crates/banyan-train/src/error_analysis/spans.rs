//! Labeled spans, counted by type and by kind of error.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::{Examples, MOST_ROWS, OTHER, SpanError, judge, shortened};

/// A span of words and its type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedSpan {
    /// Its first word.
    pub begin: usize,
    /// The word after its last.
    pub end: usize,
    /// The name of its type.
    pub kind: String,
}

impl NamedSpan {
    pub(super) fn overlap(&self, other: &Self) -> usize {
        self.end.min(other.end).saturating_sub(self.begin.max(other.begin))
    }
}

/// A sentence with true and predicted spans. Any task whose answer is a list of spans can be reported in this form.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpanExample {
    /// What the spans belong to, where a sentence has several lists of them: a predicate, for semantic roles.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Words to be highlighted, such as the predicate.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub highlighted: Vec<usize>,
    /// The words.
    pub words: Vec<String>,
    /// The true spans.
    pub truth: Vec<NamedSpan>,
    /// The predicted ones.
    pub predicted: Vec<NamedSpan>,
}

impl SpanExample {
    pub(super) fn has_errors(&self) -> bool {
        self.truth.len() != self.predicted.len() || self.predicted.iter().any(|span| !self.truth.contains(span))
    }
}

/// The spans of one type.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypeErrors {
    /// True spans.
    pub truth: u64,
    /// Predicted spans.
    pub predicted: u64,
    /// Spans that are both.
    pub right: u64,
    /// True ones that nothing was predicted on.
    pub missed: u64,
    /// Predicted ones on nothing.
    pub invented: u64,
    /// True ones that got another type.
    pub wrong_type: u64,
    /// True ones that got other ends.
    pub wrong_ends: u64,
    /// True ones that got both.
    pub wrong_both: u64,
}

impl TypeErrors {
    /// Adds the counts of another type.
    pub fn add(&mut self, other: &Self) {
        self.truth = self.truth.saturating_add(other.truth);
        self.predicted = self.predicted.saturating_add(other.predicted);
        self.right = self.right.saturating_add(other.right);
        self.missed = self.missed.saturating_add(other.missed);
        self.invented = self.invented.saturating_add(other.invented);
        self.wrong_type = self.wrong_type.saturating_add(other.wrong_type);
        self.wrong_ends = self.wrong_ends.saturating_add(other.wrong_ends);
        self.wrong_both = self.wrong_both.saturating_add(other.wrong_both);
    }
}

/// The errors in labeled spans.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct SpanErrors {
    /// By type, the most frequent first.
    pub types: IndexMap<String, TypeErrors>,
    /// Sentences, those with errors first.
    pub examples: Vec<SpanExample>,
}

impl SpanErrors {
    /// The types by frequency: their places choose their colors.
    pub(crate) fn names(&self) -> Vec<String> {
        self.types.keys().cloned().collect()
    }
}

/// Counts the errors of sentences, or of whatever else has true and predicted spans, and keeps some of them as examples.
#[derive(Debug, Default)]
pub(crate) struct SpanCounter {
    types: IndexMap<String, TypeErrors>,
    examples: Examples,
}

impl SpanCounter {
    pub(crate) fn add(&mut self, mut example: SpanExample) {
        let (of_truth, of_predicted) = judge(&example.truth, &example.predicted);
        for (span, error) in example.truth.iter().zip(of_truth) {
            let counts = self.types.entry(span.kind.clone()).or_default();
            counts.truth += 1;
            match error {
                Some(SpanError::Missed) => counts.missed += 1,
                Some(SpanError::Type) => counts.wrong_type += 1,
                Some(SpanError::Ends) => counts.wrong_ends += 1,
                Some(SpanError::Both) => counts.wrong_both += 1,
                Some(SpanError::Invented) | None => {}
            }
        }
        for (span, error) in example.predicted.iter().zip(of_predicted) {
            let counts = self.types.entry(span.kind.clone()).or_default();
            counts.predicted += 1;
            counts.right += u64::from(error.is_none());
            counts.invented += u64::from(error == Some(SpanError::Invented));
        }
        example.words.iter_mut().for_each(|word| *word = shortened(word));
        self.examples.add(example);
    }

    pub(crate) fn finish(self) -> SpanErrors {
        let mut types = self.types;
        types.sort_by(|_, a, _, b| (b.truth, b.predicted).cmp(&(a.truth, a.predicted)));
        if types.len() > MOST_ROWS {
            let mut rest = TypeErrors::default();
            types.split_off(MOST_ROWS).values().for_each(|counts| rest.add(counts));
            types.entry(OTHER.to_owned()).or_default().add(&rest);
        }
        SpanErrors { types, examples: self.examples.finish() }
    }
}

/// The errors of sentences, or of whatever else has true and predicted spans, with some of them as examples.
pub fn span_errors(all: impl IntoIterator<Item = SpanExample>) -> SpanErrors {
    let mut counter = SpanCounter::default();
    all.into_iter().for_each(|example| counter.add(example));
    counter.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(begin: usize, end: usize, kind: &str) -> NamedSpan {
        NamedSpan { begin, end, kind: kind.to_owned() }
    }

    #[test]
    fn examples_with_errors_come_first() {
        let example = |predicted: &str| SpanExample {
            words: vec!["x".to_owned()],
            truth: vec![span(0, 1, "A")],
            predicted: vec![span(0, 1, predicted)],
            ..SpanExample::default()
        };
        let errors = span_errors([example("A"), example("B")]);
        assert_eq!(errors.examples[0].predicted[0].kind, "B");
        assert_eq!(errors.types["A"], TypeErrors { truth: 2, predicted: 1, right: 1, wrong_type: 1, ..TypeErrors::default() });
    }
}
