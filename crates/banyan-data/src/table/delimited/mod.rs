//! CSV and TSV.

mod dialect;
mod errors;
mod lines;
mod long_cells;
mod parser;
mod preamble;
mod scan;

use std::collections::HashSet;

use banyan_columnar::Source;
use banyan_guard::return_memory;
use banyan_text::encoding::without_mark;
use csv::{ByteRecord, ReaderBuilder};

use super::positions::Positions;
use super::spill::Spilling;
use super::written::Written;
use super::{Cell, Column, ReadOptions, Rows, check_names};
use crate::dataset::parallel;
use crate::error::{Error, Hint, Place, Position};
use crate::number_format::NumberMarks;
use dialect::{MOST_BYTES, guess_delimiter, separator_line};
use errors::{line_error, wrong_width};
use lines::LineCounter;
use long_cells::LongCells;
use parser::{FirstBytes, Parsed, Parser, utf8};
use preamble::Preamble;
use scan::{Block, scan, tabs_are_quoted};

pub(super) fn read_commas(source: Source, name: &str, options: &ReadOptions) -> Result<Rows, Error> {
    parse(&source, name, None, options)
}

pub(super) fn read_tabs(source: Source, name: &str, options: &ReadOptions) -> Result<Rows, Error> {
    parse(&source, name, Some(b'\t'), options)
}

/// First bytes that are looked at to find the delimiter, and a few more that show that there are more.
const HEAD: u64 = MOST_BYTES as u64 + 64;

/// Blocks a thread that are read and parsed before they are put to the table: they are in memory together.
const BLOCKS_A_THREAD: usize = 2;

/// Of more blocks, what parsing leaves behind is worth giving back.
const MANY_BLOCKS: usize = 16;

/// How the cells of a file are told apart.
#[derive(Clone, Copy)]
struct Dialect {
    delimiter: u8,
    quoting: bool,
}

impl Dialect {
    fn reader(self, bytes: &[u8]) -> csv::Reader<&[u8]> {
        ReaderBuilder::new().delimiter(self.delimiter).quoting(self.quoting).has_headers(false).flexible(true).from_reader(bytes)
    }
}

/// Parses a file, block by block; without a delimiter it is found in the file.
fn parse(source: &Source, name: &str, delimiter: Option<u8>, options: &ReadOptions) -> Result<Rows, Error> {
    let failed = |cause: std::io::Error| Error::File { action: "read", path: name.to_owned(), cause: cause.to_string() };
    let head = source.part(0, HEAD.min(source.length())).map_err(failed)?;
    let text = without_mark(&head, name)?;
    let (named, begin) = separator_line(text).map_or((None, 0), |(delimiter, begin)| (Some(delimiter), begin));
    let text = &text[begin..];
    let delimiter = options.delimiter.map(|given| given as u8).or(named).or(delimiter);
    let (preamble, first_line) = (Preamble::of(text, delimiter), 1 + u64::from(begin > 0));
    let text = &text[preamble.bytes..];
    let notes = preamble.notes(first_line);
    let (begin, first_line) = ((head.len() - text.len()) as u64, first_line + preamble.lines);
    let delimiter = delimiter.unwrap_or_else(|| guess_delimiter(text));
    let quoting = delimiter != b'\t' || tabs_are_quoted(source, begin).map_err(failed)?;
    let scan = scan(source, begin, first_line, delimiter, quoting).map_err(failed)?;
    if !scan.has_content {
        return Err(Error::NoRow { path: name.to_owned(), what: "is empty" });
    }
    if let Some(line) = scan.open_quote {
        let hint = "close it at the end of the cell, or double it and put the cell in quotes if it is part of the text";
        return Err(line_error(name, line, "the quote that opens a cell here is never closed".to_owned(), Hint::new(hint)));
    }
    let dialect = Dialect { delimiter, quoting };
    let shape = Shape::find(source, &scan.blocks, dialect, name)?;
    let (mut columns, mut positions) = (vec![Column::new(String::new()); shape.width], Positions::default());
    let mut long_cells = LongCells::new(delimiter);
    let mut spilling = Spilling::new(options);
    // Marks that are given may make other numbers of texts that look plain.
    let are_texts = options.numbers != NumberMarks::default();
    for blocks in scan.blocks.chunks(BLOCKS_A_THREAD * rayon::current_num_threads().max(1)) {
        let of_texts: Vec<bool> = columns.iter().map(|column| are_texts || column.written().is_some_and(Written::has_words)).collect();
        let parser = Parser { name, dialect, shape: &shape, options, missing: FirstBytes::of(options), of_texts };
        let parsed: Vec<Result<Parsed, Error>> = parallel::each(blocks, |block| parser.block(source, *block));
        for block in parsed {
            let block = block?;
            positions.append(&block.positions);
            long_cells.append(&block.long_cells);
            columns.iter_mut().zip(&block.columns).for_each(|(column, part)| column.append_part(part));
        }
        spilling.watch(&mut columns)?;
    }
    columns.iter_mut().for_each(Column::settle);
    spilling.watch(&mut columns)?;
    if scan.blocks.len() > MANY_BLOCKS {
        return_memory();
    }
    if shape.width > shape.names.len() && !are_names(&columns) {
        return Err(wrong_width(shape.width, shape.names.len(), name, Position::Line(shape.first_row)));
    }
    let columns = name_columns(columns, shape.names);
    let place = || Place { table: name.to_owned(), position: Position::Line(shape.header), column: None };
    check_names(columns.iter().map(|column| column.name.as_str()), place)?;
    let notes = notes.into_iter().chain(long_cells.note()).collect();
    Ok(Rows { has_semicolons: delimiter == b';', notes, ..Rows::new(columns, positions) })
}

/// The columns of a file, by its header and its first row.
struct Shape {
    names: Vec<String>,
    /// The line of the header, and the place of the first byte behind it.
    header: u64,
    end_of_header: u64,
    /// Cells of a row.
    width: usize,
    /// The line of the first row.
    first_row: u64,
}

impl Shape {
    fn find(source: &Source, blocks: &[Block], dialect: Dialect, name: &str) -> Result<Self, Error> {
        let failed = |cause: &dyn std::fmt::Display| Error::File { action: "read", path: name.to_owned(), cause: cause.to_string() };
        let mut header: Option<(Vec<String>, u64, u64)> = None;
        for block in blocks {
            let bytes = source.part(block.start, block.end - block.start).map_err(|cause| failed(&cause))?;
            let mut lines = LineCounter::new(&bytes, block.line);
            let (mut reader, mut record) = (dialect.reader(&bytes), ByteRecord::new());
            while reader.read_byte_record(&mut record).map_err(|cause| failed(&cause))? {
                let line = lines.at(start_of(&record));
                match header.take() {
                    None => {
                        let names = record.iter().map(|cell| utf8(cell, name, line).map(str::to_owned)).collect::<Result<_, Error>>()?;
                        header = Some((names, line, block.start + reader.position().byte()));
                    }
                    Some((names, header, end_of_header)) => {
                        let width = columns_of(names.len(), record.len(), name, Position::Line(line))?;
                        return Ok(Self { names, header, end_of_header, width, first_row: line });
                    }
                }
            }
        }
        Err(Error::NoRow { path: name.to_owned(), what: "has a header but no row" })
    }
}

fn start_of(record: &ByteRecord) -> usize {
    record.position().map_or(0, |position| position.byte() as usize)
}

/// The columns of a table by its header and its first row. R's `write.table` gives the names of the rows no name, so that each row has a cell more than
/// the header; so do lines that end with a delimiter.
fn columns_of(header: usize, first_row: usize, name: &str, at: Position) -> Result<usize, Error> {
    if first_row == header || (first_row == header + 1 && header > 1) {
        Ok(first_row)
    } else {
        Err(wrong_width(first_row, header, name, at))
    }
}

/// Cells that are looked at to tell names of rows from cells that are cut by a delimiter within them.
const PROBED: usize = 1000;

/// Whether the cell that each row has more than the header is a name of the row, which no other row has, or nothing behind the last delimiter.
fn are_names(columns: &[Column]) -> bool {
    let is_unique = |column: &Column| {
        let mut seen = HashSet::new();
        column.cells().take(PROBED).all(|cell| cell.name().is_none_or(|name| seen.insert(name.into_owned())))
    };
    columns.first().is_some_and(is_unique) || columns.last().is_some_and(is_empty)
}

fn is_empty(column: &Column) -> bool {
    column.cells().all(|cell| cell == Cell::Missing)
}

/// Gives the columns their names. A column of empty cells without a name is what a delimiter at the end of each line leaves, and goes; any other is named as
/// pandas names it, by its place counted from 0.
fn name_columns(columns: Vec<Column>, mut names: Vec<String>) -> Vec<Column> {
    if columns.len() > names.len() {
        // The name that lacks is that of the last column, where it is empty, or else that of R's row names.
        let lacking = if columns.last().is_some_and(is_empty) { names.len() } else { 0 };
        names.insert(lacking, String::new());
    }
    let mut named = Vec::new();
    for (place, (mut column, name)) in columns.into_iter().zip(names).enumerate() {
        if !name.is_empty() {
            column.name = name;
        } else if is_empty(&column) {
            continue;
        } else {
            column.name = format!("Unnamed: {place}");
        }
        named.push(column);
    }
    named
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse_text(text: &str) -> Result<Rows, Error> {
        parse(&text.as_bytes().to_vec().into(), "t.csv", None, &ReadOptions::default())
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
        assert_eq!(rows.positions, [Position::Line(2), Position::Line(4)].into_iter().collect());
    }

    #[test]
    fn quoted_newlines_keep_line_numbers_right() {
        let rows = parse_text("a,b\n\"one\ntwo\",x\n\n\n3,y\n").unwrap();
        assert_eq!(rows.columns[0].cell(0), Cell::Text("one\ntwo"));
        assert_eq!(rows.positions, [Position::Line(2), Position::Line(6)].into_iter().collect());
        let error = message("a,b\n\"one\ntwo\",x\n3\n");
        assert_eq!(error, "t.csv, line 4: 1 cell where the header has 2; look for a missing delimiter");
    }

    #[test]
    fn cells_in_which_rows_may_be_lost_are_noted() {
        let rows = parse_text(&format!("a,b\n1,x\n2,\"{}\"\n", "line\n".repeat(40))).unwrap();
        assert_eq!(
            rows.notes,
            ["1 quoted cell is over very many lines, the first over 40 in the row of line 3: look for a quote that is not closed"]
        );
        let rows = parse_text("a,b,c\n1,2,\"open\n3,4,x\n5,6,y\n7,8,z\"\n").unwrap();
        assert_eq!(
            rows.notes,
            [
                "1 quoted cell holds lines that look like rows of their own, the first over 4 in the row of line 2: look for a quote that is not closed"
            ]
        );
        assert!(parse_text("a,b\n1,\"two\nlines\"\n").unwrap().notes.is_empty());
        assert!(parse_text("a,b,c\n1,2,\"Dear all,\nthis is it, my friends, it is,\nyours\"\n").unwrap().notes.is_empty());
    }

    #[test]
    fn semicolons_and_tabs() {
        let rows = parse_text("a;b\n1;\"x;y\"\n").unwrap();
        assert_eq!(rows.columns[1].cell(0), Cell::Text("x;y"));
        let rows = parse(&b"a\tb\n1,5\t2\n".to_vec().into(), "t.tsv", Some(b'\t'), &ReadOptions::default()).unwrap();
        assert_eq!(rows.columns[0].cell(0), Cell::Text("1,5"));
    }

    #[test]
    fn what_is_wrong_is_said() {
        assert_eq!(message(""), "t.csv is empty; a table needs at least one row");
        assert_eq!(message(" \n\n"), "t.csv is empty; a table needs at least one row");
        assert_eq!(message("a,b\n"), "t.csv has a header but no row; a table needs at least one row");
        assert_eq!(message("a,b,a\n1,2,3\n"), "t.csv, line 1: two columns are named \"a\"; rename one of them");
        assert!(message("a,b\n1,2\n1,2,3\n").starts_with("t.csv, line 3: 3 cells where the header has 2; put a cell"));
        assert!(message("a,b\n1,2,3,4\n").starts_with("t.csv, line 2: 4 cells where the header has 2; put a cell"));
        assert_eq!(
            message("made by a tool\na,b\n1,2\n"),
            "t.csv, line 2: 2 cells where the header has 1; the first line must name the columns: remove what stands before it, or look for \
             another delimiter"
        );
        let latin = parse(&b"a\n\xe9t\xe9\n".to_vec().into(), "t.csv", None, &ReadOptions::default()).err().unwrap();
        assert_eq!(latin.to_string(), "t.csv, line 2: bytes that are not UTF-8; save the file as UTF-8");
        let wide = parse(&b"\xff\xfea\0".to_vec().into(), "t.csv", None, &ReadOptions::default()).err().unwrap();
        assert_eq!(wide.to_string(), "t.csv, line 1: the file is in UTF-16; save it as UTF-8");
    }

    /// Names of the columns, and the cells of the first row.
    fn first(text: &str) -> (Vec<String>, Vec<String>) {
        let rows = parse_text(text).unwrap();
        let cell = |column: &Column| column.cell(0).name().unwrap_or_default().into_owned();
        (rows.columns.iter().map(|column| column.name.clone()).collect(), rows.columns.iter().map(cell).collect())
    }

    fn owned<const N: usize>(names: [&str; N]) -> Vec<String> {
        names.map(str::to_owned).to_vec()
    }

    #[test]
    fn columns_without_a_name() {
        let with_index = (owned(["Unnamed: 0", "age", "region"]), owned(["1", "33", "east"]));
        // pandas and R's write.csv; R's write.table, whose header is a cell short.
        assert_eq!(first(",age,region\n1,33,east\n2,52,north\n"), with_index);
        assert_eq!(first("\"\",\"age\",\"region\"\n\"1\",33,\"east\"\n"), with_index);
        assert_eq!(first("\"age\",\"region\"\n\"1\",33,\"east\"\n\"2\",52,\"north\"\n"), with_index);
        // A delimiter at the end of each line, of the header too or not.
        let plain = (owned(["age", "region"]), owned(["33", "east"]));
        assert_eq!(first("age,region,\n33,east,\n52,north,\n"), plain);
        assert_eq!(first("age,region\n33,east,\n52,north,\n"), plain);
        assert_eq!(first("age,,region\n33,4,east\n"), (owned(["age", "Unnamed: 1", "region"]), owned(["33", "4", "east"])));
        // The first row alone has a cell too many.
        assert!(message("a,b\n1,2,3\n1,2\n").starts_with("t.csv, line 2: 3 cells where the header has 2; put a cell"));
    }

    #[test]
    fn a_line_for_excel_is_no_header() {
        let rows = parse_text("sep=;\nage;region\n33;east\n").unwrap();
        assert_eq!((rows.columns.len(), rows.columns[1].cell(0), rows.positions.at(0)), (2, Cell::Text("east"), Position::Line(3)));
    }

    #[test]
    fn comments_before_the_header_are_left_out_and_noted() {
        let rows = parse_text("# made by a tool\n# for you; and for me\nage;region\n33;east\n34;west\n").unwrap();
        assert_eq!(
            (rows.columns[0].name.as_str(), rows.columns[1].cell(0), rows.positions.at(0)),
            ("age", Cell::Text("east"), Position::Line(4))
        );
        assert_eq!(rows.notes, ["the 2 lines before the header that begin with \"#\" are comments and left out"]);
        assert_eq!(
            message("# made by a tool\na,b\n1,2\n1\n"),
            "t.csv, line 4: 1 cell where the header has 2; look for a missing delimiter"
        );
    }

    #[test]
    fn an_open_quote_is_an_error_with_its_line() {
        let problem = message("a,b\n1,x\n2,\"it begins\n3,y\n4,z\n");
        assert!(problem.starts_with("t.csv, line 3: the quote that opens a cell here is never closed; close it"), "{problem}");
    }

    #[test]
    fn a_table_of_tabs_keeps_its_rows_whatever_the_quotes() {
        let parse = |text: &str| parse(&text.as_bytes().to_vec().into(), "t.tsv", Some(b'\t'), &ReadOptions::default()).unwrap();
        let rows = parse("size\tb\n\"3 inch\t1\nx\t2\n4 inch\"\t3\n");
        assert_eq!((rows.positions.len(), rows.columns[0].cell(0)), (3, Cell::Text("\"3 inch")));
        assert_eq!(parse("a\tb\n\"x\ty\"\t1\n").columns[0].cell(0), Cell::Text("x\ty"));
    }

    #[test]
    fn lines_may_end_with_carriage_returns_alone() {
        let rows = parse_text("x;c\r1,89;u\r1,76;v\r").unwrap();
        assert_eq!((rows.columns.len(), rows.columns[0].cell(1)), (2, Cell::Text("1,76")));
        assert_eq!(rows.positions, [Position::Line(2), Position::Line(3)].into_iter().collect());
    }

    #[test]
    fn blank_lines_behind_the_header_count_once() {
        for (text, line) in [(";\n\n;", 3), ("\n\n;\n\n;\n", 5), ("a,b\n\n\n1,2\n", 4), ("a,b\n\n\n1,\"2\"\n", 4)] {
            assert_eq!(parse_text(text).unwrap().positions.at(0), Position::Line(line), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn lines_are_read_as_records_are(text in "[a1.,\n é]{0,120}") {
            // A quote in a row of its own column takes the long way.
            let of = |head: &str, text: &str| parse_text(&format!("x,y\n{head},1\n{text}"));
            match (of("k", &text), of("\"k\"", &text)) {
                (Ok(short), Ok(long)) => prop_assert_eq!((short.columns, short.positions), (long.columns, long.positions)),
                (Err(short), Err(long)) => prop_assert_eq!(short, long),
                (short, long) => prop_assert!(false, "{:?} {:?}", short.is_ok(), long.is_ok()),
            }
        }

        #[test]
        fn never_panics_on_any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse(&bytes.into(), "t.csv", None, &ReadOptions::default());
        }

        #[test]
        fn never_panics_on_what_looks_like_csv(text in "[ab\",;\r\n\u{feff}é]{0,120}") {
            if let Ok(rows) = parse_text(&text) {
                let count = rows.positions.len();
                prop_assert!(rows.columns.iter().all(|column| column.len() == count));
                let lines = text.split(['\n', '\r']).count() as u64;
                prop_assert!((0..count).all(|row| matches!(rows.positions.at(row), Position::Line(line) if line <= lines)));
            }
        }
    }
}
