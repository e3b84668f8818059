//! Whether the pages of a column in a Parquet file can be as long as their heads say, before the reader makes room for them.

use parquet::basic::Compression;
use parquet::file::metadata::ColumnChunkMetaData;

use crate::damage::{damaged, described};
use crate::thrift::{STRUCT, Thrift};
use crate::{Error, Source};

/// The head of a page is read in so many bytes, and where these are too few (it may hold the greatest of its texts) in eight times as many.
const HEAD: u64 = 1 << 10;
/// How much can come of a byte: what a code of each format can repeat. What a few bytes more or less hold is allowed for by [`FREE`].
const SNAPPY_TIMES: u64 = 64;
const GZIP_TIMES: u64 = 1100;
const LZ4_TIMES: u64 = 256;
const ZSTD_TIMES: u64 = 1 << 15;
const FREE: u64 = 1 << 12;

/// What the head of a page says.
#[derive(Debug, Default, PartialEq)]
struct Head {
    unpacked: i64,
    packed: i64,
    /// Values of a page of data, of either version.
    values: i64,
    /// How these are encoded, by the number in the format.
    encoding: i64,
    /// Entries of a page with a dictionary.
    entries: i64,
}

/// The encodings of texts by the differences of their lengths.
const DELTAS: std::ops::RangeInclusive<i64> = 6..=7;

/// Checks the pages of a column, which lies in the file from a place on. Returns whether some have texts by the differences of their lengths, which stand in
/// the pages' bodies.
pub(crate) fn check_pages(source: &Source, column: &ColumnChunkMetaData, start: u64, length: u64) -> Result<bool, Error> {
    let (mut place, end) = (start, start + length);
    let (mut values, mut has_deltas) = (0_i64, false);
    // What stands behind the last value is not read: some writers leave a few bytes there.
    while values < column.num_values() && place < end {
        let (head, after) = head(source, place, end)?;
        let (Ok(packed), Ok(unpacked)) = (u64::try_from(head.packed), u64::try_from(head.unpacked)) else {
            return Err(damaged("the length of a page is negative"));
        };
        if packed > end - after {
            return Err(damaged("a page ends beyond the end of its column"));
        }
        if unpacked > packed.saturating_mul(times(column.compression())).saturating_add(FREE) {
            return Err(damaged("a page states a length that cannot come of it"));
        }
        // An entry takes a bit at least.
        if head.entries < 0 || head.entries as u64 > unpacked.saturating_mul(8) || head.values < 0 {
            return Err(damaged("a page states more values than it holds"));
        }
        values = values.saturating_add(head.values);
        has_deltas |= DELTAS.contains(&head.encoding);
        place = after + packed;
    }
    if values < column.num_values() { Err(damaged("a column states more values than its pages have")) } else { Ok(has_deltas) }
}

fn times(compression: Compression) -> u64 {
    match compression {
        Compression::UNCOMPRESSED => 1,
        Compression::SNAPPY => SNAPPY_TIMES,
        Compression::GZIP(_) => GZIP_TIMES,
        Compression::LZ4 | Compression::LZ4_RAW => LZ4_TIMES,
        // The reader refuses those that it does not know.
        Compression::ZSTD(_) | Compression::BROTLI(_) | Compression::LZO => ZSTD_TIMES,
    }
}

/// The head of the page at a place, and the place behind it.
fn head(source: &Source, place: u64, end: u64) -> Result<(Head, u64), Error> {
    let mut length = HEAD.min(end - place);
    loop {
        let bytes = source.part(place, length).map_err(|cause| described(&cause))?;
        let mut reader = Thrift::new(&bytes);
        match parse(&mut reader) {
            Some(head) => return Ok((head, place + reader.place() as u64)),
            None if length < end - place => length = (length * 8).min(end - place),
            None => return Err(damaged("the head of a page cannot be read")),
        }
    }
}

fn parse(reader: &mut Thrift<'_>) -> Option<Head> {
    let mut head = Head::default();
    reader.fields(|reader, number, kind| {
        match (number, kind) {
            (2, 5) => head.unpacked = reader.integer()?,
            (3, 5) => head.packed = reader.integer()?,
            (5, STRUCT) => [head.values, head.encoding] = numbers(reader, [1, 2])?,
            (8, STRUCT) => [head.values, head.encoding] = numbers(reader, [1, 4])?,
            (7, STRUCT) => [head.entries] = numbers(reader, [1])?,
            _ => reader.skip(kind)?,
        }
        Some(())
    })?;
    Some(head)
}

/// The fields of those numbers in the head of a kind of page; 0 for one that is not there.
fn numbers<const N: usize>(reader: &mut Thrift<'_>, wanted: [i64; N]) -> Option<[i64; N]> {
    let mut found = [0; N];
    reader.fields(|reader, number, kind| match wanted.iter().position(|wanted| *wanted == number) {
        Some(place) if kind == 5 => {
            found[place] = reader.integer()?;
            Some(())
        }
        _ => reader.skip(kind),
    })?;
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_head_of_a_page() {
        // type = 0, unpacked = 100, packed = 60, data page { values = 7, encoding = 0 }
        let bytes = [0x15, 0x00, 0x15, 0xc8, 0x01, 0x15, 0x78, 0x2c, 0x15, 0x0e, 0x15, 0x00, 0x00, 0x00];
        let mut reader = Thrift::new(&bytes);
        assert_eq!(parse(&mut reader), Some(Head { unpacked: 100, packed: 60, values: 7, encoding: 0, entries: 0 }));
        assert_eq!(reader.place(), bytes.len());
    }
}
