//! Quoted cells over many lines.

use memchr::memchr2;

/// Lines of a cell from which on its quotes are worth a look.
const MANY_LINES: usize = 20;

/// Quoted cells over several lines, in which rows may have been swallowed.
pub(super) struct LongCells {
    delimiter: u8,
    count: usize,
    /// The lines of the first, where it begins, and whether its lines look like rows.
    first: Option<(usize, u64, bool)>,
}

impl LongCells {
    pub(super) fn new(delimiter: u8) -> Self {
        Self { delimiter, count: 0, first: None }
    }

    pub(super) fn add(&mut self, cell: &str, line: u64, width: usize) {
        if memchr2(b'\n', b'\r', cell.as_bytes()).is_none() {
            return;
        }
        let cell = cell.replace("\r\n", "\n");
        let lines: Vec<&str> = cell.split(['\n', '\r']).collect();
        let is_row = |line: &&str| line.bytes().filter(|byte| *byte == self.delimiter).count() + 1 == width;
        // The first and the last are cut by the quotes; a single comma on a line is nothing strange.
        let whole = &lines[1..lines.len() - 1];
        let has_rows = whole.len() >= if width > 2 { 1 } else { 3 } && whole.iter().all(is_row);
        if has_rows || lines.len() >= MANY_LINES {
            self.count += 1;
            self.first.get_or_insert((lines.len(), line, has_rows));
        }
    }

    /// Adds those of the rows behind.
    pub(super) fn append(&mut self, other: &Self) {
        self.count += other.count;
        self.first = self.first.or(other.first);
    }

    pub(super) fn note(&self) -> Option<String> {
        let (lines, line, has_rows) = self.first?;
        let what = if has_rows { "hold lines that look like rows of their own" } else { "are over very many lines" };
        let (cells, what) = match self.count {
            1 => ("1 quoted cell".to_owned(), what.replacen("hold", "holds", 1).replacen("are", "is", 1)),
            count => (format!("{count} quoted cells"), what.to_owned()),
        };
        Some(format!("{cells} {what}, the first over {lines} in the row of line {line}: look for a quote that is not closed"))
    }
}
