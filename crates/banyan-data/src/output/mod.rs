//! Writing tables of results: CSV, TSV, JSON Lines and Parquet, and sentences as CoNLL-U Plus.
//!
//! What is written can be read back by [`Table::read`](crate::table::Table::read) and by any other program. A number that
//! is not finite has no place in JSON and means nothing in a table: it is written as a missing cell in every format.
//!
//! ```
//! use banyan_data::output::{OutputColumn, OutputFormat, OutputValues, write_to};
//!
//! let columns = [
//!     OutputColumn::new("color", OutputValues::Texts(vec!["red".to_owned(), "blue".to_owned()])),
//!     OutputColumn::new("price", OutputValues::Numbers(vec![2.5, 4.0])),
//! ];
//! let mut text = Vec::new();
//! write_to(&mut text, OutputFormat::Csv, &columns)?;
//! assert_eq!(String::from_utf8_lossy(&text), "color,price\nred,2.5\nblue,4\n");
//! # Ok::<(), banyan_data::Error>(())
//! ```

mod cells;
mod conllup;
mod delimited;
mod file;
mod json_lines;
mod parquet;

use std::collections::HashSet;
use std::fmt;
use std::io::{self, Write};
use std::path::Path;

use banyan_text::frames::{Frames, PREDICATE};

use crate::error::Error;
use crate::formats::{by_ending, listed};
use crate::table::Column;

pub use file::{Source, check_output, is_stream, write_file, write_new_file};

/// One column of results.
#[derive(Debug, Clone, PartialEq)]
pub struct OutputColumn {
    /// The column's name.
    pub name: String,
    /// A value for each row.
    pub values: OutputValues,
}

/// The values of one column, all of one type.
#[derive(Debug, Clone, PartialEq)]
pub enum OutputValues {
    /// Numbers; those that are not finite become missing cells.
    Numbers(Vec<f64>),
    /// Texts.
    Texts(Vec<String>),
    /// Lists of texts: lists in JSON Lines and Parquet, texts with a separator between in CSV and TSV, a line for each in CoNLL-U Plus.
    Lists(Vec<Vec<String>>),
    /// Predicates and their roles: objects in JSON Lines, elsewhere two columns of lists, the first of which is called `predicate`
    /// ([`Frames::columns`]).
    Frames(Vec<Frames>),
    /// Cells of a table, written as they are there. In a file of texts a list of texts has a separator between, and one of numbers is JSON;
    /// in Parquet a column of several types is one of texts.
    Cells(Column),
}

impl OutputColumn {
    /// A column.
    pub fn new(name: impl Into<String>, values: OutputValues) -> Self {
        Self { name: name.into(), values }
    }
}

impl OutputValues {
    /// The number of rows.
    pub fn len(&self) -> usize {
        match self {
            Self::Numbers(values) => values.len(),
            Self::Texts(values) => values.len(),
            Self::Lists(values) => values.len(),
            Self::Frames(values) => values.len(),
            Self::Cells(column) => column.len(),
        }
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// The format of a table of results.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutputFormat {
    /// Comma-separated values with a header.
    Csv,
    /// Tab-separated values with a header.
    Tsv,
    /// One JSON object a line.
    JsonLines,
    /// Apache Parquet.
    Parquet,
    /// CoNLL-U Plus. The first column of lists holds the words (`FORM`), the others a label for each, under their names in capitals (`lemmas` as `LEMMA`);
    /// an empty text, and every word of an empty list, has `_`. A row without words is a sentence of one, `_`. The other columns are comments.
    ConllUPlus,
}

/// The formats by the endings of the files' names.
const FORMATS: &[(&[&str], OutputFormat)] = &[
    (&["csv"], OutputFormat::Csv),
    (&["tsv"], OutputFormat::Tsv),
    (&["jsonl", "ndjson"], OutputFormat::JsonLines),
    (&["parquet"], OutputFormat::Parquet),
    (&["conllup"], OutputFormat::ConllUPlus),
];

impl OutputFormat {
    /// The format that the ending of a file's name asks for. Pipes and devices without a known one get CSV.
    ///
    /// # Errors
    /// An ending that is none of the known ones.
    pub fn of(path: &Path) -> Result<Self, Error> {
        let found = by_ending(path, FORMATS, |(endings, _)| endings).map(|(_, format)| *format);
        found.or_else(|| is_stream(path).then_some(Self::Csv)).ok_or_else(|| {
            let endings = listed(FORMATS, |(endings, _)| endings);
            failed(path, &format!("its ending names no known format; results are written to {endings} files"))
        })
    }
}

/// Writes a table; the ending of the path tells the format. The file is written under another name first, so that
/// it is never there in part; a pipe or a device, whatever its name, is written to as it is ([`write_file`]).
///
/// # Errors
/// An unknown ending, columns of different lengths or of one name, for CoNLL-U Plus no column of words or labels that are not as many,
/// and a file that cannot be written.
pub fn write(path: &Path, columns: &[OutputColumn]) -> Result<(), Error> {
    let format = OutputFormat::of(path)?;
    write_file(path, |writer| write_columns(writer, format, columns).map_err(io::Error::other))
        .map_err(|cause| failed(path, &cause.to_string()))
}

/// Writes a table to wherever a writer leads.
///
/// # Errors
/// Columns of different lengths or of one name, and whatever the writer refuses.
pub fn write_to(writer: &mut (impl Write + Send), format: OutputFormat, columns: &[OutputColumn]) -> Result<(), Error> {
    write_columns(writer, format, columns).map_err(|cause| failed(Path::new("the results"), &cause))
}

fn write_columns(writer: &mut (impl Write + Send), format: OutputFormat, columns: &[OutputColumn]) -> Result<(), String> {
    if format == OutputFormat::JsonLines {
        return write_plain(writer, format, &columns.iter().collect::<Vec<_>>());
    }
    let listed: Vec<Option<[OutputColumn; 2]>> = columns.iter().map(lists_of_frames).collect();
    let plain = columns.iter().zip(&listed).flat_map(|(column, listed)| match listed {
        Some(lists) => lists.iter().collect(),
        None => vec![column],
    });
    write_plain(writer, format, &plain.collect::<Vec<_>>())
}

/// The two columns that frames are written as where there are no objects.
fn lists_of_frames(column: &OutputColumn) -> Option<[OutputColumn; 2]> {
    let OutputValues::Frames(frames) = &column.values else { return None };
    let (predicates, roles) = frames.iter().map(Frames::columns).unzip();
    let lists = |name: &str, lists| OutputColumn::new(name, OutputValues::Lists(lists));
    Some([lists(PREDICATE, predicates), lists(&column.name, roles)])
}

fn write_plain(writer: &mut (impl Write + Send), format: OutputFormat, columns: &[&OutputColumn]) -> Result<(), String> {
    let rows = columns.first().map_or(0, |column| column.values.len());
    if let Some(odd) = columns.iter().find(|column| column.values.len() != rows) {
        return Err(format!("column \"{}\" has {} rows where the first has {rows}", odd.name, odd.values.len()));
    }
    let mut names = HashSet::new();
    if let Some(twice) = columns.iter().find(|column| !names.insert(&column.name)) {
        return Err(format!("two columns would be named \"{}\"; give one of the tasks another name", twice.name));
    }
    match format {
        OutputFormat::Csv => delimited::write(writer, b',', columns, rows),
        OutputFormat::Tsv => delimited::write(writer, b'\t', columns, rows),
        OutputFormat::JsonLines => json_lines::write(writer, columns, rows),
        OutputFormat::Parquet => parquet::write(writer, columns, rows),
        OutputFormat::ConllUPlus => conllup::write(writer, columns, rows),
    }
}

/// A number in the fewest digits that mean it. Models compute in `f32`: where a number is one, its digits are those of the `f32`
/// (0.1, not 0.10000000149011612).
#[derive(Debug, Clone, Copy)]
struct Shortest(f64);

impl fmt::Display for Shortest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let single = self.0 as f32;
        if f64::from(single) == self.0 { write!(formatter, "{single}") } else { write!(formatter, "{}", self.0) }
    }
}

fn failed(path: &Path, cause: &str) -> Error {
    Error::File { action: "write", path: path.display().to_string(), cause: cause.to_owned() }
}
