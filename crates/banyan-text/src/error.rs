//! What can go wrong with sentences, in words for the person whose sentences they are.

use std::fmt;

/// A line of a file, and the column in it where one is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file's name as it was given.
    pub file: String,
    /// The line, from 1.
    pub line: u64,
    /// The column.
    pub column: Option<String>,
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}, line {}", self.file, self.line)?;
        match &self.column {
            Some(column) => write!(formatter, ", column \"{column}\""),
            None => Ok(()),
        }
    }
}

/// An optional hint at the end of an error message: displayed as `; …`, or as nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hint(pub Option<String>);

impl Hint {
    /// A hint with words.
    pub fn new(words: impl Into<String>) -> Self {
        Self(Some(words.into()))
    }
}

impl fmt::Display for Hint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(words) => write!(formatter, "; {words}"),
            None => Ok(()),
        }
    }
}

/// What can go wrong when a file of sentences or of word vectors is read.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Error {
    /// The file could not be read.
    #[error("cannot read {path}: {cause}")]
    File {
        /// The path.
        path: String,
        /// The cause.
        cause: String,
    },
    /// The file has no sentence.
    #[error("{path} {what}")]
    NoSentence {
        /// The path.
        path: String,
        /// `is empty` or `has no sentence`.
        what: &'static str,
    },
    /// A line that breaks the format.
    #[error("{place}: {problem}{hint}")]
    Line {
        /// Where.
        place: Place,
        /// What is wrong.
        problem: String,
        /// How to put it right.
        hint: Hint,
    },
}

impl Error {
    pub(crate) fn line(file: &str, line: u64, problem: impl Into<String>, hint: impl Into<String>) -> Self {
        let place = Place { file: file.to_owned(), line, column: None };
        Self::Line { place, problem: problem.into(), hint: Hint::new(hint) }
    }
}

/// What is wrong with the labels of a sentence. Where the sentence stands is known to whoever asked for them to be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{problem}; {hint}")]
pub struct LabelError {
    /// What is wrong.
    pub problem: String,
    /// How to put it right.
    pub hint: &'static str,
}

impl LabelError {
    pub(crate) fn new(problem: impl Into<String>, hint: &'static str) -> Self {
        Self { problem: problem.into(), hint }
    }
}
