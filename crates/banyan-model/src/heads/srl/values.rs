//! Predicted frames.

use banyan_data::batch::Ragged;
use banyan_data::values::{Array, Nested, Values};

/// The bit of a predicate's origin that says that it was given.
pub const GIVEN: u32 = 1;
/// The bit that says that the model finds it.
pub const FOUND: u32 = 2;

/// The frames that a model predicts, in a task's [`Values`].
#[derive(Debug, Clone, Copy)]
pub struct PredictedFrames<'a> {
    /// For each row the tokens whose roles were predicted, from left to right: those that are given and those that the model finds itself.
    pub predicates: &'a Ragged,
    /// The most probable sense of each; [`UNKNOWN_TAG`](banyan_data::batch::UNKNOWN_TAG) where senses are not told apart.
    pub senses: &'a Ragged,
    /// For each the tag of each of its row's tokens, which are whole spans.
    pub roles: &'a Nested,
    /// For each [`GIVEN`], [`FOUND`] or both.
    pub origins: &'a Ragged,
    /// For each row 1 where its predicates are given, else 0.
    pub given: &'a [u32],
    /// For each row the number of its tokens.
    pub words: &'a [u32],
}

impl<'a> PredictedFrames<'a> {
    /// Of the values that a head predicted.
    ///
    /// # Panics
    /// For the values of another kind of task.
    pub fn of(values: &'a Values) -> Self {
        Self {
            predicates: values.lists_at(0),
            senses: values.lists_at(1),
            roles: values.nested_at(2),
            origins: values.lists_at(3),
            given: values.indices_at(4),
            words: values.indices_at(5),
        }
    }

    /// The predicates of a row with this origin: the token, its sense, and the tags of its roles.
    pub fn of_row(self, row: usize, origin: u32) -> impl Iterator<Item = (u32, u32, &'a [u32])> {
        let all = self.predicates.list(row).iter().zip(self.senses.list(row)).zip(self.origins.list(row)).zip(self.roles.row(row));
        all.filter(move |((_, own), _)| **own & origin != 0).map(|(((&token, &sense), _), tags)| (token, sense, tags))
    }
}

/// Frames that are put together row after row.
#[derive(Debug, Default)]
pub(super) struct Builder {
    predicates: Ragged,
    origins: Ragged,
    senses: Ragged,
    roles: Nested,
}

impl Builder {
    /// Adds a row: its predicates with their origins, their senses, and the tags of their roles.
    pub(super) fn push(
        &mut self,
        predicates: impl IntoIterator<Item = (u32, u32)>,
        senses: impl IntoIterator<Item = u32>,
        roles: &[Vec<u32>],
    ) {
        let (tokens, origins): (Vec<u32>, Vec<u32>) = predicates.into_iter().unzip();
        self.predicates.push(tokens);
        self.origins.push(origins);
        self.senses.push(senses);
        self.roles.push(roles.iter().map(|tags| tags.iter().copied()));
    }

    /// The values, with the rows whose predicates are given and the number of words of each.
    pub(super) fn finish(self, given: &[bool], words: Vec<u32>) -> Values {
        let given = given.iter().map(|&given| u32::from(given)).collect();
        Values::new(vec![
            Array::Lists(self.predicates),
            Array::Lists(self.senses),
            Array::Nested(self.roles),
            Array::Lists(self.origins),
            Array::Indices(given),
            Array::Indices(words),
        ])
    }
}
