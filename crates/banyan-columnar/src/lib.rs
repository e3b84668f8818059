//! Parquet and Arrow files as batches of columns.
//!
//! The readers of `parquet` and `arrow-ipc` are generic, and are compiled where they are used, which takes long. This crate uses them once, for
//! files, so that the code which looks at the columns is compiled without them.
//!
//! A file may be damaged or made to do harm. All lengths that it states are checked against its own length before anything is made of that size,
//! and a panic of a reader is an error.
//!
//! ```
//! use std::fs::File;
//! use std::sync::Arc;
//! use arrow_array::{Float64Array, RecordBatch};
//! use banyan_columnar::{read_parquet, write_parquet};
//!
//! let path = std::env::temp_dir().join(format!("banyan-columnar-{}.parquet", std::process::id()));
//! let batch = RecordBatch::try_from_iter([("x", Arc::new(Float64Array::from(vec![1.0, 2.5])) as _)])?;
//! write_parquet(&mut File::create(&path)?, &batch)?;
//!
//! let batches = read_parquet(File::open(&path)?)?;
//! assert_eq!(batches.schema().field(0).name(), "x");
//! assert_eq!(batches.collect::<Result<Vec<_>, _>>()?, [batch]);
//! # std::fs::remove_file(&path)?;
//! # Ok::<(), Box<dyn std::error::Error + Send + Sync>>(())
//! ```

mod batches;
mod damage;
mod delta;
mod ipc;
mod pages;
mod parquet;
mod source;
mod thrift;

use std::io::Write;

use ::parquet::arrow::ArrowWriter;
use ::parquet::basic::Compression;
use ::parquet::file::properties::WriterProperties;
use arrow_array::RecordBatch;

pub use batches::Batches;
pub use source::Source;

/// What a reader or a writer says of a file that it cannot read or write: the end of a sentence, on one line.
pub type Error = Box<dyn std::error::Error + Send + Sync>;

/// Opens a Parquet file.
///
/// # Errors
/// If it is none, or is damaged or truncated; a damaged part shows when its batch is read.
pub fn read_parquet(source: impl Into<Source>) -> Result<Batches, Error> {
    parquet::read(source.into())
}

/// Opens an Arrow IPC file. The same endings are used for the file format, which has an index at its end, and for the stream format, which has none.
///
/// # Errors
/// As [`read_parquet`].
pub fn read_ipc(source: impl Into<Source>) -> Result<Batches, Error> {
    ipc::read(source.into())
}

/// Writes a batch as a Parquet file compressed with Snappy.
///
/// # Errors
/// If it cannot be written.
pub fn write_parquet(writer: &mut (dyn Write + Send), batch: &RecordBatch) -> Result<(), Error> {
    let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
    let mut writer = ArrowWriter::try_new(writer, batch.schema(), Some(properties))?;
    writer.write(batch)?;
    writer.close()?;
    Ok(())
}
