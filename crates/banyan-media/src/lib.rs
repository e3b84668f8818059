//! Images and audio, in files or as bytes: safe paths, bounded decoding, and log-mel energies.

pub mod audio;
mod budget;
pub mod depth_image;
mod file;
pub mod fit;
pub mod image;
pub mod index_image;
mod jpeg;
pub mod levels;
pub mod log_mel;
pub mod path;
mod signature;

pub use file::Origin;
pub use signature::{Medium, medium, name as format_name};

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
