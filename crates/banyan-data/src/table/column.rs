//! One column: cells of the file's own types, text kept in one buffer.

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
    /// A value of a type that no input or task reads (an object, a list of lists, raw bytes), named in words.
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
            Self::Other(what) => (*what).to_owned(),
        }
    }

    /// The cell as the name of a class or category: a scalar in its one spelling, `None` for a missing cell and
    /// for lists.
    pub fn name(&self) -> Option<std::borrow::Cow<'_, str>> {
        match self {
            Self::Number(value) => Some(crate::value::format_number(*value).into()),
            Self::Boolean(value) => Some(if *value { "true" } else { "false" }.into()),
            Self::Text(text) => Some(crate::value::canonical(text).into()),
            _ => None,
        }
    }
}

/// Texts lie one after the other in the column's buffer: a table of a million short cells is not a million
/// allocations.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Entry {
    Missing,
    Number(f64),
    Boolean(bool),
    Text { start: u64, length: u32 },
    List(u32),
    Objects(u32),
    Other(u32),
}

#[derive(Debug, Clone, PartialEq)]
enum List {
    Numbers(Vec<f64>),
    Texts(Vec<String>),
}

/// One column of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// The column's name.
    pub name: String,
    /// Whether the file says that it was the index of a data frame.
    pub is_index: bool,
    entries: Vec<Entry>,
    text: String,
    lists: Vec<List>,
    /// The texts of JSON objects, and the names of what nothing reads.
    others: Vec<String>,
}

impl Column {
    /// A column without cells.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), is_index: false, entries: Vec::new(), text: String::new(), lists: Vec::new(), others: Vec::new() }
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
        match self.entries[row] {
            Entry::Missing => Cell::Missing,
            Entry::Number(value) => Cell::Number(value),
            Entry::Boolean(value) => Cell::Boolean(value),
            Entry::Text { start, length } => Cell::Text(&self.text[start as usize..start as usize + length as usize]),
            Entry::List(index) => match &self.lists[index as usize] {
                List::Numbers(values) => Cell::Numbers(values),
                List::Texts(values) => Cell::Texts(values),
            },
            Entry::Objects(index) => Cell::Objects(&self.others[index as usize]),
            Entry::Other(index) => Cell::Other(&self.others[index as usize]),
        }
    }

    /// All cells in their order.
    pub fn cells(&self) -> impl ExactSizeIterator<Item = Cell<'_>> + Clone {
        (0..self.len()).map(|row| self.cell(row))
    }

    /// Appends a cell; an empty text and NaN become missing.
    pub fn push(&mut self, cell: Cell<'_>) {
        let entry = match cell {
            Cell::Missing => Entry::Missing,
            Cell::Number(value) if value.is_nan() => Entry::Missing,
            Cell::Number(value) => Entry::Number(value),
            Cell::Boolean(value) => Entry::Boolean(value),
            Cell::Text(text) => match text.trim() {
                "" => Entry::Missing,
                // A cell of more than 4 GiB is cut: no reader of this crate hands one over.
                text => self.store_text(text),
            },
            Cell::Numbers(values) => self.store_list(List::Numbers(values.to_vec())),
            Cell::Texts(values) => self.store_list(List::Texts(values.to_vec())),
            Cell::Objects(text) => Entry::Objects(self.store_other(text)),
            Cell::Other(what) => Entry::Other(self.store_other(what)),
        };
        self.entries.push(entry);
    }

    /// The cells of some rows, in the order asked.
    pub fn select(&self, rows: &[usize]) -> Self {
        let mut selected = Self::new(self.name.clone());
        rows.iter().for_each(|&row| selected.push(self.cell(row)));
        selected
    }

    /// Appends a list of texts, or a missing cell.
    pub(crate) fn push_texts(&mut self, texts: Option<Vec<String>>) {
        let entry = texts.map_or(Entry::Missing, |texts| self.store_list(List::Texts(texts)));
        self.entries.push(entry);
    }

    /// Appends missing cells until there are `rows`.
    pub(crate) fn fill(&mut self, rows: usize) {
        self.entries.resize(rows.max(self.entries.len()), Entry::Missing);
    }

    fn store_text(&mut self, text: &str) -> Entry {
        let start = self.text.len() as u64;
        let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
        self.text.push_str(text);
        Entry::Text { start, length }
    }

    fn store_other(&mut self, text: &str) -> u32 {
        self.others.push(text.to_owned());
        self.others.len() as u32 - 1
    }

    fn store_list(&mut self, list: List) -> Entry {
        self.lists.push(list);
        Entry::List(self.lists.len() as u32 - 1)
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
        ] {
            column.push(cell);
        }
        let cells: Vec<Cell> = column.cells().collect();
        assert_eq!(
            cells,
            [Cell::Text("x"), Cell::Missing, Cell::Boolean(true), Cell::Numbers(&[1.0]), Cell::Texts(&words), Cell::Other("an object")]
        );
        assert_eq!(cells[3].name(), None);
        assert_eq!(Cell::Number(3.0).name().unwrap(), "3");
    }
}
