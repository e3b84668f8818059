//! CSV and TSV.

use std::path::Path;

use banyan_text::encoding::without_mark;
use csv::{ByteRecord, ErrorKind, ReaderBuilder};

use super::{Cell, Column, ReadOptions, Rows, check_names};
use crate::error::{Error, Hint, Place, Position};

pub(super) fn read_commas(path: &Path, name: &str, options: &ReadOptions) -> Result<Rows, Error> {
    read(path, name, None, options)
}

pub(super) fn read_tabs(path: &Path, name: &str, options: &ReadOptions) -> Result<Rows, Error> {
    read(path, name, Some(b'\t'), options)
}

fn read(path: &Path, name: &str, delimiter: Option<u8>, options: &ReadOptions) -> Result<Rows, Error> {
    let bytes = std::fs::read(path).map_err(|cause| Error::File { action: "read", path: name.to_owned(), cause: cause.to_string() })?;
    parse(&bytes, name, delimiter, options)
}

/// Parses the bytes of a file; without a delimiter it is the comma, or the semicolon where the header has
/// only those.
fn parse(bytes: &[u8], name: &str, delimiter: Option<u8>, options: &ReadOptions) -> Result<Rows, Error> {
    let bytes = without_mark(bytes, name)?;
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(Error::NoRow { path: name.to_owned(), what: "is empty" });
    }
    let delimiter = delimiter.unwrap_or_else(|| guess_delimiter(bytes));
    let mut reader = ReaderBuilder::new().delimiter(delimiter).has_headers(false).from_reader(bytes);
    let mut lines = LineCounter { bytes, offset: 0, line: 1 };

    let mut record = ByteRecord::new();
    next_record(&mut reader, &mut record, name, &mut lines)?;
    let line = lines.at(start_of(&record));
    let names = record.iter().map(|cell| text(cell, name, line)).collect::<Result<Vec<&str>, Error>>()?;
    let place = || Place { table: name.to_owned(), position: Position::Line(line), column: None };
    if let Some(index) = names.iter().position(|column| column.is_empty()) {
        return Err(Error::Line {
            place: place(),
            problem: format!("column {} has no name", index + 1),
            hint: Hint::new("the first line must name the columns"),
        });
    }
    check_names(names.iter().copied(), place)?;
    let mut columns: Vec<Column> = names.iter().map(|column| Column::new(*column)).collect();

    let mut positions = Vec::new();
    let mut record = ByteRecord::new();
    while next_record(&mut reader, &mut record, name, &mut lines)? {
        let line = lines.at(start_of(&record));
        for (column, cell) in columns.iter_mut().zip(&record) {
            let text = text(cell, name, line)?;
            column.push(if options.is_missing(text) { Cell::Missing } else { Cell::Text(text) });
        }
        positions.push(Position::Line(line));
    }
    if positions.is_empty() {
        return Err(Error::NoRow { path: name.to_owned(), what: "has a header but no row" });
    }
    Ok(Rows { columns, positions })
}

fn guess_delimiter(bytes: &[u8]) -> u8 {
    let header = bytes.split(|byte| *byte == b'\n').next().unwrap_or(bytes);
    if !header.contains(&b',') && header.contains(&b';') { b';' } else { b',' }
}

fn start_of(record: &ByteRecord) -> usize {
    record.position().map_or(0, |position| position.byte() as usize)
}

/// Turns byte offsets, asked for in ascending order, into line numbers. The reader's own count stands
/// at the end of the last record, before the blank lines that it then skips.
struct LineCounter<'a> {
    bytes: &'a [u8],
    offset: usize,
    line: u64,
}

impl LineCounter<'_> {
    fn at(&mut self, start: usize) -> u64 {
        let mut start = start.min(self.bytes.len());
        while self.bytes.get(start).is_some_and(|byte| matches!(byte, b'\r' | b'\n')) {
            start += 1;
        }
        let passed = self.bytes.get(self.offset..start).unwrap_or(&[]);
        self.line += passed.iter().filter(|byte| **byte == b'\n').count() as u64;
        self.offset = start.max(self.offset);
        self.line
    }
}

fn next_record(reader: &mut csv::Reader<&[u8]>, record: &mut ByteRecord, name: &str, lines: &mut LineCounter<'_>) -> Result<bool, Error> {
    reader.read_byte_record(record).map_err(|error| match error.kind() {
        ErrorKind::UnequalLengths { pos, expected_len, len } => {
            let line = lines.at(pos.as_ref().map_or(0, |position| position.byte() as usize));
            let hint = if len > expected_len {
                "put a cell that holds the delimiter in quotes"
            } else {
                "look for a missing delimiter, or for a quote that is not closed"
            };
            let cells = if *len == 1 { "cell" } else { "cells" };
            line_error(name, line, format!("{len} {cells} where the header has {expected_len}"), Hint::new(hint))
        }
        _ => Error::File { action: "read", path: name.to_owned(), cause: error.to_string() },
    })
}

fn text<'a>(cell: &'a [u8], name: &str, line: u64) -> Result<&'a str, Error> {
    std::str::from_utf8(cell)
        .map(str::trim)
        .map_err(|_| line_error(name, line, "bytes that are not UTF-8".to_owned(), Hint::new("save the file as UTF-8")))
}

fn line_error(name: &str, line: u64, problem: String, hint: Hint) -> Error {
    Error::Line { place: Place { table: name.to_owned(), position: Position::Line(line), column: None }, problem, hint }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse_text(text: &str) -> Result<Rows, Error> {
        parse(text.as_bytes(), "t.csv", None, &ReadOptions::default())
    }

    fn message(text: &str) -> String {
        parse_text(text).err().unwrap().to_string()
    }

    #[test]
    fn byte_order_mark_and_carriage_returns() {
        let rows = parse_text("\u{feff}a,b\r\n1,x\r\n\r\n2,NA\r\n").unwrap();
        assert_eq!(rows.columns[0].name, "a");
        assert_eq!(rows.columns[1].cell(0), Cell::Text("x"));
        assert_eq!(rows.columns[1].cell(1), Cell::Missing);
        assert_eq!(rows.positions, [Position::Line(2), Position::Line(4)]);
    }

    #[test]
    fn quoted_newlines_keep_line_numbers_right() {
        let rows = parse_text("a,b\n\"one\ntwo\",x\n\n\n3,y\n").unwrap();
        assert_eq!(rows.columns[0].cell(0), Cell::Text("one\ntwo"));
        assert_eq!(rows.positions, [Position::Line(2), Position::Line(6)]);
        let error = message("a,b\n\"one\ntwo\",x\n3\n");
        assert_eq!(error, "t.csv, line 4: 1 cell where the header has 2; look for a missing delimiter, or for a quote that is not closed");
    }

    #[test]
    fn semicolons_and_tabs() {
        let rows = parse_text("a;b\n1;\"x;y\"\n").unwrap();
        assert_eq!(rows.columns[1].cell(0), Cell::Text("x;y"));
        let rows = parse(b"a\tb\n1,5\t2\n", "t.tsv", Some(b'\t'), &ReadOptions::default()).unwrap();
        assert_eq!(rows.columns[0].cell(0), Cell::Text("1,5"));
    }

    #[test]
    fn what_is_wrong_is_said() {
        assert_eq!(message(""), "t.csv is empty; a table needs at least one row");
        assert_eq!(message(" \n\n"), "t.csv is empty; a table needs at least one row");
        assert_eq!(message("a,b\n"), "t.csv has a header but no row; a table needs at least one row");
        assert_eq!(message("a,b,a\n1,2,3\n"), "t.csv, line 1: two columns are named \"a\"; rename one of them");
        assert_eq!(message("a,,c\n1,2,3\n"), "t.csv, line 1: column 2 has no name; the first line must name the columns");
        assert!(message("a,b\n1,2\n1,2,3\n").starts_with("t.csv, line 3: 3 cells where the header has 2; put a cell"));
        let latin = parse(b"a\n\xe9t\xe9\n", "t.csv", None, &ReadOptions::default()).err().unwrap();
        assert_eq!(latin.to_string(), "t.csv, line 2: bytes that are not UTF-8; save the file as UTF-8");
        let wide = parse(b"\xff\xfea\0", "t.csv", None, &ReadOptions::default()).err().unwrap();
        assert_eq!(wide.to_string(), "t.csv, line 1: the file is in UTF-16; save it as UTF-8");
    }

    proptest! {
        #[test]
        fn never_panics_on_any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse(&bytes, "t.csv", None, &ReadOptions::default());
        }

        #[test]
        fn never_panics_on_what_looks_like_csv(text in "[ab\",;\r\n\u{feff}é]{0,120}") {
            if let Ok(rows) = parse_text(&text) {
                let count = rows.positions.len();
                prop_assert!(rows.columns.iter().all(|column| column.len() == count));
                let lines = text.split('\n').count() as u64;
                prop_assert!(rows.positions.iter().all(|position| matches!(position, Position::Line(line) if *line <= lines)));
            }
        }
    }
}
