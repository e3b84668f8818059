//! The bytes of a table as its reader takes them: unpacked where they are packed, and told by their name where they are something that is no table.

use std::fs::File;
use std::io::{Read, Seek};
use std::path::Path;

use banyan_columnar::Source;
use banyan_guard::Packing;

use crate::error::Error;

/// First bytes of what people have instead of a table, and what to do about it.
const FOREIGN: [(&[u8], &str); 5] = [
    (b"PK\x03\x04", "it is a ZIP archive or a workbook of Excel; unpack it, or save the sheet as CSV"),
    (b"\xd0\xcf\x11\xe0", "it is a workbook of old Excel; save the sheet as CSV"),
    (b"\xfd7zXZ", "it is packed by xz; unpack it, or pack it by gzip or Zstandard"),
    (b"BZh", "it is packed by bzip2; unpack it, or pack it by gzip or Zstandard"),
    (b"7z\xbc\xaf", "it is an archive of 7-Zip; unpack it"),
];

/// As many first bytes as tell what a file is.
const FIRST: u64 = 6;

/// The bytes of a table.
pub(super) enum Content {
    /// In a file, which is read as its reader needs it.
    File(File),
    /// At hand.
    Bytes(Vec<u8>),
}

impl Content {
    /// Opens a file, and unpacks it if its first bytes say that it is packed, whatever its name says.
    pub(super) fn open(path: &Path, name: &str) -> Result<Self, Error> {
        let failed = |cause: std::io::Error| failed(name, &cause.to_string());
        let mut file = File::open(path).map_err(failed)?;
        let mut first = Vec::new();
        file.by_ref().take(FIRST).read_to_end(&mut first).map_err(failed)?;
        file.rewind().map_err(failed)?;
        let length = file.metadata().map_err(failed)?.len();
        match packing(&first, name)? {
            Some(packing) => unpack(packing, file, length, name),
            None => Ok(Self::File(file)),
        }
    }

    /// Takes what came by standard input.
    pub(super) fn of_bytes(bytes: Vec<u8>, name: &str) -> Result<Self, Error> {
        match packing(&bytes, name)? {
            Some(packing) => unpack(packing, bytes.as_slice(), bytes.len() as u64, name),
            None => Ok(Self::Bytes(bytes)),
        }
    }

    /// All bytes.
    pub(super) fn bytes(self, name: &str) -> Result<Vec<u8>, Error> {
        match self {
            Self::File(mut file) => {
                let mut bytes = Vec::new();
                file.read_to_end(&mut bytes).map_err(|cause| failed(name, &cause.to_string()))?;
                Ok(bytes)
            }
            Self::Bytes(bytes) => Ok(bytes),
        }
    }

    /// For the readers of columns, which jump to and fro.
    pub(super) fn source(self) -> Source {
        match self {
            Self::File(file) => file.into(),
            Self::Bytes(bytes) => bytes.into(),
        }
    }
}

/// How bytes are packed, by their first ones; an error for what is no table, however it is unpacked.
fn packing(first: &[u8], name: &str) -> Result<Option<Packing>, Error> {
    match FOREIGN.iter().find(|(magic, _)| first.starts_with(magic)) {
        Some((_, what)) => Err(failed(name, what)),
        None => Ok(Packing::of(first)),
    }
}

fn unpack(packing: Packing, packed: impl Read, length: u64, name: &str) -> Result<Content, Error> {
    let bytes = packing.unpack(packed, length).map_err(|cause| failed(name, &cause))?;
    // What is packed twice, or is an archive (`.tar.gz` shows only behind its first member's name).
    let is_archive = bytes.get(257..262).is_some_and(|magic| magic == b"ustar");
    if is_archive {
        return Err(failed(name, "it is a packed archive of files (tar); unpack it and name a table in it"));
    }
    if Packing::of(&bytes).is_some() {
        return Err(failed(name, "it is packed twice; unpack it once"));
    }
    Ok(Content::Bytes(bytes))
}

fn failed(name: &str, cause: &str) -> Error {
    Error::File { action: "read", path: name.to_owned(), cause: cause.to_owned() }
}
