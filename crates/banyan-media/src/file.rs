//! Files read whole, within a bound.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use crate::budget::{FILES, Share};

/// Files larger than this are refused unread.
const LARGEST_FILE: u64 = 1 << 30;

/// What a decoder reads: a file on the disk, or one whose bytes are at hand, as they are in a table. The same bytes give the same values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin<'a> {
    /// The path of a file.
    Path(&'a Path),
    /// All bytes of a file.
    Bytes(&'a [u8]),
}

impl<'a> From<&'a Path> for Origin<'a> {
    fn from(path: &'a Path) -> Self {
        Self::Path(path)
    }
}

impl<'a> From<&'a PathBuf> for Origin<'a> {
    fn from(path: &'a PathBuf) -> Self {
        Self::Path(path)
    }
}

impl<'a> From<&'a [u8]> for Origin<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Self::Bytes(bytes)
    }
}

/// The bytes of a file, which count as memory in use while the value lives.
pub(crate) struct Content<'a> {
    /// All bytes.
    pub(crate) bytes: Cow<'a, [u8]>,
    /// The memory that they take. Bytes at hand have their share too, since some decoders copy them.
    pub(crate) share: Share<'static>,
}

/// Reads a file.
///
/// # Errors
/// What is wrong with it, as the end of a sentence that begins with its name.
pub(crate) fn read(origin: Origin<'_>) -> Result<Content<'_>, String> {
    match origin {
        Origin::Bytes(bytes) => {
            let share = share(bytes.len() as u64)?;
            Ok(Content { bytes: Cow::Borrowed(bytes), share })
        }
        Origin::Path(path) => read_path(path),
    }
}

fn read_path(path: &Path) -> Result<Content<'static>, String> {
    let unreadable = |cause: std::io::Error| match cause.kind() {
        std::io::ErrorKind::NotFound => "does not exist".to_owned(),
        _ => format!("cannot be read: {cause}"),
    };
    let metadata = std::fs::metadata(path).map_err(unreadable)?;
    // A pipe or a device would make the program wait for ever.
    if metadata.is_dir() {
        return Err("is a folder, not a file".to_owned());
    }
    if !metadata.is_file() {
        return Err("is a pipe, a socket or a device, not a file".to_owned());
    }
    let share = share(metadata.len())?;
    Ok(Content { bytes: Cow::Owned(std::fs::read(path).map_err(unreadable)?), share })
}

fn share(length: u64) -> Result<Share<'static>, String> {
    match length {
        0 => Err("is empty (0 bytes)".to_owned()),
        length if length > LARGEST_FILE => Err("is larger than 1 GiB".to_owned()),
        length => Ok(FILES.take(length)),
    }
}
