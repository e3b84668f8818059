//! `[inputs.*]`.

use banyan_data::config::{InputConfig, InputKind};
use banyan_method::enumerate;
use indexmap::IndexMap;

use super::{POSITIVE, Problem, count, foreign, number, reading};
use crate::config::error::subject;

pub(super) fn check(inputs: &IndexMap<String, InputConfig>) -> Result<(), Problem> {
    if inputs.is_empty() {
        let message = "there are no inputs; add for each column that the model reads a table [inputs.COLUMN] with its type";
        return Err(Problem::new(&["inputs"], message));
    }
    for (name, input) in inputs {
        if name.trim().is_empty() {
            let message = "an input has an empty name; name it, and its column with column = \"…\" if need be";
            return Err(Problem::new(&["inputs", name], message));
        }
        one(name, input)?;
    }
    Ok(())
}

fn one(name: &str, input: &InputConfig) -> Result<(), Problem> {
    let kind = input.kind;
    let path = |key| ["inputs", name, key];
    let only = |key, present: bool, kinds: &[InputKind]| {
        let words: Vec<&str> = kinds.iter().map(|kind| plural(*kind)).collect();
        let fits = !present || kinds.contains(&kind);
        fits.then_some(()).ok_or_else(|| foreign(&path(key), &enumerate(&words), a(kind)))
    };
    only("size", input.size.is_some(), &[InputKind::Image])?;
    only("channels", input.channels.is_some(), &[InputKind::Image])?;
    only("sample_rate", input.sample_rate.is_some(), &[InputKind::Audio])?;
    only("seconds", input.seconds.is_some(), &[InputKind::Audio])?;
    only("bands", input.bands.is_some(), &[InputKind::Audio])?;
    only("buckets", input.buckets.is_some(), &[InputKind::Text, InputKind::Tokens])?;
    only("encoder", input.encoder.is_some(), &[InputKind::Tokens])?;
    only("characters", input.characters.is_some(), &[InputKind::Tokens])?;
    only("word_dropout", input.word_dropout.is_some(), &[InputKind::Tokens])?;
    only("vectors", input.vectors.is_some(), &[InputKind::Tokens])?;
    only("vectors_limit", input.vectors_limit.is_some(), &[InputKind::Tokens])?;
    only("pretrained", input.pretrained.is_some(), &[InputKind::Tokens])?;
    only("pooling", input.pooling.is_some(), &[InputKind::Tokens])?;
    only("frozen", input.frozen.is_some(), &[InputKind::Tokens])?;
    only("learning_rate_factor", input.learning_rate_factor.is_some(), &[InputKind::Tokens])?;
    only("max_tokens", input.max_tokens.is_some(), &[InputKind::Text])?;
    only("max_values", input.max_values.is_some(), &[InputKind::Category, InputKind::Set])?;
    only("separator", input.separator.is_some(), &[InputKind::Set])?;

    for side in input.size.into_iter().flatten() {
        count(&path("size"), side, 1, 4096)?;
    }
    if let Some(channels) = input.channels.filter(|channels| ![1, 3].contains(channels)) {
        let message = format!("{} must be 1 (grey) or 3 (colour), not {channels}", subject(&path("channels")));
        return Err(Problem::new(&path("channels"), message));
    }
    if let Some(rate) = input.sample_rate {
        count(&path("sample_rate"), rate as usize, 1000, 192_000)?;
    }
    if let Some(seconds) = input.seconds {
        number(&path("seconds"), seconds, &POSITIVE)?;
    }
    let counts = [
        ("bands", input.bands, 1024),
        ("buckets", input.buckets, 1 << 24),
        ("vectors_limit", input.vectors_limit, 1 << 24),
        ("max_tokens", input.max_tokens, 1 << 20),
        ("max_values", input.max_values, 1 << 24),
    ];
    for (key, value, most) in counts {
        if let Some(value) = value {
            count(&path(key), value, 1, most)?;
        }
    }
    reading::check(name, input)?;
    if input.separator.as_deref() == Some("") {
        let message = format!("{} is empty; give the character between the members", subject(&path("separator")));
        return Err(Problem::new(&path("separator"), message));
    }
    Ok(())
}

fn plural(kind: InputKind) -> &'static str {
    match kind {
        InputKind::Number => "numbers",
        InputKind::Category => "categories",
        InputKind::Set => "sets",
        InputKind::Date => "dates",
        InputKind::Vector => "vectors",
        InputKind::Text => "texts",
        InputKind::Tokens => "tokens",
        InputKind::Image => "images",
        InputKind::Audio => "audio",
    }
}

fn a(kind: InputKind) -> &'static str {
    match kind {
        InputKind::Number => "a number",
        InputKind::Category => "a category",
        InputKind::Set => "a set",
        InputKind::Date => "a date",
        InputKind::Vector => "a vector",
        InputKind::Text => "a text",
        InputKind::Tokens => "tokens",
        InputKind::Image => "an image",
        InputKind::Audio => "audio",
    }
}
