//! Encoded inputs in a file, row after row: what a batch needs of a row is read at once, and memory holds no more than a few batches.

use std::collections::HashMap;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use banyan_columnar::Source;

use super::loaded::LoadedValues;
use crate::error::Error;
use crate::inputs::{InputValues, StoredValues};

/// The bytes of a word: a number or an index.
pub(super) const WORD: usize = 4;

/// Rows in a file, each as many words.
#[derive(Debug)]
pub(super) struct Records {
    source: Source,
    /// The name of the file, for messages.
    path: PathBuf,
    /// The place of the first row.
    start: u64,
    /// Words of a row.
    width: usize,
}

/// Some rows that were read.
#[derive(Debug)]
pub(super) struct ReadRows {
    words: Vec<u32>,
    width: usize,
    /// Where each row is among them.
    places: HashMap<usize, usize>,
}

impl Records {
    pub(super) fn new(source: Source, path: PathBuf, start: u64, width: usize) -> Self {
        Self { source, path, start, width }
    }

    /// Reads rows, each once.
    ///
    /// # Errors
    /// A file that cannot be read any more.
    pub(super) fn read(&self, rows: &[usize]) -> Result<ReadRows, Error> {
        let bytes = self.width * WORD;
        let mut read = ReadRows { words: vec![0; rows.len() * self.width], width: self.width, places: HashMap::with_capacity(rows.len()) };
        for &row in rows {
            let place = read.places.len();
            if let std::collections::hash_map::Entry::Vacant(entry) = read.places.entry(row) {
                entry.insert(place);
                let words = &mut read.words[place * self.width..(place + 1) * self.width];
                self.source
                    .read_into(self.start + (row * bytes) as u64, bytemuck::cast_slice_mut(words))
                    .map_err(|cause| Error::reading(&self.path, &cause))?;
            }
        }
        Ok(read)
    }
}

impl ReadRows {
    fn words(&self, row: usize, words: &Range<usize>) -> &[u32] {
        let place = *self.places.get(&row).expect("the rows of a batch are read before it is gathered");
        &self.words[place * self.width..(place + 1) * self.width][words.clone()]
    }
}

/// An input whose values are some of the words of each row.
#[derive(Debug)]
pub(super) struct InRecords {
    /// An input of the same kind without rows: it knows what the words mean.
    pub(super) kind: Box<dyn StoredValues>,
    pub(super) words: Range<usize>,
}

impl StoredValues for InRecords {
    fn gather(&self, rows: &[usize], loaded: &LoadedValues) -> InputValues {
        let read: Option<&Arc<ReadRows>> = loaded.get();
        let read = read.expect("the rows of a batch are read before it is gathered");
        self.kind.of_words(rows.iter().flat_map(|row| read.words(*row, &self.words)).copied().collect())
    }

    fn is_whole(&self) -> bool {
        false
    }
}
