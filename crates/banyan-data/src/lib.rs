//! Tables and media to typed columns to batches with masks.
pub mod batch;
pub mod config;
pub mod schema;
