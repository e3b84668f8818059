//! Files read whole, within a bound.

use std::path::Path;

use crate::budget::{FILES, Share};

/// Files larger than this are refused unread.
const LARGEST_FILE: u64 = 1 << 30;

/// The bytes of a file, which count as memory in use while the value lives.
pub(crate) struct Content {
    /// All bytes.
    pub(crate) bytes: Vec<u8>,
    /// The memory that they take.
    pub(crate) share: Share<'static>,
}

/// Reads a file.
///
/// # Errors
/// What is wrong with it, as the end of a sentence that begins with its name.
pub(crate) fn read(path: &Path) -> Result<Content, String> {
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
    match metadata.len() {
        0 => Err("is empty (0 bytes)".to_owned()),
        length if length > LARGEST_FILE => Err("is larger than 1 GiB".to_owned()),
        length => {
            let share = FILES.take(length);
            Ok(Content { bytes: std::fs::read(path).map_err(unreadable)?, share })
        }
    }
}
