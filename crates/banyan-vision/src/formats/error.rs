//! What can be wrong with a file of annotations, in words for the person whose file it is.

use std::path::Path;

/// Why a file could not be read.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Error {
    /// There is no such file, or it cannot be opened.
    #[error("cannot read {path}: {cause}")]
    File {
        /// The path.
        path: String,
        /// The cause.
        cause: String,
    },
    /// A file that breaks its format.
    #[error("{file}, {place}: {problem}")]
    Content {
        /// The file's name as it was given.
        file: String,
        /// Where in it: a line, or what the file calls the part.
        place: String,
        /// What is wrong, and how to put it right.
        problem: String,
    },
}

impl Error {
    pub(super) fn content(file: &str, place: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::Content { file: file.to_owned(), place: place.into(), problem: problem.into() }
    }
}

/// The bytes of a file.
pub(super) fn bytes(path: &Path) -> Result<Vec<u8>, Error> {
    std::fs::read(path).map_err(|cause| Error::File { path: path.display().to_string(), cause: cause.to_string() })
}

/// The text of a file, without a byte order mark.
pub(super) fn text(path: &Path) -> Result<String, Error> {
    let text = String::from_utf8(bytes(path)?).map_err(|cause| {
        let valid = &cause.as_bytes()[..cause.utf8_error().valid_up_to()];
        let line = 1 + valid.iter().filter(|&&byte| byte == b'\n').count();
        Error::content(&path.display().to_string(), format!("line {line}"), "this is not UTF-8; save the file in that encoding")
    })?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

/// A value as a message quotes it: cut to a readable length, and in one line.
pub(super) fn quote(text: &str) -> String {
    const LONGEST: usize = 40;
    match text.char_indices().nth(LONGEST) {
        None => format!("{text:?}"),
        Some((end, _)) => format!("{:?}…", &text[..end]),
    }
}
