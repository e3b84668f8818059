//! What is known of a pretrained encoder besides its weights.

use std::path::Path;
use std::sync::Arc;

use banyan_text::tokens::{MOST_PIECES, Spelling, WordPieces};
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::files::read_bytes;
use crate::inputs::Problem;

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

/// The sizes and constants of an encoder of BERT's family (Devlin et al., 2019), and the pieces that it reads words by.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PretrainedSchema {
    /// Rows of the table of pieces.
    pub vocabulary: usize,
    /// Numbers of a piece's vector.
    pub width: usize,
    /// Blocks of self-attention.
    pub layers: usize,
    /// Heads of each.
    pub heads: usize,
    /// Features in the feed-forward part of each.
    pub hidden: usize,
    /// Pieces that are read at once, the two that begin and end a sentence among them.
    pub positions: usize,
    /// Kinds of sentence, of which the first is meant.
    pub types: usize,
    /// What is added to variances.
    pub epsilon: f32,
    /// The share of activations that are dropped in training.
    pub dropout: f32,
    /// How words are spelt.
    pub spelling: Spelling,
    /// The vocabulary, which a run keeps in a file of its own.
    #[serde(skip)]
    pub pieces: Arc<WordPieces>,
}

impl PretrainedSchema {
    /// The most pieces of a word that are read; of a longer one the first and the last.
    pub fn most_pieces(&self) -> usize {
        MOST_PIECES.min(self.positions.saturating_sub(2))
    }

    /// What is read of a folder besides the weights: the sizes and the vocabulary.
    pub(super) fn read(folder: &Path) -> Result<Self, Problem> {
        let wrong = |problem: String| {
            let hint = "name the folder of an encoder of BERT's family, as the Hugging Face hub gives it, with config.json, vocab.txt or \
                        tokenizer.json, and model.safetensors";
            Problem::whole(format!("the pretrained encoder in {}: {problem}", folder.display()), hint)
        };
        let json = std::fs::read(folder.join("config.json")).map_err(|cause| wrong(format!("config.json: {cause}")))?;
        let description: Description = serde_json::from_slice(&json).map_err(|cause| wrong(format!("config.json: {cause}")))?;
        let schema = description.schema().map_err(|problem| wrong(format!("config.json: {problem}")))?;
        let pieces = WordPieces::from_folder(folder).map_err(wrong)?;
        if pieces.pieces().len() > schema.vocabulary {
            return Err(wrong(format!("its vocabulary has {} pieces, and config.json says {}", pieces.pieces().len(), schema.vocabulary)));
        }
        Ok(Self { spelling: pieces.spelling(), pieces: Arc::new(pieces), ..schema })
    }

    /// The file of pieces that a run keeps.
    pub(super) fn file(&self, place: usize) -> (String, Vec<u8>) {
        (name(place), self.pieces.to_text())
    }

    /// Reads what [`file`](Self::file) gave.
    pub(super) fn load(&mut self, folder: &Path, place: usize) -> Result<(), Error> {
        let path = folder.join(name(place));
        let pieces = WordPieces::from_text(&read_bytes(&path)?, self.spelling).map_err(|cause| Error::reading(&path, &cause))?;
        self.check().map_err(|cause| Error::reading(&folder.join("inputs.json"), &cause))?;
        self.pieces = Arc::new(pieces);
        Ok(())
    }

    /// Whether the sizes can be those of an encoder.
    fn check(&self) -> Result<(), String> {
        if self.heads == 0 || self.width == 0 || !self.width.is_multiple_of(self.heads) {
            return Err(format!("{} heads do not share a width of {}", self.heads, self.width));
        }
        if self.positions < 3 || self.types == 0 || self.hidden == 0 || self.vocabulary == 0 {
            return Err("one of its sizes is too small".to_owned());
        }
        if !(self.epsilon > 0.0 && (0.0..1.0).contains(&self.dropout)) {
            return Err("its layer_norm_eps or hidden_dropout_prob makes no sense".to_owned());
        }
        Ok(())
    }
}

impl Description {
    /// The sizes of the encoder, if it is one that can be computed; without the vocabulary.
    fn schema(self) -> Result<PretrainedSchema, String> {
        let asked = [
            ("model_type", self.model_type.as_deref(), "bert"),
            ("hidden_act", self.hidden_act.as_deref(), "gelu"),
            ("position_embedding_type", self.position_embedding_type.as_deref(), "absolute"),
        ];
        for (key, found, expected) in asked {
            if let Some(found) = found.filter(|found| *found != expected) {
                return Err(format!("its {key} is \"{found}\", and only \"{expected}\" is computed"));
            }
        }
        let schema = PretrainedSchema {
            vocabulary: self.vocab_size,
            width: self.hidden_size,
            layers: self.num_hidden_layers,
            heads: self.num_attention_heads,
            hidden: self.intermediate_size,
            positions: self.max_position_embeddings,
            types: self.type_vocab_size.unwrap_or(2),
            epsilon: self.layer_norm_eps.unwrap_or(1e-12),
            dropout: self.hidden_dropout_prob.unwrap_or(0.1),
            spelling: WordPieces::default().spelling(),
            pieces: Arc::default(),
        };
        schema.check().map(|()| schema)
    }
}

fn name(place: usize) -> String {
    format!("pieces-{place}.txt")
}
