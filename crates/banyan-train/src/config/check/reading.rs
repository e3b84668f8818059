//! What reads words: word vectors and pretrained encoders.

use banyan_data::config::{InputConfig, TokenEncoder};

use super::{NOT_NEGATIVE, Problem, SHARE_BELOW_ONE, number};
use crate::config::error::subject;

pub(super) fn check(name: &str, input: &InputConfig) -> Result<(), Problem> {
    let refused = |key: &str, why: &str| {
        let path = ["inputs", name, key];
        Err(Problem::new(&path, format!("{} {why}", subject(&path))))
    };
    if input.vectors.is_none() && input.vectors_limit.is_some() {
        return refused("vectors_limit", "limits word vectors, and there are none; add vectors = \"FILE\"");
    }
    let is_bert = input.encoder == Some(TokenEncoder::Bert);
    if is_bert && input.pretrained.is_none() {
        return refused("encoder", "is \"bert\", which needs a pretrained encoder; add pretrained = \"FOLDER\"");
    }
    if is_bert && input.vectors.is_some() {
        return refused("vectors", "is for the encoders that read hashed features, and \"bert\" reads pieces of words; remove it");
    }
    let of_features =
        [("buckets", input.buckets.is_some()), ("characters", input.characters.is_some()), ("word_dropout", input.word_dropout.is_some())];
    if let Some((key, _)) = of_features.into_iter().find(|(_, is_given)| *is_given && is_bert) {
        return refused(key, "is for the encoders that read hashed features, and \"bert\" reads pieces of words; remove it");
    }
    if let Some(share) = input.word_dropout {
        number(&["inputs", name, "word_dropout"], share, &SHARE_BELOW_ONE)?;
    }
    let of_pretrained = [
        ("pretrained", input.pretrained.is_some()),
        ("pooling", input.pooling.is_some()),
        ("frozen", input.frozen.is_some()),
        ("learning_rate_factor", input.learning_rate_factor.is_some()),
    ];
    if let Some((key, _)) = of_pretrained.into_iter().find(|(_, is_given)| *is_given && !is_bert) {
        return refused(key, "is for a pretrained encoder; add encoder = \"bert\", or remove it");
    }
    if let Some(factor) = input.learning_rate_factor {
        number(&["inputs", name, "learning_rate_factor"], factor, &NOT_NEGATIVE)?;
        if input.frozen == Some(true) {
            return refused("learning_rate_factor", "has no meaning where frozen = true; remove one of them");
        }
    }
    Ok(())
}
