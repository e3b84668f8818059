//! How many words of a text are among known ones.

use std::fmt;

use serde::{Deserialize, Serialize};

use banyan_text::tokens::NO_VECTOR;

/// Words, and those of them that have a vector.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// All words, each as often as it comes.
    pub words: usize,
    /// Those that have a vector.
    pub found: usize,
}

impl Coverage {
    /// Of the places of words among vectors.
    pub(crate) fn of(places: &[u32]) -> Self {
        Self { words: places.len(), found: places.iter().filter(|place| **place != NO_VECTOR).count() }
    }

    /// Of two texts together.
    pub(crate) fn both(one: Option<Self>, other: Option<Self>) -> Option<Self> {
        match (one, other) {
            (Some(one), Some(other)) => Some(Self { words: one.words + other.words, found: one.found + other.found }),
            (one, other) => one.or(other),
        }
    }
}

impl fmt::Display for Coverage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let share = 100.0 * self.found as f64 / self.words.max(1) as f64;
        write!(formatter, "{share:.1} % of {} words have a vector", self.words)
    }
}
