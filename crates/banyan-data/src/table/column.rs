//! One column: cells of the file's own types, text kept in one buffer.

use std::ops::Range;
use std::sync::Arc;

use super::entry::Place;
use super::segment::{List, Segment};
use super::written::{Part, Written};

/// A cell, with the type that the file gave it. A CSV file has texts only; what they mean is decided when the
/// column is used.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell<'a> {
    /// No value.
    Missing,
    /// A number, never NaN; infinities only where the file held them.
    Number(f64),
    /// A truth value.
    Boolean(bool),
    /// A text without space at its ends, never empty.
    Text(&'a str),
    /// A list of numbers; NaN marks a gap.
    Numbers(&'a [f64]),
    /// A list of texts; an empty one marks a gap (a token without a label).
    Texts(&'a [String]),
    /// A list of JSON objects or of JSON lists, as its text: the predicates of a sentence, the boxes of an image.
    Objects(&'a str),
    /// The bytes of a file, such as an image or a sound, shared with whoever decodes them again.
    Bytes(&'a Arc<[u8]>),
    /// A value of a type that no input or task reads (an object, a list of lists), named in words.
    Other(&'a str),
}

impl Cell<'_> {
    /// Whether there is no value.
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::Missing)
    }

    /// What the cell holds, for messages: `"abc"`, `5`, `a list of 3 numbers`.
    pub fn describe(&self) -> String {
        match self {
            Self::Missing => "an empty cell".to_owned(),
            Self::Number(value) => crate::value::short_number(*value),
            Self::Boolean(value) => value.to_string(),
            Self::Text(text) => crate::value::quote(text),
            Self::Numbers(values) => format!("a list of {} numbers", values.len()),
            Self::Texts(values) => format!("a list of {} texts", values.len()),
            Self::Objects(_) => "a list of JSON objects".to_owned(),
            Self::Bytes(bytes) => format!("{} bytes", bytes.len()),
            Self::Other(what) => (*what).to_owned(),
        }
    }

    /// The cell as the name of a class or category: a scalar in its one spelling, `None` for a missing cell,
    /// for lists and for bytes.
    pub fn name(&self) -> Option<std::borrow::Cow<'_, str>> {
        match self {
            Self::Number(value) => Some(crate::value::format_number(*value).into()),
            Self::Boolean(value) => Some(if *value { "true" } else { "false" }.into()),
            Self::Text(text) => Some(crate::value::canonical(text).into()),
            _ => None,
        }
    }
}

/// One column of a table.
#[derive(Debug, Clone)]
pub struct Column {
    /// The column's name.
    pub name: String,
    /// Whether the file says that it was the index of a data frame.
    pub is_index: bool,
    /// The cells of each of the tables that were joined.
    segments: Vec<Segment>,
    rows: usize,
}

impl PartialEq for Column {
    /// Whether name and cells are the same, wherever they lie.
    fn eq(&self, other: &Self) -> bool {
        (&self.name, self.is_index, self.rows) == (&other.name, other.is_index, other.rows) && self.cells().eq(other.cells())
    }
}

impl Column {
    /// A column without cells.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), is_index: false, segments: Vec::new(), rows: 0 }
    }

    /// A column of missing cells.
    pub(crate) fn of_missing(name: impl Into<String>, rows: usize) -> Self {
        Self { segments: vec![Segment::of_missing(rows)], rows, ..Self::new(name) }
    }

    /// The number of cells.
    pub fn len(&self) -> usize {
        self.rows
    }

    /// Whether there is no cell.
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// The cell of a row.
    pub fn cell(&self, row: usize) -> Cell<'_> {
        let mut row = row;
        for segment in &self.segments {
            if row < segment.rows() {
                return segment.cell(row);
            }
            row -= segment.rows();
        }
        panic!("a column of {} cells has no row {row} more", self.rows)
    }

    /// All cells in their order.
    pub fn cells(&self) -> impl ExactSizeIterator<Item = Cell<'_>> + Clone {
        (0..self.len()).map(|row| self.cell(row))
    }

    /// The texts in the order of their rows, other cells left out.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &str> + Clone {
        self.cells().filter_map(|cell| if let Cell::Text(text) = cell { Some(text) } else { None })
    }

    /// Appends a cell; an empty text, NaN and no bytes become missing.
    pub fn push(&mut self, cell: Cell<'_>) {
        let segment = self.open_segment();
        match cell {
            Cell::Missing => segment.push(Place::Missing),
            Cell::Number(value) => segment.push(Place::Number(value)),
            Cell::Boolean(value) => segment.push(Place::Boolean(value)),
            Cell::Text(text) => match text.trim() {
                "" => segment.push(Place::Missing),
                text => segment.push_text(text),
            },
            Cell::Numbers(values) => segment.push_list(List::Numbers(values.to_vec())),
            Cell::Texts(values) => segment.push_list(List::Texts(values.to_vec())),
            Cell::Bytes(bytes) if bytes.is_empty() => segment.push(Place::Missing),
            Cell::Bytes(bytes) => segment.push_list(List::Bytes(Arc::clone(bytes))),
            Cell::Objects(text) => segment.push_other(text, Place::Objects),
            Cell::Other(what) => segment.push_other(what, Place::Other),
        }
        self.rows += 1;
    }

    /// Appends a list of texts, or a missing cell.
    pub(crate) fn push_texts(&mut self, texts: Option<Vec<String>>) {
        match texts {
            Some(texts) => self.open_segment().push_list(List::Texts(texts)),
            None => self.open_segment().push(Place::Missing),
        }
        self.rows += 1;
    }

    /// Appends missing cells until there are `rows`.
    pub(crate) fn fill(&mut self, rows: usize) {
        while self.rows < rows {
            self.push(Cell::Missing);
        }
    }

    /// Appends cells that were read from texts.
    pub(super) fn append_part(&mut self, part: &Part) {
        self.open_segment().append(part);
        self.rows += part.entries.len();
    }

    /// Appends the cells of another table.
    pub(super) fn append(&mut self, other: Self) {
        self.is_index |= other.is_index;
        self.rows += other.rows;
        self.segments.extend(other.segments);
        self.settle();
    }

    /// Turns numbers that were read from texts into texts again where they stand among words, or where all of them could mean another number.
    pub(super) fn settle(&mut self) {
        if self.written().is_some_and(Written::must_be_spelled) {
            self.segments.iter_mut().filter(|segment| segment.written().is_some()).for_each(Segment::spell);
        }
    }

    /// What is known of the texts that the cells were read from, where they are from delimited files.
    pub(super) fn written(&self) -> Option<Written> {
        self.segments.iter().filter_map(Segment::written).reduce(Written::and)
    }

    /// Whether a cell is a number of the file's own, and not one that a text spelled.
    pub(crate) fn is_typed_number(&self, row: usize) -> bool {
        let mut row = row;
        for segment in &self.segments {
            if row < segment.rows() {
                return segment.written().is_none() && matches!(segment.cell(row), Cell::Number(_));
            }
            row -= segment.rows();
        }
        false
    }

    /// Whether some of its cells were read from the texts of delimited files, and others from files that have types.
    pub(crate) fn is_of_several_formats(&self) -> bool {
        self.is_of_texts() && self.segments.iter().any(|segment| segment.written().is_none())
    }

    /// Whether its numbers are those that texts spelled.
    pub(crate) fn is_of_texts(&self) -> bool {
        self.written().is_some()
    }

    /// The bytes of its cells that are in memory.
    pub(super) fn owned_bytes(&self) -> usize {
        self.segments.iter().map(Segment::owned_bytes).sum()
    }

    /// Lets the system take back the memory of cells that are in a file, until they are read again. To be called behind a pass over the column.
    pub(crate) fn release(&self) {
        self.release_rows(0..self.rows);
    }

    /// As [`release`](Self::release), of the cells of some rows and of some around them.
    pub(crate) fn release_rows(&self, rows: Range<usize>) {
        let mut begin = 0;
        for segment in &self.segments {
            let end = begin + segment.rows();
            if rows.start < end && begin < rows.end {
                segment.release(rows.start.max(begin) - begin..rows.end.min(end) - begin);
            }
            begin = end;
        }
    }

    /// The cells of the table that is being read.
    pub(super) fn open_segment(&mut self) -> &mut Segment {
        if !self.segments.last().is_some_and(Segment::is_open) {
            self.segments.push(Segment::default());
        }
        let last = self.segments.len() - 1;
        &mut self.segments[last]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_what_it_was_given() {
        let mut column = Column::new("c");
        let words = ["a".to_owned()];
        for cell in [
            Cell::Text(" x "),
            Cell::Number(f64::NAN),
            Cell::Boolean(true),
            Cell::Numbers(&[1.0]),
            Cell::Texts(&words),
            Cell::Other("an object"),
            Cell::Number(2.5),
            Cell::Text(&"long ".repeat(1 << 20)),
        ] {
            column.push(cell);
        }
        let cells: Vec<Cell> = column.cells().collect();
        assert_eq!(cells[6..], [Cell::Number(2.5), Cell::Text("long ".repeat(1 << 20).trim())]);
        assert_eq!(
            cells[..6],
            [Cell::Text("x"), Cell::Missing, Cell::Boolean(true), Cell::Numbers(&[1.0]), Cell::Texts(&words), Cell::Other("an object")]
        );
        assert_eq!(cells[3].name(), None);
        assert_eq!(Cell::Number(3.0).name().unwrap(), "3");
    }
}
