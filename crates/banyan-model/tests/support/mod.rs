//! Sentences to try models with.

use banyan_data::batch::{InputBatch, InputValues};
use banyan_data::inputs::TokensSchema;
use banyan_data::labels::LabelSchema;
use banyan_data::schema::{InputSchema, TargetSchema};
use banyan_engine::random::Stream;
use banyan_text::tokens::FEATURES;
use banyan_text::tokens::TokenValues;

pub(crate) const CHARACTERS: usize = 5;

/// The input that the sentences are of.
pub(crate) fn words() -> InputSchema {
    InputSchema {
        name: "words".to_owned(),
        column: "tokens".to_owned(),
        details: TokensSchema {
            buckets: 50,
            characters: ('a'..).take(CHARACTERS).collect(),
            known: Vec::new(),
            vectors: None,
            pretrained: None,
        }
        .into(),
    }
}

pub(crate) fn target(name: &str, labels: impl Into<LabelSchema>) -> TargetSchema {
    TargetSchema { name: name.to_owned(), column: name.to_owned(), details: labels.into() }
}

pub(crate) fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// The features and the two characters of each token.
pub(crate) type Sentence = (Vec<u32>, Vec<[u32; 2]>);

/// A sentence of so many tokens, each with features and characters of its own.
pub(crate) fn sentence(length: usize, seed: u64) -> Sentence {
    let mut stream = Stream::new(&[seed]);
    let features = (0..length * FEATURES).map(|_| stream.below(1000) as u32).collect();
    (features, (0..length).map(|_| [0, 1].map(|_| stream.below(CHARACTERS + 1) as u32)).collect())
}

/// The input of a batch of sentences.
pub(crate) fn input(sentences: &[Sentence]) -> InputBatch {
    let mut values = TokenValues::default();
    for (features, characters) in sentences {
        values.features.extend(features);
        characters.iter().for_each(|token| values.characters.push(*token));
        values.offsets.push(values.characters.len() as u32);
    }
    InputBatch { present: vec![true; sentences.len()], values: InputValues::Tokens(values) }
}
