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

/// The longest part of a file that a message quotes, in characters.
const LONGEST: usize = 80;

/// Words from a file as a message has them: in one line, and cut to a readable length.
pub(crate) fn plain(text: &str) -> String {
    let is_longer = text.chars().nth(LONGEST).is_some();
    text.chars().take(LONGEST).flat_map(char::escape_debug).chain(is_longer.then_some('…')).collect()
}

/// The same for a name.
pub(crate) fn quote(text: &str) -> String {
    format!("\"{}\"", plain(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_in_one_line_and_not_too_long() {
        assert_eq!(quote("a\n\u{1b}[31m\"é"), r#""a\n\u{1b}[31m\"é""#);
        assert_eq!(plain(&"東".repeat(100)), "東".repeat(80) + "…");
    }
}
