//! A tokenizer as the file `tokenizer.json` describes it.

use std::collections::HashMap;

use serde::Deserialize;

use super::{CONTINUED, LONGEST_WORD, Spelling, WordPieces};

#[derive(Deserialize)]
struct Description {
    model: Model,
    normalizer: Option<Normalizer>,
}

#[derive(Deserialize)]
struct Model {
    #[serde(rename = "type")]
    kind: Option<String>,
    vocab: serde_json::Value,
    continuing_subword_prefix: Option<String>,
    max_input_chars_per_word: Option<usize>,
}

#[derive(Deserialize)]
struct Normalizer {
    #[serde(rename = "type")]
    kind: String,
    lowercase: Option<bool>,
    strip_accents: Option<bool>,
    handle_chinese_chars: Option<bool>,
}

/// Reads a description of BERT's tokenizer.
pub(super) fn read(json: &[u8]) -> Result<WordPieces, String> {
    let description: Description = serde_json::from_slice(json).map_err(|cause| cause.to_string())?;
    let model = description.model;
    let kind = model.kind.unwrap_or_else(|| "WordPiece".to_owned());
    let prefix = model.continuing_subword_prefix.unwrap_or_else(|| CONTINUED.to_owned());
    let longest = model.max_input_chars_per_word.unwrap_or(LONGEST_WORD);
    if kind != "WordPiece" || prefix != CONTINUED || longest != LONGEST_WORD {
        return Err(format!("it describes a tokenizer of the kind {kind}, and only BERT's WordPiece is read"));
    }
    let normalizer = description.normalizer.filter(|normalizer| normalizer.kind == "BertNormalizer");
    let Some(normalizer) = normalizer else {
        return Err("it spells words otherwise than BERT: its normalizer is not a BertNormalizer".to_owned());
    };
    let vocabulary: HashMap<String, usize> = serde_json::from_value(model.vocab).map_err(|cause| cause.to_string())?;
    let mut pieces = vec![None; vocabulary.len()];
    for (piece, place) in vocabulary {
        match pieces.get_mut(place) {
            Some(free) => *free = Some(piece),
            None => return Err(format!("its vocabulary has gaps: the piece \"{piece}\" is number {place}")),
        }
    }
    let pieces: Option<Vec<String>> = pieces.into_iter().collect();
    let lowercase = normalizer.lowercase.unwrap_or(true);
    let spelling = Spelling {
        lowercase,
        strip_accents: normalizer.strip_accents.unwrap_or(lowercase),
        split_chinese: normalizer.handle_chinese_chars.unwrap_or(true),
    };
    WordPieces::new(pieces.ok_or("two pieces of its vocabulary have one number")?, spelling)
}
