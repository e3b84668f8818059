//! Parquet.

use banyan_guard::{check_memory, contained};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData};

use crate::damage::{damaged, described, failed, unsigned, within};
use crate::delta::check_deltas;
use crate::pages::check_pages;
use crate::{Batches, Error, Source};

/// Bytes that a value takes at least while it is read.
const VALUE_BYTES: u64 = 8;

pub(crate) fn read(source: Source) -> Result<Batches, Error> {
    contained(|| {
        let builder = ParquetRecordBatchReaderBuilder::try_new(source.clone()).map_err(|cause| described(&cause))?;
        check(&source, builder.metadata())?;
        let schema = builder.schema().clone();
        Ok(Batches::new(schema, builder.build().map_err(|cause| described(&cause))?))
    })
    .unwrap_or_else(|| Err(failed()))
}

/// Whether the lengths and counts of a file agree with each other and with the file.
fn check(source: &Source, metadata: &ParquetMetaData) -> Result<(), Error> {
    let (mut rows, mut values) = (0_u64, 0_u64);
    for group in metadata.row_groups() {
        rows = rows.saturating_add(unsigned(group.num_rows(), "the number of rows")?);
        for column in group.columns() {
            values = values.saturating_add(unsigned(column.num_values(), "the number of values")?);
            let (start, length) = range(column)?;
            if !within(start, length, source.length()) {
                return Err(damaged("a column lies beyond its end"));
            }
            if check_pages(source, column, start, length)? {
                check_deltas(source, column, usize::try_from(group.num_rows()).unwrap_or(usize::MAX))?;
            }
        }
    }
    if rows != unsigned(metadata.file_metadata().num_rows(), "the number of rows")? {
        return Err(damaged("it states another number of rows than its parts have"));
    }
    check_memory(values.saturating_mul(VALUE_BYTES))?;
    Ok(())
}

/// Where a column lies in the file. The reader's own function panics where one of the numbers is negative.
fn range(column: &ColumnChunkMetaData) -> Result<(u64, u64), Error> {
    let start = column.dictionary_page_offset().unwrap_or(column.data_page_offset());
    Ok((unsigned(start, "the place of a column")?, unsigned(column.compressed_size(), "the length of a column")?))
}
