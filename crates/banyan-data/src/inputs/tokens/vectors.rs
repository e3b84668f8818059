//! The word vectors of an input of sentences.

use std::ops::RangeInclusive;
use std::path::Path;
use std::sync::Arc;

use banyan_text::tokens::WordVectors;
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::files::read_bytes;

/// Words kept of a file of vectors.
pub(super) const LIMITS: RangeInclusive<usize> = 1..=1 << 24;
/// Files hold up to millions, most of which are names and misspellings that no table has.
const DEFAULT_LIMIT: usize = 200_000;

/// The word vectors of an input of sentences.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VectorsSchema {
    /// Words that have one.
    pub words: usize,
    /// Numbers of each.
    pub width: usize,
    /// The vectors themselves, which a run keeps in a file of their own.
    #[serde(skip)]
    pub table: Arc<WordVectors>,
}

impl VectorsSchema {
    /// The first words of a file.
    pub(super) fn read(path: &Path, limit: Option<usize>) -> Result<Self, Error> {
        let table = WordVectors::read(path, limit.unwrap_or(DEFAULT_LIMIT))?;
        Ok(Self { words: table.len(), width: table.width(), table: Arc::new(table) })
    }

    /// The file that a run keeps.
    pub(super) fn file(&self, place: usize) -> Result<(String, Vec<u8>), Error> {
        let name = name(place);
        let bytes = self.table.to_bytes().map_err(|cause| Error::writing(Path::new(&name), &cause))?;
        Ok((name, bytes))
    }

    /// Reads what [`file`](Self::file) gave.
    pub(super) fn load(&mut self, folder: &Path, place: usize) -> Result<(), Error> {
        let path = folder.join(name(place));
        let table = WordVectors::from_bytes(&read_bytes(&path)?).map_err(|cause| Error::reading(&path, &cause))?;
        let (words, width) = (table.len(), table.width());
        if (words, width) != (self.words, self.width) {
            let (expected, of) = (self.words, self.width);
            let cause = format!("it has {words} vectors of {width} numbers where inputs.json says {expected} of {of}");
            return Err(Error::reading(&path, &cause));
        }
        self.table = Arc::new(table);
        Ok(())
    }
}

/// By the place of the input: its name may hold what no file's name may.
fn name(place: usize) -> String {
    format!("vectors-{place}.safetensors")
}
