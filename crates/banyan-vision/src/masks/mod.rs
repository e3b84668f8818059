//! Masks of objects: which pixels of an image an object covers.
//!
//! They are kept as [`RunLength`]s, which COCO's files hold too; [`polygon`] makes them of outlines.

mod error;
mod overlap;
pub mod polygon;
mod run_length;
mod text;

pub use error::MaskError;
pub use run_length::RunLength;

/// The most pixels of a mask, so that a few characters of a file cannot ask for all memory.
pub const MOST_PIXELS: u64 = 1 << 28;
