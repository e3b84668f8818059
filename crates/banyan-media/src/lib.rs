//! Images and audio: safe paths, bounded decoding, and log-mel energies.

pub mod audio;
pub mod image;
pub mod index_image;
mod jpeg;
pub mod log_mel;
mod ogg;
pub mod path;

/// Why a file could not be used, in a sentence that begins with the file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file} {problem}")]
pub struct MediaError {
    /// The path as the table writes it.
    pub file: String,
    /// What is wrong, as the end of a sentence: `is empty`, `is cut short …`.
    pub problem: String,
}

/// Runs a decoder and turns its panic into a problem: a damaged file must not end a training that reads
/// ten thousand good ones.
fn guarded<T>(decode: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    banyan_guard::contained(decode).unwrap_or_else(|| Err("is damaged: its decoder failed".to_owned()))
}

/// Files larger than this are refused unread.
const LARGEST_FILE: u64 = 1 << 30;

fn read_file(path: &std::path::Path) -> Result<Vec<u8>, String> {
    let metadata = std::fs::metadata(path).map_err(|cause| match cause.kind() {
        std::io::ErrorKind::NotFound => "does not exist".to_owned(),
        _ => format!("cannot be read: {cause}"),
    })?;
    if !metadata.is_file() {
        return Err("is not a file".to_owned());
    }
    match metadata.len() {
        0 => Err("is empty (0 bytes)".to_owned()),
        length if length > LARGEST_FILE => Err("is larger than 1 GiB".to_owned()),
        _ => std::fs::read(path).map_err(|cause| format!("cannot be read: {cause}")),
    }
}
