//! Inputs of sentences.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use super::input::values;
use super::{Fitted, Problem, Rows, pretrained};
use crate::config::{InputConfig, InputKind};
use crate::error::Error;
use crate::read;
use crate::schema::{InputDetails, VectorsSchema};
use banyan_text::tokens::{WordVectors, features, vocabulary};

/// Buckets of a feature. Words of most texts are more, but what two of them share by chance their other features tell apart.
const DEFAULT_BUCKETS: usize = 5000;

/// Words kept of a file of vectors. Files hold up to millions, most of which are names and misspellings that no table has.
const DEFAULT_VECTORS: usize = 200_000;

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
    let vectors = config.vectors.as_deref().map(|path| vectors(path, config.vectors_limit)).transpose()?;
    let pretrained = config.pretrained.as_deref().map(pretrained::read).transpose()?;
    Ok(InputDetails::Tokens { buckets, characters: vocabulary(counts), known, vectors, pretrained })
}

fn vectors(path: &str, limit: Option<usize>) -> Result<VectorsSchema, Problem> {
    let table = WordVectors::read(Path::new(path), limit.unwrap_or(DEFAULT_VECTORS)).map_err(Error::from)?;
    Ok(VectorsSchema { words: table.len(), width: table.width(), table: Arc::new(table) })
}
