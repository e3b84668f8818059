//! Whether pages of texts in delta encoding hold as many lengths as they say: their reader makes room for all of them before it reads the first.

use std::sync::Arc;

use parquet::basic::Encoding;
use parquet::column::page::Page;
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::file::serialized_reader::SerializedPageReader;

use crate::damage::{damaged, described};
use crate::thrift::Thrift;
use crate::{Error, Source};

/// Checks the pages of a column whose pages' own lengths are checked already: they are unpacked here.
pub(crate) fn check_deltas(source: &Source, column: &ColumnChunkMetaData, rows: usize) -> Result<(), Error> {
    let pages = SerializedPageReader::new(Arc::new(source.clone()), column, rows, None).map_err(|cause| described(&cause))?;
    for page in pages {
        let page = page.map_err(|cause| described(&cause))?;
        let lists = match page.encoding() {
            Encoding::DELTA_LENGTH_BYTE_ARRAY => 1,
            // The lengths that are shared with the text before, and those of what follows.
            Encoding::DELTA_BYTE_ARRAY => 2,
            _ => continue,
        };
        let mut reader = Thrift::new(values(&page, column).ok_or_else(broken)?);
        for _ in 0..lists {
            let count = pass_deltas(&mut reader).ok_or_else(broken)?;
            if count > u64::from(page.num_values()) {
                return Err(damaged("a page states more texts than values"));
            }
        }
    }
    Ok(())
}

fn broken() -> Error {
    damaged("the lengths of the texts of a page cannot be read")
}

/// The values of a page, behind the levels that tell which are missing.
fn values<'a>(page: &'a Page, column: &ColumnChunkMetaData) -> Option<&'a [u8]> {
    match page {
        Page::DataPage { buf, .. } => {
            let descriptor = column.column_descr();
            let mut rest: &[u8] = buf;
            for level in [descriptor.max_rep_level(), descriptor.max_def_level()] {
                if level > 0 {
                    let (length, behind) = rest.split_first_chunk::<4>()?;
                    rest = behind.get(u32::from_le_bytes(*length) as usize..)?;
                }
            }
            Some(rest)
        }
        Page::DataPageV2 { buf, def_levels_byte_len, rep_levels_byte_len, .. } => {
            buf.get((*def_levels_byte_len as usize).checked_add(*rep_levels_byte_len as usize)?..)
        }
        Page::DictionaryPage { .. } => None,
    }
}

/// Passes over a list of numbers in the encoding DELTA_BINARY_PACKED, and gives how many it says that there are; `None` where it holds fewer.
fn pass_deltas(reader: &mut Thrift<'_>) -> Option<u64> {
    let (block, parts, count) = (reader.unsigned()?, reader.unsigned()?, reader.unsigned()?);
    reader.integer()?;
    let part = block.checked_div(parts).filter(|part| *part > 0)?;
    let mut left = count.saturating_sub(1);
    while left > 0 {
        reader.integer()?;
        let widths: Vec<u8> = (0..parts).map(|_| reader.byte()).collect::<Option<_>>()?;
        for width in widths {
            if left == 0 {
                break;
            }
            let bits = part.checked_mul(u64::from(width))?;
            reader.pass(usize::try_from(bits.div_ceil(8)).ok()?)?;
            left = left.saturating_sub(part);
        }
    }
    Some(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_deltas_are_passed_to_their_end() {
        // Blocks of 128 in four parts; five numbers from 7 on, the deltas 0 to 3 and two bits wide; the last parts have no data.
        let bytes = [0x80, 0x01, 0x04, 0x05, 0x0e, 0x00, 2, 0, 0, 0, 0xe4, 0, 0, 0, 0, 0, 0, 0, 9];
        let mut reader = Thrift::new(&bytes);
        assert_eq!((pass_deltas(&mut reader), reader.place()), (Some(5), 18));
        // A million numbers, of which there is nothing.
        let bytes = [0x80, 0x01, 0x04, 0xc0, 0x84, 0x3d, 0x0e, 0x00, 2, 0, 0, 0, 0xe4];
        assert_eq!(pass_deltas(&mut Thrift::new(&bytes)), None);
        assert_eq!(pass_deltas(&mut Thrift::new(&[0x80, 0x01, 0x00, 0x05, 0x0e])), None);
    }
}
