//! The crate from outside: files in, batches and sentences out.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail the test")]

mod annotated;
mod audit;
mod cells;
mod columnar;
mod dataset;
mod field_dates;
mod field_files;
mod field_sentences;
mod fit;
mod frames;
mod images;
mod infer;
mod kinds;
mod large;
mod lemmas;
mod limits;
mod media_bytes;
mod mixed_spellings;
mod packed;
mod sentences;
mod single_precision;
mod spelled_numbers;
mod spellings;
mod split;
mod support;
mod tables;
