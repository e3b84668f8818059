//! The crate from outside: files in, batches and sentences out.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail the test")]

mod audit;
mod cells;
mod dataset;
mod field_files;
mod fit;
mod frames;
mod infer;
mod kinds;
mod lemmas;
mod limits;
mod sentences;
mod single_precision;
mod split;
mod support;
mod tables;
