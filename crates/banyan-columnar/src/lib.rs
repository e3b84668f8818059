//! Parquet and Arrow files as batches of columns.
//!
//! The readers of `parquet` and `arrow-ipc` are generic, and are compiled where they are used, which takes long. This crate uses them once, for
//! files, so that the code which looks at the columns is compiled without them.
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

use std::fs::File;
use std::io::{Seek, Write};

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;

/// What a reader or a writer says of a file that it cannot read or write.
pub type Error = Box<dyn std::error::Error + Send + Sync>;

/// The batches of a file, in order.
pub struct Batches {
    schema: SchemaRef,
    batches: Box<dyn Iterator<Item = Result<RecordBatch, Error>>>,
}

impl std::fmt::Debug for Batches {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Batches").field("schema", &self.schema).finish_non_exhaustive()
    }
}

impl Batches {
    fn new<E: Into<Error>>(schema: SchemaRef, batches: impl Iterator<Item = Result<RecordBatch, E>> + 'static) -> Self {
        Self { schema, batches: Box::new(batches.map(|batch| batch.map_err(Into::into))) }
    }

    /// The names and types of the columns, and the file's own metadata.
    pub fn schema(&self) -> &SchemaRef {
        &self.schema
    }
}

impl Iterator for Batches {
    type Item = Result<RecordBatch, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        self.batches.next()
    }
}

/// Opens a Parquet file.
///
/// # Errors
/// If it is none, or is damaged or truncated; a damaged part shows when its batch is read.
pub fn read_parquet(file: File) -> Result<Batches, Error> {
    let reader = ParquetRecordBatchReaderBuilder::try_new(file)?;
    let schema = reader.schema().clone();
    Ok(Batches::new(schema, reader.build()?))
}

/// Opens an Arrow IPC file. The same endings are used for the file format, which has an index at its end, and for the stream format, which has none.
///
/// # Errors
/// As [`read_parquet`].
pub fn read_ipc(mut file: File) -> Result<Batches, Error> {
    if let Ok(reader) = arrow_ipc::reader::FileReader::try_new_buffered(file.try_clone()?, None) {
        return Ok(Batches::new(reader.schema(), reader));
    }
    file.rewind()?;
    let reader = arrow_ipc::reader::StreamReader::try_new_buffered(file, None)?;
    Ok(Batches::new(reader.schema(), reader))
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
