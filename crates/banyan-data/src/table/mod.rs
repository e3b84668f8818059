//! Tables as they lie in files: named columns of cells, and for each row the place it came from.
//!
//! [`Table::read`] reads CSV, TSV, JSON Lines, Parquet and Arrow IPC by the ending of the name, and files of sentences in
//! CoNLL-U, CoNLL-U Plus and the columns of CoNLL-2003; packed by gzip or Zstandard, or not. Several tables become one by [`Table::concatenate`]; each row
//! remembers its source, so that media paths are looked up beside the right file and errors name it.
//!
//! # Sentences
//!
//! In a CoNLL file each sentence is a row and each column of its tokens a list. The words (FORM, or the first column) are
//! `tokens` and the lemmas `lemmas`; the other columns have their names in small letters (`upos`, `head`, …). A file of
//! plain columns has `ner` for its labels, the last of its columns, and `pos` and `chunk` where it has the four of
//! CoNLL-2003; others are `column2`, … by their place. Chunks (`B-NP`, `B-VP`) are never `ner`; of several columns of spans of the same
//! types, or one within the other, the first is `ner`, and the others are `ner2`, …. A comment `# key = value` is a text of its row, the document's name
//! (`# newdoc id = …`) one of all rows that follow, under `newdoc_id`. A `_` is a token without a label, an empty text in
//! the list; a list of those alone is a missing cell.

mod annotated;
mod arrow;
mod column;
mod content;
mod delimited;
pub(crate) mod encoded;
mod entry;
pub(crate) mod folder;
mod format;
mod json_lines;
mod literal;
mod numbers;
mod plain;
mod positions;
mod segment;
mod sentences;
mod spill;
mod texts;
mod written;

use std::collections::HashMap;
use std::io::Read;
use std::path::{Path, PathBuf};

pub use column::{Cell, Column};
pub use folder::{FolderParts, LABEL_COLUMN};
pub use format::{format_names, unpacked};

use crate::cache;
use crate::config::MissingLabels;
use crate::error::{Error, Hint, Place, Position};
use crate::number_format::NumberMarks;
use crate::suggest;
use content::Content;
pub(crate) use plain::plain_number;

use format::{Format, is_only_packed};
use positions::Positions;

/// How a table is read.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadOptions {
    /// Texts that count as missing besides the empty one.
    pub missing: Vec<String>,
    /// What separates the cells of delimited files; found in each file where it is not given.
    pub delimiter: Option<char>,
    /// The marks of the numbers in texts; found in each column where they are not given.
    pub numbers: NumberMarks,
    /// The folder that media paths are relative to, itself relative to that of the table or absolute. `None`: the table's own.
    pub media_root: Option<String>,
    /// What it means that an image of a YOLO data set has no file of labels.
    pub missing_labels: MissingLabels,
    /// The part that is read of a file that names several.
    pub part: TablePart,
    /// The memory that the table may take.
    pub memory: TableMemory,
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self {
            missing: default_missing(),
            delimiter: None,
            numbers: NumberMarks::default(),
            media_root: None,
            missing_labels: MissingLabels::default(),
            part: TablePart::default(),
            memory: TableMemory::default(),
        }
    }
}

/// Which part is read of a file that names several, as YOLO's `data.yaml` does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum TablePart {
    /// The images to train with.
    #[default]
    Train,
    /// Those to choose the best weights by.
    Valid,
    /// Those for the final figures.
    Test,
    /// Those for the final figures, or where there are none those to choose the best weights by, or else all.
    HeldOut,
}

impl TablePart {
    /// The part that a key of `[data]` names.
    pub fn of_key(key: &str) -> Self {
        match key {
            "valid" => Self::Valid,
            "test" => Self::Test,
            _ => Self::Train,
        }
    }
}

/// The memory that a table may take. What is beyond is in a file for as long as the table is used, and the system reads it as it is needed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableMemory {
    /// In bytes.
    pub bytes: u64,
    /// The folder of the file. `None`: that of the cache.
    pub folder: Option<PathBuf>,
}

impl Default for TableMemory {
    fn default() -> Self {
        Self { bytes: DEFAULT_MEGABYTES as u64 * 1_000_000, folder: None }
    }
}

/// The memory that a table may take unless the configuration says otherwise, in megabytes.
pub(crate) const DEFAULT_MEGABYTES: usize = 1000;

impl TableMemory {
    fn folder(&self) -> PathBuf {
        self.folder.clone().unwrap_or_else(cache::folder)
    }
}

/// What stands for a missing cell besides nothing: pandas's list, and the question mark of the UCI's tables.
const MISSING: [&str; 18] = [
    "NA", "N/A", "n/a", "<NA>", "#NA", "#N/A", "#N/A N/A", "NaN", "nan", "-NaN", "-nan", "NULL", "null", "None", "1.#IND", "-1.#IND",
    "1.#QNAN", "?",
];

/// The cells that count as missing unless the configuration says otherwise.
pub fn default_missing() -> Vec<String> {
    MISSING.map(str::to_owned).to_vec()
}

impl ReadOptions {
    fn is_missing(&self, text: &str) -> bool {
        let Some(first) = text.as_bytes().first() else { return true };
        // Few cells get further than their first byte.
        self.missing.iter().any(|spelling| spelling.as_bytes().first() == Some(first) && spelling == text)
    }

    /// The numbers among the texts that count as missing.
    fn missing_numbers(&self) -> Vec<f64> {
        self.missing.iter().filter_map(|spelling| crate::value::parse_number(spelling)).filter(|value| value.is_finite()).collect()
    }

    /// The folder that the media paths of a table in a folder are relative to.
    fn media_folder(&self, of_table: &Path) -> PathBuf {
        self.media_root.as_ref().map_or_else(|| of_table.to_path_buf(), |root| of_table.join(root))
    }
}

/// A file that rows came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The path as it was given, for messages.
    pub name: String,
    /// The folder that media paths are relative to.
    pub folder: PathBuf,
}

/// Rows and columns, with the source of each row.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// The files, in the order they were given.
    pub sources: Vec<Source>,
    /// The columns, in the order of the files.
    pub columns: Vec<Column>,
    /// The first row of each file.
    starts: Vec<usize>,
    positions: Positions,
    marks: numbers::Marks,
    notes: Vec<String>,
}

impl Table {
    /// Reads a table; the ending of the name tells the format. A file that is packed by gzip or Zstandard is unpacked, whether its name says so
    /// (`train.csv.gz`) or not. A folder of images (or sounds) is a table of their paths, with the names of the folders in it as classes
    /// ([`LABEL_COLUMN`]). Annotated images are read as they lie there: a COCO file (`.json`), a folder of Pascal VOC or one of the lists in its
    /// `ImageSets`, and a YOLO data set by its `data.yaml` or by a folder of images that has one of labels beside it.
    ///
    /// # Errors
    /// A missing file (with the nearest name in its folder), an unknown ending, no rows, two columns of one name,
    /// and whatever the format finds wrong, with the line.
    pub fn read(path: &Path, options: &ReadOptions) -> Result<Self, Error> {
        let name = path.display().to_string();
        if let Some(read) = annotated::reader_of(path) {
            if !path.exists() {
                return Err(missing_file(path, name));
            }
            let annotated::Annotated { rows: Rows { columns, positions, notes, .. }, folder } = read(path, &name, options)?;
            let notes = notes.into_iter().map(|note| format!("{name}: {note}")).collect();
            let sources = vec![Source { name, folder }];
            return Ok(Self { sources, columns, starts: vec![0], positions, marks: numbers::Marks::default(), notes });
        }
        if path.is_dir() {
            let Rows { columns, positions, .. } = folder::read(path, &name)?;
            let sources = vec![Source { name, folder: path.to_owned() }];
            return Ok(Self { sources, columns, starts: vec![0], positions, marks: numbers::Marks::default(), notes: Vec::new() });
        }
        let format = Format::of(path);
        if format.is_none() && !is_only_packed(path) {
            return Err(Error::UnknownFormat { path: name, endings: format::endings() });
        }
        Self::read_file(path, name, format, options)
    }

    /// Reads a table in a format of that name (one of [`format_names`]), whatever its own name says.
    ///
    /// # Errors
    /// An unknown format, and as [`read`](Self::read).
    pub fn read_as(path: &Path, format: &str, options: &ReadOptions) -> Result<Self, Error> {
        Self::read_file(path, path.display().to_string(), Some(named(format)?), options)
    }

    fn read_file(path: &Path, name: String, format: Option<&Format>, options: &ReadOptions) -> Result<Self, Error> {
        if !path.is_file() {
            return Err(missing_file(path, name));
        }
        let folder = options.media_folder(path.parent().unwrap_or(Path::new("")));
        Self::read_content(Content::open(path, &name)?, Source { name, folder }, format, options)
    }

    /// Reads a table from a stream, such as standard input, to its end. Without the name of a format the first bytes decide: Parquet, Arrow
    /// IPC, JSON Lines, CoNLL-U, or else CSV with any delimiter. The name is that in messages; media paths are relative to the current folder.
    ///
    /// # Errors
    /// As [`read_as`](Self::read_as).
    pub fn read_stream(mut stream: impl Read, name: &str, format: Option<&str>, options: &ReadOptions) -> Result<Self, Error> {
        let format = format.map(named).transpose()?;
        let mut bytes = Vec::new();
        let failed = |cause: std::io::Error| Error::File { action: "read", path: name.to_owned(), cause: cause.to_string() };
        stream.read_to_end(&mut bytes).map_err(failed)?;
        let source = Source { name: name.to_owned(), folder: options.media_folder(Path::new("")) };
        Self::read_content(Content::of_bytes(bytes, name)?, source, format, options)
    }

    fn read_content(content: Content, source: Source, format: Option<&Format>, options: &ReadOptions) -> Result<Self, Error> {
        let Rows { mut columns, positions, has_semicolons, notes } = match (format, content) {
            (Some(format), content) => format.read(content, &source.name, options)?,
            (None, content) => {
                let bytes = content.bytes(&source.name)?;
                Format::of_bytes(&bytes).read(Content::Bytes(bytes), &source.name, options)?
            }
        };
        columns.iter_mut().for_each(literal::read_lists);
        columns.iter_mut().for_each(encoded::read_media);
        let notes = notes.into_iter().map(|note| format!("{}: {note}", source.name)).collect();
        let marks = numbers::Marks { given: options.numbers, has_semicolons };
        Ok(Self { sources: vec![source], columns, starts: vec![0], positions, marks, notes })
    }

    /// Whether a file's name has the ending of a format that is read.
    pub fn is_table(path: &Path) -> bool {
        Format::of(path).is_some() || (path.is_file() && annotated::reader_of(path).is_some())
    }

    /// The splits of a set of annotated images (of COCO, Pascal VOC or YOLO) that a path leads to, as far as they are found beside it or in it; nothing
    /// where it leads to something else. Where a file names several parts, it stands for each: [`ReadOptions::part`] tells which is read.
    pub fn annotated_parts(path: &Path) -> Option<FolderParts> {
        annotated::parts_of(path)
    }

    /// A table made in memory; rows are numbered from 1.
    ///
    /// # Errors
    /// Two columns of one name, columns of different lengths, no rows.
    pub fn from_columns(name: &str, folder: &Path, columns: Vec<Column>) -> Result<Self, Error> {
        let rows = columns.first().map_or(0, Column::len);
        if rows == 0 {
            return Err(Error::NoRow { path: name.to_owned(), what: "is empty" });
        }
        let place = || Place { table: name.to_owned(), position: Position::Row(1), column: None };
        check_names(columns.iter().map(|column| column.name.as_str()), place)?;
        if let Some(odd) = columns.iter().find(|column| column.len() != rows) {
            return Err(Error::Line {
                place: place(),
                problem: format!("column \"{}\" has {} cells where the first has {rows}", odd.name, odd.len()),
                hint: Hint::default(),
            });
        }
        let sources = vec![Source { name: name.to_owned(), folder: folder.to_path_buf() }];
        let (positions, marks) = (Positions::of_rows(rows), numbers::Marks::default());
        Ok(Self { sources, columns, starts: vec![0], positions, marks, notes: Vec::new() })
    }

    /// One table of the rows of several, one after the other. It has the columns of all; cells are missing where
    /// a row's own table lacks the column.
    ///
    /// # Errors
    /// No table, or more than 65,536 sources.
    pub fn concatenate(tables: Vec<Self>) -> Result<Self, Error> {
        let mut tables = tables.into_iter();
        let Some(mut all) = tables.next() else {
            return Err(Error::NoRow { path: "the list of tables".to_owned(), what: "is empty" });
        };
        for table in tables {
            all.append(table)?;
        }
        Ok(all)
    }

    fn append(&mut self, other: Self) -> Result<(), Error> {
        let offset = self.sources.len();
        if offset + other.sources.len() > usize::from(u16::MAX) + 1 {
            return Err(Error::Input {
                input: "train".to_owned(),
                problem: "more than 65,536 tables".to_owned(),
                hint: Hint::new("join some of the files beforehand"),
            });
        }
        let (before, rows) = (self.rows(), self.rows() + other.rows());
        let mut place: HashMap<String, usize> =
            self.columns.iter().enumerate().map(|(index, column)| (column.name.clone(), index)).collect();
        for column in other.columns {
            let index = *place.entry(column.name.clone()).or_insert_with(|| {
                self.columns.push(Column::of_missing(column.name.clone(), before));
                self.columns.len() - 1
            });
            self.columns[index].append(column);
        }
        for column in &mut self.columns {
            let lacking = Column::of_missing(column.name.clone(), rows - column.len());
            column.append(lacking);
        }
        self.starts.extend(other.starts.iter().map(|start| start + before));
        self.sources.extend(other.sources);
        self.positions.append(&other.positions);
        self.notes.extend(other.notes);
        Ok(())
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        self.positions.len()
    }

    /// The name for messages: the file's, or all files' of a concatenated table.
    pub fn name(&self) -> String {
        let names: Vec<&str> = self.sources.iter().map(|source| source.name.as_str()).collect();
        names.join(" and ")
    }

    /// What is worth knowing of how the files were read, a sentence each.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// The column of that name, if there is one.
    pub fn find(&self, column: &str) -> Option<&Column> {
        self.columns.iter().find(|candidate| candidate.name == column)
    }

    /// The column of that name.
    ///
    /// # Errors
    /// No such column, with the nearest name.
    pub fn column(&self, column: &str) -> Result<&Column, Error> {
        self.find(column).ok_or_else(|| {
            let names: Vec<&str> = self.columns.iter().map(|known| known.name.as_str()).collect();
            let hint = suggest::hint(column, &names, "its columns");
            Error::NoSuchColumn { table: self.name(), column: column.to_owned(), hint }
        })
    }

    /// The place of a row, and of a column in it, for messages.
    pub fn place(&self, row: usize, column: Option<&str>) -> Place {
        Place {
            table: self.sources[usize::from(self.source_of(row))].name.clone(),
            position: self.positions.at(row),
            column: column.map(str::to_owned),
        }
    }

    /// The folder that the media paths of a row are relative to.
    pub fn folder(&self, row: usize) -> &Path {
        &self.sources[usize::from(self.source_of(row))].folder
    }

    /// The file of a row, an index into [`sources`](Self::sources).
    pub fn source_of(&self, row: usize) -> u16 {
        (self.starts.partition_point(|start| *start <= row).max(1) - 1) as u16
    }

    /// The number of rows of each file, in the order of [`sources`](Self::sources).
    pub fn rows_of_sources(&self) -> impl Iterator<Item = usize> {
        let ends = self.starts.iter().skip(1).copied().chain([self.rows()]);
        ends.zip(&self.starts).map(|(end, start)| end - start)
    }
}

/// What a format's reader hands over.
struct Rows {
    columns: Vec<Column>,
    positions: Positions,
    /// Whether semicolons separate the cells.
    has_semicolons: bool,
    /// What is worth knowing of how the file was read, each the end of a sentence that begins with its name.
    notes: Vec<String>,
}

impl Rows {
    fn new(columns: Vec<Column>, positions: Positions) -> Self {
        Self { columns, positions, has_semicolons: false, notes: Vec::new() }
    }
}

fn check_names<'a>(names: impl Iterator<Item = &'a str>, place: impl Fn() -> Place) -> Result<(), Error> {
    let mut seen = std::collections::HashSet::new();
    for name in names {
        if !seen.insert(name) {
            return Err(Error::DuplicateColumn { place: place(), column: name.to_owned() });
        }
    }
    Ok(())
}

/// The format of that name.
fn named(name: &str) -> Result<&'static Format, Error> {
    Format::named(name).ok_or_else(|| {
        let hint = suggest::hint(name, &format_names(), "the formats");
        Error::File { action: "read", path: format!("a table of the format \"{name}\""), cause: format!("there is no such format{hint}") }
    })
}

fn missing_file(path: &Path, name: String) -> Error {
    if path.exists() {
        return Error::File {
            action: "read",
            path: name,
            cause: "it is a pipe or a device; give a table by standard input as \"-\"".to_owned(),
        };
    }
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    if !folder.is_dir() {
        return Error::NoSuchFile { path: name, hint: Hint::new(format!("the folder {} does not exist either", folder.display())) };
    }
    let wanted = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let present: Vec<String> = std::fs::read_dir(folder)
        .map(|entries| entries.filter_map(|entry| Some(entry.ok()?.file_name().to_string_lossy().into_owned())).collect())
        .unwrap_or_default();
    let hint = banyan_method::nearest(&wanted, present.iter().map(String::as_str))
        .map(|near| Hint::new(format!("did you mean \"{}\"?", folder.join(near).display().to_string().trim_start_matches("./"))));
    Error::NoSuchFile { path: name, hint: hint.unwrap_or_default() }
}
