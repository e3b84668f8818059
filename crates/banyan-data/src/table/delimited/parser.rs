//! Parsing the rows of a block.

use banyan_columnar::Source;
use csv::ByteRecord;
use memchr::{memchr, memchr_iter};

use super::errors::{line_error, wrong_width};
use super::lines::LineCounter;
use super::long_cells::LongCells;
use super::scan::Block;
use super::{Dialect, Shape, start_of};
use crate::error::{Error, Hint, Position};
use crate::table::ReadOptions;
use crate::table::positions::Positions;
use crate::table::written::Part;

/// Which bytes the texts of missing cells begin with: few cells get further.
pub(super) struct FirstBytes([bool; 256]);

impl FirstBytes {
    pub(super) fn of(options: &ReadOptions) -> Self {
        let mut all = [false; 256];
        options.missing.iter().filter_map(|spelling| spelling.bytes().next()).for_each(|byte| all[usize::from(byte)] = true);
        Self(all)
    }
}

/// What parses a block.
pub(super) struct Parser<'a> {
    pub(super) name: &'a str,
    pub(super) dialect: Dialect,
    pub(super) shape: &'a Shape,
    pub(super) options: &'a ReadOptions,
    pub(super) missing: FirstBytes,
    /// Which columns have words, so that no numbers are looked for.
    pub(super) of_texts: Vec<bool>,
}

/// The rows of a block.
pub(super) struct Parsed {
    pub(super) columns: Vec<Part>,
    pub(super) positions: Positions,
    pub(super) long_cells: LongCells,
}

impl Parser<'_> {
    pub(super) fn block(&self, source: &Source, block: Block) -> Result<Parsed, Error> {
        let failed = |cause: &dyn std::fmt::Display| Error::File { action: "read", path: self.name.to_owned(), cause: cause.to_string() };
        let bytes = source.part(block.start, block.end - block.start).map_err(|cause| failed(&cause))?;
        let begin = (self.shape.end_of_header.clamp(block.start, block.end) - block.start) as usize;
        let mut lines = LineCounter::new(&bytes, block.line);
        let mut parsed = Parsed::new(self);
        let has_quotes = self.dialect.quoting && memchr(b'"', &bytes).is_some();
        if !has_quotes
            && memchr(b'\r', &bytes).is_none()
            && let Ok(text) = std::str::from_utf8(&bytes)
        {
            let first_line = lines.of_byte(begin);
            return self.lines(&text[begin..], first_line, parsed);
        }
        let (mut reader, mut record) = (self.dialect.reader(&bytes[begin..]), ByteRecord::new());
        while reader.read_byte_record(&mut record).map_err(|cause| failed(&cause))? {
            let line = lines.at(begin + start_of(&record));
            self.check_width(record.len(), line, &parsed.positions)?;
            for (column, cell) in parsed.columns.iter_mut().zip(&record) {
                let text = utf8(cell, self.name, line)?;
                parsed.long_cells.add(text, line, self.shape.width);
                self.push(column, text);
            }
            parsed.positions.push(Position::Line(line));
        }
        Ok(parsed)
    }

    /// Rows that are lines, whose cells end where a delimiter stands: those of most files, in a quarter of the time.
    fn lines(&self, text: &str, first_line: u64, mut parsed: Parsed) -> Result<Parsed, Error> {
        let delimiter = self.dialect.delimiter;
        let mut line = first_line - 1;
        let mut begin = 0;
        let ends = memchr_iter(b'\n', text.as_bytes()).chain([text.len()]);
        for end in ends {
            let row = &text[begin..end];
            begin = end + 1;
            line += 1;
            if row.is_empty() {
                continue;
            }
            let (mut width, mut start) = (0, 0);
            for end in memchr_iter(delimiter, row.as_bytes()).chain([row.len()]) {
                if let Some(column) = parsed.columns.get_mut(width) {
                    self.push(column, trimmed(&row[start..end]));
                }
                start = end + 1;
                width += 1;
            }
            self.check_width(width, line, &parsed.positions)?;
            parsed.positions.push(Position::Line(line));
        }
        Ok(parsed)
    }

    fn check_width(&self, found: usize, line: u64, before: &Positions) -> Result<(), Error> {
        if found == self.shape.width {
            return Ok(());
        }
        // Where the first row alone has a cell too many, it is that row which is wrong.
        let is_second = before.len() == 1 && before.at(0) == Position::Line(self.shape.first_row);
        let is_first = is_second && found == self.shape.names.len();
        let (found, line) = if is_first { (self.shape.width, self.shape.first_row) } else { (found, line) };
        Err(wrong_width(found, self.shape.names.len(), self.name, Position::Line(line)))
    }

    fn push(&self, column: &mut Part, text: &str) {
        match text.as_bytes().first() {
            None => column.push_missing(),
            Some(byte) if self.missing.0[usize::from(*byte)] && self.options.is_missing(text) => column.push_missing(),
            Some(_) => column.push(text),
        }
    }
}

impl Parsed {
    fn new(parser: &Parser<'_>) -> Self {
        Self {
            columns: parser.of_texts.iter().map(|is_of_texts| Part::new(*is_of_texts)).collect(),
            positions: Positions::default(),
            long_cells: LongCells::new(parser.dialect.delimiter),
        }
    }
}

/// A text without space at its ends, which few have.
fn trimmed(text: &str) -> &str {
    let has_none = |byte: Option<&u8>| byte.is_none_or(|byte| byte.is_ascii_graphic());
    let bytes = text.as_bytes();
    if has_none(bytes.first()) && has_none(bytes.last()) { text } else { text.trim() }
}

/// A cell as a text, without space at its ends.
pub(super) fn utf8<'a>(cell: &'a [u8], name: &str, line: u64) -> Result<&'a str, Error> {
    std::str::from_utf8(cell)
        .map(trimmed)
        .map_err(|_| line_error(name, line, "bytes that are not UTF-8".to_owned(), Hint::new("save the file as UTF-8")))
}
