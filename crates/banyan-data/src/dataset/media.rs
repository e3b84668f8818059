//! Decoded files: each distinct file once, in parallel. Those that memory has room for are kept; the others are decoded again whenever
//! rows need them.

use std::collections::HashMap;

use super::decode::Decode;
use super::memory::MediaMemory;
use super::parallel;
use crate::error::{Error, Place};
use crate::files::{Files, MediaFile, without_place};
use crate::progress::Counted;

/// The readable files of a column.
#[derive(Debug)]
pub(crate) struct Media<D: Decode> {
    pub(crate) decoder: D,
    files: Vec<File<D::Value>>,
    /// Which file a row has.
    of_row: Vec<Option<usize>>,
}

#[derive(Debug)]
struct File<V> {
    content: Content<V>,
    /// How many of its values count.
    count: usize,
}

#[derive(Debug)]
enum Content<V> {
    /// Decoded, in memory.
    Kept(Box<[V]>),
    /// To be decoded again; with the first cell that names it.
    Again(Box<(MediaFile, Place)>),
}

/// Decoded files that memory does not keep, by their index.
#[derive(Debug)]
pub(crate) struct Decoded<V>(HashMap<usize, Vec<V>>);

impl<D: Decode> Media<D> {
    /// Which rows have a value.
    pub(crate) fn present(&self) -> Vec<bool> {
        self.of_row.iter().map(Option::is_some).collect()
    }

    /// Leaves out the rows that are not to be kept.
    pub(crate) fn retain(&mut self, kept: &[bool]) {
        let mut keep = kept.iter();
        self.of_row.retain(|_| *keep.next().unwrap_or(&true));
    }

    /// Takes its file from a row.
    pub(crate) fn forget(&mut self, row: usize) {
        self.of_row[row] = None;
    }

    /// Whether memory keeps every file.
    pub(crate) fn is_whole(&self) -> bool {
        self.files.iter().all(|file| matches!(file.content, Content::Kept(_)))
    }

    /// How many values of a row's file count; 0 for a row without a file.
    pub(crate) fn count(&self, row: usize) -> usize {
        self.of_row[row].map_or(0, |index| self.files[index].count)
    }

    /// Decodes the files of rows that memory does not keep, each once.
    pub(crate) fn load(&self, rows: &[usize]) -> Result<Decoded<D::Value>, Error> {
        let mut decoded = HashMap::new();
        for index in rows.iter().filter_map(|row| self.of_row[*row]) {
            let Content::Again(again) = &self.files[index].content else { continue };
            if let std::collections::hash_map::Entry::Vacant(slot) = decoded.entry(index) {
                let (file, place) = &**again;
                let values = file.open(|from| self.decoder.decode_on(from, file.image()));
                slot.insert(values.map_err(|cause| Error::Changed { place: place.clone(), cause: without_place(cause, place) })?);
            }
        }
        Ok(Decoded(decoded))
    }

    /// What a row's file holds, from memory or from what was loaded; `None` for a row without a file.
    ///
    /// # Panics
    /// If memory does not keep it and it was not loaded.
    pub(crate) fn get<'a>(&'a self, row: usize, loaded: Option<&'a Decoded<D::Value>>) -> Option<&'a [D::Value]> {
        let index = self.of_row[row]?;
        match &self.files[index].content {
            Content::Kept(values) => Some(values),
            Content::Again(_) => {
                let loaded = loaded.and_then(|loaded| loaded.0.get(&index));
                Some(loaded.expect("the files of a batch's rows are loaded before it is gathered"))
            }
        }
    }
}

/// Decodes files and keeps those that there is room for; says for each row why its file cannot be read.
pub(crate) fn open<D: Decode>(
    files: &Files,
    decoder: D,
    memory: Option<&MediaMemory>,
    place: impl Fn(usize) -> Place + Sync,
) -> (Media<D>, Vec<Option<String>>) {
    // Which files find room depends on who comes first, and nothing depends on which do.
    let counted = Counted::begin(D::WHAT, files.len());
    let decode = |file: &MediaFile| {
        let values = file.open(|from| decoder.decode_on(from, file.image()));
        counted.add();
        let values = values?;
        let room = memory.is_none_or(|memory| memory.take(size_of_val(values.as_slice())));
        let count = decoder.count(&values);
        let content =
            if room { Content::Kept(values.into_boxed_slice()) } else { Content::Again(Box::new((file.clone(), place(file.row)))) };
        Ok(File { content, count })
    };
    let results: Vec<Result<File<D::Value>, String>> = parallel::each(files, decode);
    let mut readable = Vec::with_capacity(results.len());
    let indices: Vec<Result<usize, String>> = results
        .into_iter()
        .map(|result| {
            result.map(|file| {
                readable.push(file);
                readable.len() - 1
            })
        })
        .collect();
    let index = |file: &Option<usize>| file.map(|file| &indices[file]);
    let unreadable = files.of_row.iter().map(|file| index(file)?.as_ref().err().cloned()).collect();
    let of_row = files.of_row.iter().map(|file| index(file)?.as_ref().ok().copied()).collect();
    (Media { decoder, files: readable, of_row }, unreadable)
}
