//! A file's bytes, read where they are asked for and never beyond its end.

use crate::error::DAMAGED;
use std::fs::File;
use std::io::{Cursor as InMemory, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

trait ReadSeek: Read + Seek + Send {}
impl<T: Read + Seek + Send> ReadSeek for T {}

/// Bytes in a file or in memory, with their number.
pub(crate) struct Source {
    reader: Mutex<Box<dyn ReadSeek>>,
    length: u64,
}

impl Source {
    pub(crate) fn open(path: &Path) -> Result<Self, String> {
        let unreadable = |cause: std::io::Error| format!("it cannot be read ({cause})");
        let metadata = std::fs::metadata(path).map_err(unreadable)?;
        // Opening what is neither, such as a pipe, could wait forever.
        if !metadata.is_file() {
            return Err("it is no file; name a file of weights".to_owned());
        }
        let file = File::open(path).map_err(unreadable)?;
        Ok(Self { reader: Mutex::new(Box::new(file)), length: metadata.len() })
    }

    pub(crate) fn from_bytes(bytes: Vec<u8>) -> Self {
        Self { length: bytes.len() as u64, reader: Mutex::new(Box::new(InMemory::new(bytes))) }
    }

    /// The number of bytes.
    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    /// Fills `bytes` with those from place `begin` on.
    pub(crate) fn read(&self, begin: u64, bytes: &mut [u8]) -> Result<(), String> {
        if begin.checked_add(bytes.len() as u64).is_none_or(|end| end > self.length) {
            return Err(cut_short());
        }
        let mut reader = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
        let done = reader.seek(SeekFrom::Start(begin)).and_then(|_| reader.read_exact(bytes));
        done.map_err(|cause| format!("it cannot be read ({cause})"))
    }
}

/// The sentence for a file that ends before what it describes.
pub(crate) fn cut_short() -> String {
    format!("the file is cut short; {DAMAGED}")
}

/// Bytes read at once.
const PIECE: u64 = 1 << 13;

/// A place in a range of a source, from which bytes are read one after the other.
pub(crate) struct Cursor<'a> {
    source: &'a Source,
    /// The bytes from `begin` on.
    buffer: Vec<u8>,
    begin: u64,
    next: usize,
    end: u64,
}

impl<'a> Cursor<'a> {
    /// At the first of `length` bytes from `begin` on, or of fewer if the source ends before.
    pub(crate) fn new(source: &'a Source, begin: u64, length: u64) -> Self {
        let end = begin.saturating_add(length).min(source.length());
        Self { source, buffer: Vec::new(), begin: begin.min(end), next: 0, end }
    }

    /// Where in the source the next byte is.
    pub(crate) fn position(&self) -> u64 {
        self.begin + self.next as u64
    }

    pub(crate) fn byte(&mut self) -> Result<u8, String> {
        if self.next == self.buffer.len() {
            self.refill()?;
        }
        let byte = self.buffer[self.next];
        self.next += 1;
        Ok(byte)
    }

    pub(crate) fn array<const COUNT: usize>(&mut self) -> Result<[u8; COUNT], String> {
        let mut bytes = [0; COUNT];
        for byte in &mut bytes {
            *byte = self.byte()?;
        }
        Ok(bytes)
    }

    /// So many bytes, for which memory is taken only if they are there.
    pub(crate) fn bytes(&mut self, count: u64) -> Result<Vec<u8>, String> {
        self.check(count)?;
        let count = usize::try_from(count).map_err(|_| cut_short())?;
        let mut bytes = Vec::new();
        while bytes.len() < count {
            if self.next == self.buffer.len() {
                self.refill()?;
            }
            let rest = &self.buffer[self.next..];
            let taken = rest.len().min(count - bytes.len());
            bytes.extend_from_slice(&rest[..taken]);
            self.next += taken;
        }
        Ok(bytes)
    }

    pub(crate) fn skip(&mut self, count: u64) -> Result<(), String> {
        self.check(count)?;
        (self.begin, self.next) = (self.position() + count, 0);
        self.buffer.clear();
        Ok(())
    }

    fn check(&self, count: u64) -> Result<(), String> {
        if count > self.end - self.position() { Err(cut_short()) } else { Ok(()) }
    }

    /// Reads the next bytes into the buffer, which is used up.
    fn refill(&mut self) -> Result<(), String> {
        self.check(1)?;
        (self.begin, self.next) = (self.position(), 0);
        self.buffer.clear();
        let mut piece = vec![0; (self.end - self.begin).min(PIECE) as usize];
        self.source.read(self.begin, &mut piece)?;
        self.buffer = piece;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_across_pieces_and_not_beyond_its_end() {
        let bytes: Vec<u8> = (0..20_000u32).map(|number| number as u8).collect();
        let source = Source::from_bytes(bytes.clone());
        let mut cursor = Cursor::new(&source, 5, 19_000);
        assert_eq!(cursor.byte(), Ok(5));
        assert_eq!(cursor.bytes(9_000).unwrap(), bytes[6..9_006]);
        cursor.skip(9_000).unwrap();
        assert_eq!(cursor.array::<4>().unwrap(), bytes[18_006..18_010]);
        assert_eq!(cursor.position(), 18_010);
        assert_eq!(cursor.bytes(u64::MAX), Err(cut_short()));
        assert_eq!(cursor.skip(996), Err(cut_short()));
        cursor.skip(995).unwrap();
        assert_eq!(cursor.byte(), Err(cut_short()));
        assert!(Cursor::new(&source, u64::MAX, u64::MAX).byte().is_err());
        assert!(source.read(19_999, &mut [0; 2]).is_err() && source.read(u64::MAX, &mut [0; 2]).is_err());
    }
}
