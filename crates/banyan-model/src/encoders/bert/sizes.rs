//! What a folder's `config.json` says of an encoder of BERT's family.

use banyan_data::inputs::PretrainedSchema;
use serde::Deserialize;
use serde_json::Value;

/// `config.json`, as far as it says what the encoder computes; and the names that runs of earlier versions have for it.
#[derive(Deserialize)]
struct Description {
    model_type: Option<String>,
    #[serde(alias = "vocabulary")]
    vocab_size: usize,
    #[serde(alias = "width")]
    hidden_size: usize,
    #[serde(alias = "layers")]
    num_hidden_layers: usize,
    #[serde(alias = "heads")]
    num_attention_heads: usize,
    #[serde(alias = "hidden")]
    intermediate_size: usize,
    #[serde(alias = "types")]
    type_vocab_size: Option<usize>,
    hidden_act: Option<String>,
    #[serde(alias = "epsilon")]
    layer_norm_eps: Option<f32>,
    #[serde(alias = "dropout")]
    hidden_dropout_prob: Option<f32>,
    position_embedding_type: Option<String>,
}

/// The sizes and constants of an encoder (Devlin et al., NAACL 2019).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Sizes {
    /// Rows of the table of pieces.
    pub(super) vocabulary: usize,
    /// Numbers of a piece's vector.
    pub(super) width: usize,
    /// Blocks of self-attention.
    pub(super) layers: usize,
    /// Heads of each.
    pub(super) heads: usize,
    /// Features in the feed-forward part of each.
    pub(super) hidden: usize,
    /// Pieces that are read at once.
    pub(super) positions: usize,
    /// Kinds of sentence, of which the first is meant.
    pub(super) types: usize,
    /// What is added to variances.
    pub(super) epsilon: f32,
    /// The share of activations that are dropped in training.
    pub(super) dropout: f32,
}

impl Sizes {
    /// The sizes of the encoder, if it is one that can be computed.
    pub(super) fn of(schema: &PretrainedSchema) -> Result<Self, String> {
        let description: Description = serde_json::from_value(Value::Object(schema.config.clone())).map_err(|cause| cause.to_string())?;
        let asked = [
            ("model_type", description.model_type.as_deref(), "bert"),
            ("hidden_act", description.hidden_act.as_deref(), "gelu"),
            ("position_embedding_type", description.position_embedding_type.as_deref(), "absolute"),
        ];
        for (key, found, expected) in asked {
            if let Some(found) = found.filter(|found| *found != expected) {
                return Err(format!("its {key} is \"{found}\", and only \"{expected}\" is computed"));
            }
        }
        let sizes = Self {
            vocabulary: description.vocab_size,
            width: description.hidden_size,
            layers: description.num_hidden_layers,
            heads: description.num_attention_heads,
            hidden: description.intermediate_size,
            positions: schema.positions,
            types: description.type_vocab_size.unwrap_or(2),
            epsilon: description.layer_norm_eps.unwrap_or(1e-12),
            dropout: description.hidden_dropout_prob.unwrap_or(0.1),
        };
        sizes.check(schema.pieces.pieces().len()).map(|()| sizes)
    }

    /// Whether the sizes can be those of an encoder of so many pieces.
    fn check(&self, pieces: usize) -> Result<(), String> {
        if self.heads == 0 || self.width == 0 || !self.width.is_multiple_of(self.heads) {
            return Err(format!("{} heads do not share a width of {}", self.heads, self.width));
        }
        if self.types == 0 || self.hidden == 0 || self.vocabulary == 0 {
            return Err("one of its sizes is too small".to_owned());
        }
        if pieces > self.vocabulary {
            return Err(format!("its vocabulary has {pieces} pieces, and config.json says {}", self.vocabulary));
        }
        if !(self.epsilon > 0.0 && (0.0..1.0).contains(&self.dropout)) {
            return Err("its layer_norm_eps or hidden_dropout_prob makes no sense".to_owned());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A run of an earlier version has the sizes under other names, beside the others.
    #[test]
    fn runs_of_earlier_versions_are_read() {
        let saved = r#"{"vocabulary": 9, "width": 8, "layers": 2, "heads": 2, "hidden": 16, "positions": 32, "types": 2, "epsilon": 1e-12,
                        "dropout": 0.25, "spelling": SPELLING}"#;
        let spelling = serde_json::to_string(&banyan_text::tokens::WordPieces::default().spelling()).unwrap();
        let schema: PretrainedSchema = serde_json::from_str(&saved.replace("SPELLING", &spelling)).unwrap();
        let sizes = Sizes::of(&schema).unwrap();
        let expected =
            Sizes { vocabulary: 9, width: 8, layers: 2, heads: 2, hidden: 16, positions: 32, types: 2, epsilon: 1e-12, dropout: 0.25 };
        assert_eq!(sizes, expected);
        let again: PretrainedSchema = serde_json::from_str(&serde_json::to_string(&schema).unwrap()).unwrap();
        assert_eq!(again, schema);
    }
}
