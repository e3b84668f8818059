//! Inputs that a pretrained encoder reads.

use std::path::Path;
use std::sync::Arc;

use banyan_text::tokens::WordPieces;
use serde::Deserialize;

use super::Problem;
use crate::schema::PretrainedSchema;

/// `config.json` of the folder, as far as it says what the encoder computes.
#[derive(Deserialize)]
struct Description {
    model_type: Option<String>,
    vocab_size: usize,
    hidden_size: usize,
    num_hidden_layers: usize,
    num_attention_heads: usize,
    intermediate_size: usize,
    max_position_embeddings: usize,
    type_vocab_size: Option<usize>,
    hidden_act: Option<String>,
    layer_norm_eps: Option<f32>,
    hidden_dropout_prob: Option<f32>,
    position_embedding_type: Option<String>,
}

/// What is read of a folder besides the weights: the sizes and the vocabulary.
pub(super) fn read(path: &str) -> Result<PretrainedSchema, Problem> {
    let folder = Path::new(path);
    let wrong = |problem: String| {
        let hint = "name the folder of an encoder of BERT's family, as the Hugging Face hub gives it, with config.json, vocab.txt or \
                    tokenizer.json, and model.safetensors";
        Problem::whole(format!("the pretrained encoder in {path}: {problem}"), hint)
    };
    let json = std::fs::read(folder.join("config.json")).map_err(|cause| wrong(format!("config.json: {cause}")))?;
    let description: Description = serde_json::from_slice(&json).map_err(|cause| wrong(format!("config.json: {cause}")))?;
    let asked = [
        ("model_type", description.model_type.as_deref(), "bert"),
        ("hidden_act", description.hidden_act.as_deref(), "gelu"),
        ("position_embedding_type", description.position_embedding_type.as_deref(), "absolute"),
    ];
    for (key, found, expected) in asked {
        if let Some(found) = found.filter(|found| *found != expected) {
            return Err(wrong(format!("config.json: its {key} is \"{found}\", and only \"{expected}\" is computed")));
        }
    }
    let schema = PretrainedSchema {
        vocabulary: description.vocab_size,
        width: description.hidden_size,
        layers: description.num_hidden_layers,
        heads: description.num_attention_heads,
        hidden: description.intermediate_size,
        positions: description.max_position_embeddings,
        types: description.type_vocab_size.unwrap_or(2),
        epsilon: description.layer_norm_eps.unwrap_or(1e-12),
        dropout: description.hidden_dropout_prob.unwrap_or(0.1),
        spelling: WordPieces::default().spelling(),
        pieces: Arc::default(),
    };
    schema.check().map_err(|problem| wrong(format!("config.json: {problem}")))?;
    let pieces = WordPieces::from_folder(folder).map_err(wrong)?;
    if pieces.pieces().len() > schema.vocabulary {
        return Err(wrong(format!("its vocabulary has {} pieces, and config.json says {}", pieces.pieces().len(), schema.vocabulary)));
    }
    Ok(PretrainedSchema { spelling: pieces.spelling(), pieces: Arc::new(pieces), ..schema })
}
