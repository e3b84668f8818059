//! Inputs of sentences.

use std::collections::HashMap;

use super::input::values;
use super::{Fitted, Problem, Rows};
use crate::config::{InputConfig, InputKind};
use crate::read;
use crate::schema::InputDetails;
use crate::tokens::{features, vocabulary};

/// Buckets of a feature. Words of most texts are more, but what two of them share by chance their other features tell apart.
const DEFAULT_BUCKETS: usize = 5000;

pub(super) fn tokens(rows: Rows<'_>, config: &InputConfig) -> Fitted {
    let buckets = config.buckets.unwrap_or(DEFAULT_BUCKETS);
    if buckets == 0 {
        return Err(Problem::whole("buckets must be at least 1", format!("the default is {DEFAULT_BUCKETS}")));
    }
    let mut counts: HashMap<char, usize> = HashMap::new();
    let mut found: HashMap<u32, usize> = HashMap::new();
    for (_, words) in values(rows, InputKind::Tokens, read::words)? {
        for character in words.iter().flat_map(|word| word.chars()) {
            *counts.entry(character).or_insert(0) += 1;
        }
        for feature in words.iter().flat_map(|word| features(word)) {
            *found.entry(feature).or_insert(0) += 1;
        }
    }
    let mut known: Vec<u32> = found.into_iter().filter(|(_, count)| *count > 1).map(|(feature, _)| feature).collect();
    known.sort_unstable();
    Ok(InputDetails::Tokens { buckets, characters: vocabulary(counts), known })
}
