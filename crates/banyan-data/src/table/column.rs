//! One column: cells of the file's own types, text kept in one buffer.

use std::sync::Arc;

use super::entry::{Entry, Place};

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
    /// A list of JSON objects, as its text: the predicates of a sentence ([`crate::frames`]).
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

#[derive(Debug, Clone, PartialEq)]
enum List {
    Numbers(Vec<f64>),
    Texts(Vec<String>),
    Bytes(Arc<[u8]>),
}

/// One column of a table. Texts lie one after the other in one buffer: a table of a million short cells is not a million allocations.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// The column's name.
    pub name: String,
    /// Whether the file says that it was the index of a data frame.
    pub is_index: bool,
    entries: Vec<Entry>,
    text: String,
    long_texts: Vec<String>,
    numbers: Vec<f64>,
    lists: Vec<List>,
    /// The texts of JSON objects, and the names of what nothing reads.
    others: Vec<String>,
}

impl Column {
    /// A column without cells.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            is_index: false,
            entries: Vec::new(),
            text: String::new(),
            long_texts: Vec::new(),
            numbers: Vec::new(),
            lists: Vec::new(),
            others: Vec::new(),
        }
    }

    /// The number of cells.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is no cell.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The cell of a row.
    pub fn cell(&self, row: usize) -> Cell<'_> {
        match self.entries[row].open() {
            Place::Missing => Cell::Missing,
            Place::Number(index) => Cell::Number(self.numbers[index]),
            Place::Boolean(value) => Cell::Boolean(value),
            Place::Text { start, length } => Cell::Text(&self.text[start..start + length]),
            Place::LongText(index) => Cell::Text(&self.long_texts[index]),
            Place::List(index) => match &self.lists[index] {
                List::Numbers(values) => Cell::Numbers(values),
                List::Texts(values) => Cell::Texts(values),
                List::Bytes(bytes) => Cell::Bytes(bytes),
            },
            Place::Objects(index) => Cell::Objects(&self.others[index]),
            Place::Other(index) => Cell::Other(&self.others[index]),
        }
    }

    /// All cells in their order.
    pub fn cells(&self) -> impl ExactSizeIterator<Item = Cell<'_>> + Clone {
        (0..self.len()).map(|row| self.cell(row))
    }

    /// Appends a cell; an empty text, NaN and no bytes become missing.
    pub fn push(&mut self, cell: Cell<'_>) {
        let place = match cell {
            Cell::Missing => Place::Missing,
            Cell::Number(value) if value.is_nan() => Place::Missing,
            Cell::Number(value) => Place::Number(store(&mut self.numbers, value)),
            Cell::Boolean(value) => Place::Boolean(value),
            Cell::Text(text) => match text.trim() {
                "" => Place::Missing,
                text => self.store_text(text),
            },
            Cell::Numbers(values) => Place::List(store(&mut self.lists, List::Numbers(values.to_vec()))),
            Cell::Texts(values) => Place::List(store(&mut self.lists, List::Texts(values.to_vec()))),
            Cell::Bytes(bytes) if bytes.is_empty() => Place::Missing,
            Cell::Bytes(bytes) => Place::List(store(&mut self.lists, List::Bytes(Arc::clone(bytes)))),
            Cell::Objects(text) => Place::Objects(store(&mut self.others, text.to_owned())),
            Cell::Other(what) => Place::Other(store(&mut self.others, what.to_owned())),
        };
        self.entries.push(Entry::new(place));
    }

    /// Appends a list of texts, or a missing cell.
    pub(crate) fn push_texts(&mut self, texts: Option<Vec<String>>) {
        let place = texts.map_or(Place::Missing, |texts| Place::List(store(&mut self.lists, List::Texts(texts))));
        self.entries.push(Entry::new(place));
    }

    /// Appends missing cells until there are `rows`.
    pub(crate) fn fill(&mut self, rows: usize) {
        self.entries.resize(rows.max(self.entries.len()), Entry::MISSING);
    }

    fn store_text(&mut self, text: &str) -> Place {
        let start = self.text.len();
        if !Entry::is_short(start, text.len()) {
            return Place::LongText(store(&mut self.long_texts, text.to_owned()));
        }
        self.text.push_str(text);
        Place::Text { start, length: text.len() }
    }
}

/// Appends a value, and gives its place.
fn store<T>(values: &mut Vec<T>, value: T) -> usize {
    values.push(value);
    values.len() - 1
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
