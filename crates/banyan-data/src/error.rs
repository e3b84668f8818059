//! What can go wrong with a table, in sentences for the person whose table it is.
//!
//! Each message says what is wrong, where (file, line, column) and how to fix it.

use std::fmt;
use std::path::Path;

pub use banyan_text::Hint;

/// Where a cell is: file, line or row, and column where one is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The table's file.
    pub table: String,
    /// The line in the file, or the row where the file has no lines; from 1.
    pub position: Position,
    /// The column.
    pub column: Option<String>,
}

/// A line of a text file, or a row of a binary one; both from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Position {
    /// A line; where a record spans several, its first.
    Line(u64),
    /// A row, the first being 1.
    Row(u64),
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.position {
            Position::Line(line) => write!(formatter, "{}, line {line}", self.table)?,
            Position::Row(row) => write!(formatter, "{}, row {row}", self.table)?,
        }
        match &self.column {
            Some(column) => write!(formatter, ", column \"{column}\""),
            None => Ok(()),
        }
    }
}

/// What can go wrong when data is read, understood or encoded.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file is not there.
    #[error("{path} does not exist{hint}")]
    NoSuchFile {
        /// The path as given.
        path: String,
        /// The nearest existing name.
        hint: Hint,
    },
    /// The ending of the file's name is none of a known format.
    #[error("{path} has no known format; tables are {endings} files")]
    UnknownFormat {
        /// The path as given.
        path: String,
        /// The endings of all formats.
        endings: String,
    },
    /// The file could not be read or written.
    #[error("cannot {action} {path}: {cause}")]
    File {
        /// `read` or `write`.
        action: &'static str,
        /// The path.
        path: String,
        /// The cause, in the words of whoever noticed.
        cause: String,
    },
    /// Results would be written over what they are made from.
    #[error("{path} is {what}, and would be overwritten; write to another file")]
    OutputIsSource {
        /// The path of the results, as given.
        path: String,
        /// What the file is.
        what: String,
    },
    /// The system starts no more threads.
    #[error("{threads} threads could not be started: {cause}; lower \"threads\" in [training]")]
    Threads {
        /// The threads that were to be started.
        threads: usize,
        /// The cause, in the system's words.
        cause: String,
    },
    /// The file has no row.
    #[error("{path} {what}; a table needs at least one row")]
    NoRow {
        /// The path.
        path: String,
        /// `is empty`, `has a header but no row` or `has no sentence`.
        what: &'static str,
    },
    /// Two columns have one name.
    #[error("{place}: two columns are named \"{column}\"; rename one of them")]
    DuplicateColumn {
        /// Where.
        place: Place,
        /// The name.
        column: String,
    },
    /// A file of annotated images that breaks its format.
    #[error("{file}, {place}: {problem}")]
    Annotation {
        /// The file.
        file: String,
        /// Where in it: a line, or what the file calls the part.
        place: String,
        /// What is wrong, and how to put it right.
        problem: String,
    },
    /// A line that cannot be cut into cells.
    #[error("{place}: {problem}{hint}")]
    Line {
        /// Where.
        place: Place,
        /// What is wrong.
        problem: String,
        /// How to fix it.
        hint: Hint,
    },
    /// A column is asked for that the table lacks.
    #[error("{table} has no column \"{column}\"{hint}")]
    NoSuchColumn {
        /// The table's name.
        table: String,
        /// The column asked for.
        column: String,
        /// The nearest name, or the names there are.
        hint: Hint,
    },
    /// A cell that does not fit the type of its column.
    #[error("{place}: {problem}{hint}")]
    Cell {
        /// Where.
        place: Place,
        /// What is wrong.
        problem: String,
        /// How to fix it.
        hint: Hint,
    },
    /// An input cannot be learned from.
    #[error("input \"{input}\": {problem}{hint}")]
    Input {
        /// The input's name.
        input: String,
        /// What is wrong.
        problem: String,
        /// How to fix it.
        hint: Hint,
    },
    /// A task cannot be learned.
    #[error("task \"{task}\": {problem}{hint}")]
    Task {
        /// The task's name.
        task: String,
        /// What is wrong.
        problem: String,
        /// How to fix it.
        hint: Hint,
    },
    /// A row that holds nothing to learn or predict from.
    #[error("{place}: nothing is left of this row: {cause}; fix the file, or set on_bad_row = \"skip\"")]
    NothingLeft {
        /// Where.
        place: Place,
        /// The first unreadable file and its cause.
        cause: String,
    },
    /// An image or an audio file could not be read and `on_bad_row = "error"`.
    #[error("{place}: {cause}; fix the file, or set on_bad_row = \"missing\" or \"skip\"")]
    Media {
        /// Where.
        place: Place,
        /// The file and the cause.
        cause: String,
    },
    /// An image or an audio file could be read when its table was encoded, and not when it was needed again.
    #[error("{place}: {cause}, though it could be read when the data was checked; put the file back")]
    Changed {
        /// Where it was first named.
        place: Place,
        /// The file and the cause.
        cause: String,
    },
    /// A path that leaves the folder in which media files are looked up.
    #[error(
        "{place}: \"{path}\" leaves the folder of media files; they must lie in the table's folder or below it, or in the one that data.media_root names"
    )]
    OutsideFolder {
        /// Where.
        place: Place,
        /// The path as written.
        path: String,
    },
    /// The split cannot be made.
    #[error("split: {problem}{hint}")]
    Split {
        /// What is wrong.
        problem: String,
        /// How to fix it.
        hint: Hint,
    },
    /// Too few rows to learn from.
    #[error("{table}: {rows} training row{}; at least 2 are needed", if *rows == 1 { "" } else { "s" })]
    TooFewRows {
        /// The table's name.
        table: String,
        /// The training rows.
        rows: usize,
    },
}

impl Error {
    /// A file that could not be read.
    pub(crate) fn reading(path: &Path, cause: &dyn fmt::Display) -> Self {
        Self::File { action: "read", path: path.display().to_string(), cause: cause.to_string() }
    }

    /// A file that could not be written.
    pub(crate) fn writing(path: &Path, cause: &dyn fmt::Display) -> Self {
        Self::File { action: "write", path: path.display().to_string(), cause: cause.to_string() }
    }
}

impl From<banyan_text::Error> for Error {
    fn from(error: banyan_text::Error) -> Self {
        match error {
            banyan_text::Error::File { path, cause } => Self::File { action: "read", path, cause },
            banyan_text::Error::NoSentence { path, what } => Self::NoRow { path, what },
            banyan_text::Error::Line { place, problem, hint } => {
                let place = Place { table: place.file, position: Position::Line(place.line), column: place.column };
                Self::Line { place, problem, hint }
            }
        }
    }
}

impl From<banyan_vision::formats::Error> for Error {
    fn from(error: banyan_vision::formats::Error) -> Self {
        match error {
            banyan_vision::formats::Error::File { path, cause } => Self::File { action: "read", path, cause },
            banyan_vision::formats::Error::Content { file, place, problem } => Self::Annotation { file, place, problem },
        }
    }
}
