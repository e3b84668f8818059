//! What can be wrong with a file of weights.

use std::path::{Path, PathBuf};

/// Why weights could not be read: a sentence that begins with the file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {problem}", .file.display())]
pub struct CheckpointError {
    file: PathBuf,
    problem: String,
}

impl CheckpointError {
    pub(crate) fn new(file: &Path, problem: impl Into<String>) -> Self {
        Self { file: file.to_owned(), problem: problem.into() }
    }

    /// The file, or the folder in which no file was found.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// What is wrong, and a way to put it right: the sentence without the file.
    pub fn problem(&self) -> &str {
        &self.problem
    }
}

/// The hint for a file that is not as it was written.
pub(crate) const DAMAGED: &str = "copy or download the file again";

/// A name from a file as a message quotes it: in one line, and cut to a readable length.
pub(crate) fn quote(text: &str) -> String {
    const LONGEST: usize = 80;
    match text.char_indices().nth(LONGEST) {
        None => format!("{text:?}"),
        Some((end, _)) => format!("{:?}…", &text[..end]),
    }
}
