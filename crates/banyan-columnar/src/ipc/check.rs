//! Whether the lengths in an Arrow IPC file agree with each other and with the file, before its reader believes them.
//!
//! Only the messages' metadata are read, and of compressed buffers the length before them; the bodies, which are nearly all of a file, are not.

use arrow_ipc::{Block, CompressionType, Footer, Message, MessageHeader, RecordBatch, root_as_footer, root_as_message};
use banyan_guard::check_memory;
use bytes::Bytes;

use crate::damage::{damaged, described, unsigned, within};
use crate::{Error, Source};

/// The magic at both ends of a file, the first with two bytes of padding; the last after the footer's length.
const HEAD: u64 = 8;
const TAIL: u64 = 10;
/// What stands before a message's length since version 0.15 of Arrow.
const CONTINUATION: [u8; 4] = [0xff; 4];
/// Rows that a batch may have whatever its length: columns of nulls take no bytes.
const FREE_ROWS: u64 = 1 << 16;
/// A row takes a bit at least.
const ROWS_PER_BYTE: u64 = 8;
/// How much can come of a byte: LZ4 has 255 repeated bytes in one, Zstandard a block of 128 KiB in four.
const LZ4_TIMES: u64 = 256;
const ZSTD_TIMES: u64 = 1 << 15;

/// A walk over a file's messages.
pub(super) struct Check<'a> {
    source: &'a Source,
    length: u64,
}

impl<'a> Check<'a> {
    pub(super) fn new(source: &'a Source) -> Result<Self, Error> {
        let length = source.length();
        if length < HEAD { Err(damaged("it is cut short")) } else { Ok(Self { source, length }) }
    }

    /// The file format: a footer at its end says where each message is.
    pub(super) fn file(&mut self) -> Result<(), Error> {
        let end = self.length.checked_sub(TAIL).filter(|end| *end > HEAD).ok_or_else(|| damaged("it is cut short"))?;
        let tail = self.part(end, TAIL)?;
        if tail[4..] != *super::MAGIC {
            return Err(damaged("its end is missing"));
        }
        let footer_length = u64::from(u32::from_le_bytes([tail[0], tail[1], tail[2], tail[3]]));
        let start =
            end.checked_sub(footer_length).filter(|start| *start >= HEAD).ok_or_else(|| damaged("its index is longer than the file"))?;
        let footer = self.part(start, footer_length)?;
        let footer = root_as_footer(&footer).map_err(|_| damaged("its index cannot be read"))?;
        let mut total = 0_u64;
        for block in blocks(&footer) {
            total = total.saturating_add(self.block(block, start)?);
        }
        if total > start { Err(damaged("its index names some of its parts twice")) } else { Ok(()) }
    }

    /// A message that the footer names; returns its length.
    fn block(&self, block: &Block, end: u64) -> Result<u64, Error> {
        let start = unsigned(block.offset(), "the place of a batch")?;
        let metadata = unsigned(block.metaDataLength().into(), "the length of a batch")?;
        let body = unsigned(block.bodyLength(), "the length of a batch")?;
        let length = metadata.saturating_add(body);
        if metadata < 8 || !within(start, length, end) {
            return Err(damaged("a batch lies beyond its end"));
        }
        let bytes = self.part(start, metadata)?;
        let skipped = if bytes[..4] == CONTINUATION { 8 } else { 4 };
        self.message(&read_message(&bytes[skipped..])?, start + metadata, body)?;
        Ok(length)
    }

    /// The stream format: message after message, each with its length before it.
    pub(super) fn stream(&mut self) -> Result<(), Error> {
        let mut place = 0;
        while place < self.length {
            let mut length = self.number(place)?;
            place += 4;
            if length == CONTINUATION {
                length = self.number(place)?;
                place += 4;
            }
            let length = unsigned(i32::from_le_bytes(length).into(), "the length of a message")?;
            if length == 0 {
                break;
            }
            let bytes = self.part(place, length)?;
            place += length;
            let message = read_message(&bytes)?;
            let body = unsigned(message.bodyLength(), "the length of a batch")?;
            if !within(place, body, self.length) {
                return Err(damaged("a batch ends beyond its end"));
            }
            self.message(&message, place, body)?;
            place += body;
        }
        Ok(())
    }

    fn message(&self, message: &Message<'_>, start: u64, body: u64) -> Result<(), Error> {
        let batch = match message.header_type() {
            MessageHeader::RecordBatch => message.header_as_record_batch(),
            MessageHeader::DictionaryBatch => message.header_as_dictionary_batch().and_then(|batch| batch.data()),
            _ => return Ok(()),
        };
        self.batch(batch.ok_or_else(|| damaged("a batch is empty"))?, start, body)
    }

    /// A batch, whose body has its place and length in the file.
    fn batch(&self, batch: RecordBatch<'_>, start: u64, body: u64) -> Result<(), Error> {
        let codec = batch.compression().map(|compression| compression.codec());
        let mut unpacked = 0_u64;
        for buffer in batch.buffers().into_iter().flatten() {
            let at = unsigned(buffer.offset(), "the place of a column")?;
            let length = unsigned(buffer.length(), "the length of a column")?;
            if !within(at, length, body) {
                return Err(damaged("a column lies beyond the end of its batch"));
            }
            let length = match codec {
                Some(codec) if length > 0 => self.unpacked(codec, start + at, length)?,
                _ => length,
            };
            unpacked = unpacked.saturating_add(length);
        }
        if codec.is_some() {
            check_memory(unpacked)?;
        }
        let most = unpacked.saturating_mul(ROWS_PER_BYTE).saturating_add(FREE_ROWS);
        let mut counts = vec![unsigned(batch.length(), "the number of rows")?];
        for node in batch.nodes().into_iter().flatten() {
            let count = unsigned(node.length(), "the number of values")?;
            if unsigned(node.null_count(), "the number of missing values")? > count {
                return Err(damaged("a column has more missing values than values"));
            }
            counts.push(count);
        }
        if counts.into_iter().any(|count| count > most) {
            return Err(damaged("it states more rows than it holds"));
        }
        Ok(())
    }

    /// The length of a compressed buffer when it is unpacked, which stands before it; -1 says that it is not compressed after all.
    fn unpacked(&self, codec: CompressionType, start: u64, length: u64) -> Result<u64, Error> {
        let Some(packed) = length.checked_sub(8) else {
            return Err(damaged("a compressed column is too short"));
        };
        let prefix = self.part(start, 8)?;
        let stated = prefix.iter().rev().fold(0_u64, |value, byte| value << 8 | u64::from(*byte)) as i64;
        if stated == -1 {
            return Ok(packed);
        }
        let stated = unsigned(stated, "the length of a compressed column")?;
        let times = if codec == CompressionType::ZSTD { ZSTD_TIMES } else { LZ4_TIMES };
        if stated > packed.saturating_mul(times) {
            return Err(damaged("a compressed column states a length that cannot come of it"));
        }
        Ok(stated)
    }

    fn number(&self, place: u64) -> Result<[u8; 4], Error> {
        let bytes = self.part(place, 4)?;
        Ok([bytes[0], bytes[1], bytes[2], bytes[3]])
    }

    fn part(&self, start: u64, length: u64) -> Result<Bytes, Error> {
        self.source.part(start, length).map_err(|cause| match cause.kind() {
            std::io::ErrorKind::UnexpectedEof => damaged("it is cut short"),
            _ => described(&cause),
        })
    }
}

fn blocks<'f>(footer: &Footer<'f>) -> impl Iterator<Item = &'f Block> {
    footer.dictionaries().into_iter().flatten().chain(footer.recordBatches().into_iter().flatten())
}

fn read_message(bytes: &[u8]) -> Result<Message<'_>, Error> {
    root_as_message(bytes).map_err(|_| damaged("the head of a message cannot be read"))
}
