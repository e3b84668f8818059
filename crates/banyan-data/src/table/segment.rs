//! The cells of a column that came from one table, in chunks of which each may be in memory or in a file.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use super::column::Cell;
use super::entry::{Entry, Place};
use super::texts;
use super::written::{Part, Written};
use crate::mapped::{Map, Mapped};
use crate::value::format_number;

/// Rows of a chunk, a power of two.
pub(super) const CHUNK_ROWS: usize = 1 << 16;

/// A list in a cell.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum List {
    Numbers(Vec<f64>),
    Texts(Vec<String>),
    /// The bytes of a file.
    Bytes(Arc<[u8]>),
}

/// Cells of one table. Cells behind the last chunk are missing.
#[derive(Debug, Clone, Default)]
pub(super) struct Segment {
    rows: usize,
    chunks: Vec<Chunk>,
    lists: Vec<List>,
    /// The texts of JSON objects, and the names of what nothing reads.
    others: Vec<String>,
    /// What is known of texts that numbers were read from.
    written: Option<Written>,
}

/// The cells of some rows. Texts lie one after the other in one buffer: a table of a million short cells is not a million allocations.
#[derive(Debug, Clone)]
struct Chunk {
    entries: Entries,
    text: Text,
}

#[derive(Debug, Clone)]
enum Entries {
    Owned(Vec<Entry>),
    Mapped(Mapped<u64>),
}

#[derive(Debug, Clone)]
enum Text {
    Owned(String),
    Mapped(Mapped<u8>),
}

impl Chunk {
    fn new() -> Self {
        Self { entries: Entries::Owned(Vec::new()), text: Text::Owned(String::new()) }
    }

    fn len(&self) -> usize {
        match &self.entries {
            Entries::Owned(entries) => entries.len(),
            Entries::Mapped(entries) => entries.len(),
        }
    }

    fn entry(&self, row: usize) -> Entry {
        match &self.entries {
            Entries::Owned(entries) => entries[row],
            Entries::Mapped(entries) => Entry::of_bits(entries[row]),
        }
    }

    fn text(&self, start: usize) -> &str {
        match &self.text {
            Text::Owned(text) => &text[texts::span(text.as_bytes(), start)],
            // Texts are whole in the file, so that none is left out.
            Text::Mapped(bytes) => std::str::from_utf8(&bytes[texts::span(bytes, start)]).unwrap_or_default(),
        }
    }

    /// The cells and texts, to be appended to.
    fn owned(&mut self) -> (&mut Vec<Entry>, &mut String) {
        let Self { entries: Entries::Owned(entries), text: Text::Owned(text) } = self else {
            unreachable!("a chunk in a file is full, and nothing is appended to it")
        };
        (entries, text)
    }

    fn owned_bytes(&self) -> usize {
        let entries = if let Entries::Owned(entries) = &self.entries { size_of_val(entries.as_slice()) } else { 0 };
        entries + if let Text::Owned(text) = &self.text { text.len() } else { 0 }
    }
}

impl Segment {
    pub(super) fn of_missing(rows: usize) -> Self {
        Self { rows, ..Self::default() }
    }

    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    pub(super) fn cell(&self, row: usize) -> Cell<'_> {
        assert!(row < self.rows, "a row of the column");
        let Some(chunk) = self.chunks.get(row / CHUNK_ROWS) else { return Cell::Missing };
        match chunk.entry(row % CHUNK_ROWS).open() {
            Place::Missing => Cell::Missing,
            Place::Number(value) => Cell::Number(value),
            Place::Boolean(value) => Cell::Boolean(value),
            Place::Text(start) => Cell::Text(chunk.text(start)),
            Place::List(index) => match &self.lists[index] {
                List::Numbers(values) => Cell::Numbers(values),
                List::Texts(values) => Cell::Texts(values),
                List::Bytes(bytes) => Cell::Bytes(bytes),
            },
            Place::Objects(index) => Cell::Objects(&self.others[index]),
            Place::Other(index) => Cell::Other(&self.others[index]),
        }
    }

    /// Appends a cell that has no text.
    pub(super) fn push(&mut self, place: Place) {
        let (entries, _) = self.open_chunk();
        entries.push(Entry::new(place));
        self.rows += 1;
    }

    pub(super) fn push_text(&mut self, text: &str) {
        let (entries, buffer) = self.open_chunk();
        entries.push(Entry::new(Place::Text(texts::push(buffer, text))));
        self.rows += 1;
    }

    pub(super) fn push_list(&mut self, list: List) {
        self.lists.push(list);
        self.push(Place::List(self.lists.len() - 1));
    }

    /// Appends a text that is no text cell, and says by `place` what it is.
    pub(super) fn push_other(&mut self, text: &str, place: fn(usize) -> Place) {
        self.others.push(text.to_owned());
        self.push(place(self.others.len() - 1));
    }

    /// Whether cells may still be appended.
    pub(super) fn is_open(&self) -> bool {
        // One of missing cells alone has no chunks.
        self.rows == 0 || !self.chunks.is_empty()
    }

    /// Appends cells that were read from texts.
    pub(super) fn append(&mut self, part: &Part) {
        self.written = Some(self.written.map_or(part.written, |written| written.and(part.written)));
        let text_start = |from: usize| {
            let starts =
                part.entries[from..].iter().find_map(|entry| if let Place::Text(start) = entry.open() { Some(start) } else { None });
            starts.unwrap_or(part.text.len())
        };
        let mut begin = 0;
        while begin < part.entries.len() {
            let (entries, text) = self.open_chunk();
            let end = part.entries.len().min(begin + CHUNK_ROWS - entries.len());
            let (from, to) = (text_start(begin), text_start(end));
            let before = text.len();
            text.push_str(&part.text[from..to]);
            let own = &part.entries[begin..end];
            if from == to {
                entries.extend_from_slice(own);
            } else {
                // Places of the part's own texts, which begin at `from`.
                entries.extend(own.iter().map(|entry| match entry.open() {
                    Place::Text(start) => Entry::new(Place::Text(start - from + before)),
                    _ => *entry,
                }));
            }
            self.rows += end - begin;
            begin = end;
        }
    }

    /// Whether numbers were read from texts, as far as that is known.
    pub(super) fn written(&self) -> Option<Written> {
        self.written
    }

    /// Turns numbers into the texts that they were read from.
    pub(super) fn spell(&mut self) {
        for chunk in &mut self.chunks {
            let is_number = |row: usize| matches!(chunk.entry(row).open(), Place::Number(_));
            if !(0..chunk.len()).any(is_number) {
                continue;
            }
            let mut spelled = Chunk::new();
            let (entries, buffer) = spelled.owned();
            for row in 0..chunk.len() {
                let entry = chunk.entry(row);
                let text = match entry.open() {
                    Place::Number(value) => Cow::from(format_number(value)),
                    Place::Text(start) => Cow::from(chunk.text(start)),
                    _ => {
                        entries.push(entry);
                        continue;
                    }
                };
                entries.push(Entry::new(Place::Text(texts::push(buffer, &text))));
            }
            *chunk = spelled;
        }
    }

    pub(super) fn owned_bytes(&self) -> usize {
        self.chunks.iter().map(Chunk::owned_bytes).sum()
    }

    pub(super) fn chunks(&self) -> usize {
        self.chunks.len()
    }

    /// The arrays of a chunk, if it is full and in memory.
    pub(super) fn full_chunk(&self, place: usize) -> Option<[Cow<'_, [u8]>; 2]> {
        let chunk = self.chunks.get(place).filter(|chunk| chunk.len() == CHUNK_ROWS)?;
        let (Entries::Owned(entries), Text::Owned(text)) = (&chunk.entries, &chunk.text) else { return None };
        let bits: Vec<u64> = entries.iter().map(|entry| entry.bits()).collect();
        Some([bytemuck::cast_slice(&bits).to_vec().into(), text.as_bytes().into()])
    }

    /// Puts what [`full_chunk`](Self::full_chunk) gave in its place, from a file.
    pub(super) fn replace_chunk(&mut self, place: usize, map: &Arc<Map>, entries: Range<usize>, text: Range<usize>) {
        self.chunks[place] = Chunk { entries: Entries::Mapped(Mapped::new(map, entries)), text: Text::Mapped(Mapped::new(map, text)) };
    }

    /// Lets the system take back the memory of what is in files, in the chunks that have some rows.
    pub(super) fn release(&self, rows: Range<usize>) {
        let chunks = rows.start / CHUNK_ROWS..rows.end.div_ceil(CHUNK_ROWS).min(self.chunks.len());
        for chunk in self.chunks.get(chunks).unwrap_or_default() {
            if let (Entries::Mapped(entries), Text::Mapped(text)) = (&chunk.entries, &chunk.text) {
                entries.release();
                text.release();
            }
        }
    }

    fn open_chunk(&mut self) -> (&mut Vec<Entry>, &mut String) {
        if self.chunks.last().is_none_or(|chunk| chunk.len() == CHUNK_ROWS) {
            self.chunks.push(Chunk::new());
        }
        let last = self.chunks.len() - 1;
        self.chunks[last].owned()
    }
}
