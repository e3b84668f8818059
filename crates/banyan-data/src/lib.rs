//! Tables and media to typed columns to batches with masks.
pub mod audit;
pub mod batch;
pub mod config;
pub mod dataset;
pub mod date;
mod error;
mod files;
mod fit;
mod hash;
pub mod infer;
pub mod media;
pub mod output;
mod read;
pub mod schema;
pub mod split;
pub mod suggest;
pub mod table;
pub mod text;
pub mod value;

pub use error::{Error, Mend, Place, Position};
