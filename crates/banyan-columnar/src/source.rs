//! Where a table's bytes are: in a file, or at hand.

use std::fs::File;
use std::io::{BufReader, Cursor, Read, Seek, SeekFrom};
use std::sync::Arc;

use bytes::Bytes;
use parquet::errors::ParquetError;
use parquet::file::reader::{ChunkReader, Length};

/// The bytes of a table: a file, or what was unpacked from one or came by standard input.
#[derive(Debug, Clone)]
pub struct Source {
    content: Content,
    length: u64,
}

#[derive(Debug, Clone)]
enum Content {
    File(Arc<File>),
    Memory(Bytes),
}

/// What the readers of Arrow read from.
pub(crate) trait ReadSeek: Read + Seek {}
impl<T: Read + Seek> ReadSeek for T {}

impl From<File> for Source {
    fn from(file: File) -> Self {
        let length = file.metadata().map_or(0, |metadata| metadata.len());
        Self { content: Content::File(Arc::new(file)), length }
    }
}

impl From<Vec<u8>> for Source {
    fn from(bytes: Vec<u8>) -> Self {
        Self { length: bytes.len() as u64, content: Content::Memory(bytes.into()) }
    }
}

impl Source {
    /// Whether there is no byte.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// The number of bytes.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// A reader from a place on. All readers of one file share where they are, so one is used at a time.
    pub(crate) fn reader(&self, start: u64) -> std::io::Result<Box<dyn ReadSeek>> {
        let mut reader: Box<dyn ReadSeek> = match &self.content {
            Content::File(file) => Box::new(file.try_clone()?),
            Content::Memory(bytes) => Box::new(Cursor::new(bytes.clone())),
        };
        reader.seek(SeekFrom::Start(start))?;
        Ok(reader)
    }

    /// The bytes of a part, of which nothing is made if it does not lie within the file.
    ///
    /// # Errors
    /// A part that does not lie within the file, or what the system says.
    pub fn part(&self, start: u64, length: u64) -> std::io::Result<Bytes> {
        if start.checked_add(length).is_none_or(|end| end > self.length) {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        if let Content::Memory(bytes) = &self.content {
            return Ok(bytes.slice(start as usize..(start + length) as usize));
        }
        let mut part = Vec::new();
        part.try_reserve_exact(length as usize)?;
        part.resize(length as usize, 0);
        self.read_into(start, &mut part)?;
        Ok(part.into())
    }

    /// Reads bytes from a place on, whatever other threads read meanwhile.
    ///
    /// # Errors
    /// Fewer bytes than asked for, or what the system says.
    pub fn read_into(&self, start: u64, bytes: &mut [u8]) -> std::io::Result<()> {
        match &self.content {
            Content::File(file) => read_at(file, start, bytes),
            Content::Memory(all) => {
                let part = usize::try_from(start).ok().and_then(|start| all.get(start..start.checked_add(bytes.len())?));
                bytes.copy_from_slice(part.ok_or(std::io::ErrorKind::UnexpectedEof)?);
                Ok(())
            }
        }
    }
}

#[cfg(unix)]
fn read_at(file: &File, start: u64, bytes: &mut [u8]) -> std::io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, start)
}

#[cfg(windows)]
fn read_at(file: &File, start: u64, bytes: &mut [u8]) -> std::io::Result<()> {
    let mut read = 0;
    while read < bytes.len() {
        match std::os::windows::fs::FileExt::seek_read(file, &mut bytes[read..], start + read as u64)? {
            0 => return Err(std::io::ErrorKind::UnexpectedEof.into()),
            count => read += count,
        }
    }
    Ok(())
}

impl Length for Source {
    fn len(&self) -> u64 {
        self.length
    }
}

impl ChunkReader for Source {
    type T = BufReader<Box<dyn Read>>;

    fn get_read(&self, start: u64) -> Result<Self::T, ParquetError> {
        Ok(BufReader::new(self.reader(start)?))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes, ParquetError> {
        Ok(self.part(start, length as u64)?)
    }
}
