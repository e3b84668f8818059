//! What is known of a pretrained encoder besides its weights.

use std::path::Path;
use std::sync::Arc;

use banyan_text::tokens::{MOST_PIECES, Spelling, WordPieces};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::error::Error;
use crate::files::read_bytes;
use crate::inputs::Problem;
use crate::settings::{self, SettingError};

/// The key of `config.json` that says how many pieces are read at once.
const POSITIONS: &str = "max_position_embeddings";
/// More positions than any encoder of the family has.
const MOST_POSITIONS: usize = 1 << 20;

/// The word pieces that a pretrained encoder reads, and what its folder says of the encoder itself, which is for the encoder to read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "Saved")]
pub struct PretrainedSchema {
    /// Pieces that are read at once, the two that begin and end a sentence among them.
    pub positions: usize,
    /// How words are spelt.
    pub spelling: Spelling,
    /// The folder's `config.json`.
    pub config: Map<String, Value>,
    /// The vocabulary, which a run keeps in a file of its own.
    #[serde(skip)]
    pub pieces: Arc<WordPieces>,
}

/// What a run keeps of it. Earlier versions kept the encoder's sizes beside the others, under names of their own.
#[derive(Deserialize)]
struct Saved {
    positions: usize,
    spelling: Spelling,
    config: Option<Map<String, Value>>,
    #[serde(flatten)]
    sizes: Map<String, Value>,
}

impl From<Saved> for PretrainedSchema {
    fn from(saved: Saved) -> Self {
        let Saved { positions, spelling, config, sizes } = saved;
        Self { positions, spelling, config: config.unwrap_or(sizes), pieces: Arc::default() }
    }
}

impl PretrainedSchema {
    /// The most pieces of a word that are read; of a longer one the first and the last.
    pub fn most_pieces(&self) -> usize {
        MOST_PIECES.min(self.positions.saturating_sub(2))
    }

    /// Whether as many pieces are read at once as the encoder has positions for.
    pub(super) fn check(&self) -> Result<(), SettingError> {
        // Earlier versions kept the number under its own name only.
        let most = self.config.get(POSITIONS).and_then(Value::as_u64).map_or(MOST_POSITIONS, |most| (most as usize).min(MOST_POSITIONS));
        settings::check("positions", [self.positions], &(3..=most))
    }

    /// What is read of a folder besides the weights.
    pub(super) fn read(folder: &Path) -> Result<Self, Problem> {
        let wrong = |problem: String| {
            let hint = "name the folder of an encoder of BERT's family, as the Hugging Face hub gives it, with config.json, vocab.txt or \
                        tokenizer.json, and model.safetensors or pytorch_model.bin";
            Problem::whole(format!("the pretrained encoder in {}: {problem}", folder.display()), hint)
        };
        let json = std::fs::read(folder.join("config.json")).map_err(|cause| wrong(format!("config.json: {cause}")))?;
        let config: Map<String, Value> = serde_json::from_slice(&json).map_err(|cause| wrong(format!("config.json: {cause}")))?;
        let positions = config.get(POSITIONS).and_then(Value::as_u64).filter(|positions| *positions > 2);
        let positions = positions.ok_or_else(|| wrong(format!("config.json: its {POSITIONS} is no number above 2")))? as usize;
        let pieces = WordPieces::from_folder(folder).map_err(wrong)?;
        Ok(Self { positions, spelling: pieces.spelling(), config, pieces: Arc::new(pieces) })
    }

    /// The file of pieces that a run keeps.
    pub(super) fn file(&self, place: usize) -> (String, Vec<u8>) {
        (name(place), self.pieces.to_text())
    }

    /// Reads what [`file`](Self::file) gave.
    pub(super) fn load(&mut self, folder: &Path, place: usize) -> Result<(), Error> {
        let path = folder.join(name(place));
        let pieces = WordPieces::from_text(&read_bytes(&path)?, self.spelling).map_err(|cause| Error::reading(&path, &cause))?;
        self.pieces = Arc::new(pieces);
        Ok(())
    }
}

fn name(place: usize) -> String {
    format!("pieces-{place}.txt")
}
