//! Values of tasks with a single row, for the tests of frames.

use banyan_data::values::{Array, Nested, Values};
use banyan_text::Ragged;
use banyan_text::spans::{self, Span};

/// The tags of so many words with these spans: where each begins and ends, and its kind.
pub(crate) fn tags(spans: &[(usize, usize, usize)], words: usize) -> Vec<u32> {
    spans::tags_of(&spans.iter().map(|&(begin, end, kind)| Span { begin, end, kind }).collect::<Vec<Span>>(), words)
}

pub(crate) fn list(list: &[u32]) -> Ragged {
    let mut all = Ragged::default();
    all.push(list.iter().copied());
    all
}

pub(crate) fn nested(lists: &[&[u32]]) -> Nested {
    let mut all = Nested::default();
    all.push(lists.iter().map(|list| list.iter().copied()));
    all
}

/// What is predicted of a row of so many words whose predicates are given: predicates, their senses, the tags of their roles, and whence each comes.
pub(crate) fn predicted(predicates: &[u32], senses: &[u32], roles: &[&[u32]], origins: &[u32], words: u32) -> Values {
    let [predicates, senses, origins] = [predicates, senses, origins].map(|values| Array::Lists(list(values)));
    Values::new(vec![predicates, senses, Array::Nested(nested(roles)), origins, Array::Indices(vec![1]), Array::Indices(vec![words])])
}
