//! Telling whether a file is still what it was.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::table::folder;

/// Bytes read from a file at once: a multiple of the eight that are hashed together.
const BLOCK: usize = 1 << 18;

/// The length and the checksum of some bytes. It finds damage and changes that nobody made on purpose, not those of a forger.
///
/// ```
/// use banyan_data::fingerprint::Fingerprint;
///
/// assert_eq!(Fingerprint::of(b"1,2\n"), Fingerprint::of(b"1,2\n"));
/// assert_ne!(Fingerprint::of(b"1,2\n"), Fingerprint::of(b"2,1\n"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fingerprint {
    /// The length in bytes.
    pub bytes: u64,
    /// The checksum in hexadecimal digits.
    pub checksum: String,
}

impl Fingerprint {
    /// FNV-1a over eight bytes at a time (Fowler, Noll, Vo).
    pub fn of(bytes: &[u8]) -> Self {
        let mut hash = Hash::default();
        hash.add(bytes);
        hash.finish()
    }

    /// As [`of`](Self::of), of the content of a file, which is not held in memory; of a folder that is a table, of the names of its files.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn of_file(path: &Path) -> Result<Self, Error> {
        let of_file = || -> io::Result<Self> {
            if path.is_dir() {
                return Ok(Self::of(folder::listing(path)?.as_bytes()));
            }
            let (mut file, mut hash, mut block) = (File::open(path)?, Hash::default(), Vec::with_capacity(BLOCK));
            // Each block but the last is whole, so that blocks are cut where the words are.
            while file.by_ref().take(BLOCK as u64).read_to_end(&mut block)? > 0 {
                hash.add(&block);
                block.clear();
            }
            Ok(hash.finish())
        };
        of_file().map_err(|cause| Error::reading(path, &cause))
    }
}

struct Hash {
    bytes: u64,
    hash: u64,
}

impl Default for Hash {
    fn default() -> Self {
        Self { bytes: 0, hash: 0xcbf2_9ce4_8422_2325 }
    }
}

impl Hash {
    /// Adds bytes, a multiple of eight unless they are the last.
    fn add(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len() as u64;
        let (words, rest) = bytes.as_chunks::<8>();
        words.iter().for_each(|word| self.add_word(*word));
        if !rest.is_empty() {
            let mut word = [0; 8];
            word[..rest.len()].copy_from_slice(rest);
            self.add_word(word);
        }
    }

    fn add_word(&mut self, word: [u8; 8]) {
        self.hash = (self.hash ^ u64::from_le_bytes(word)).wrapping_mul(0x0000_0100_0000_01b3);
        // Multiplication moves bits up only; without this the top bits of one word would never reach the lower ones.
        self.hash ^= self.hash >> 32;
    }

    fn finish(self) -> Fingerprint {
        Fingerprint { bytes: self.bytes, checksum: format!("{:016x}", self.hash) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_the_fingerprint_of_its_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.csv");
        for length in [0, 1, 7, 8, BLOCK - 1, BLOCK, BLOCK + 3, 3 * BLOCK + 8] {
            let bytes: Vec<u8> = (0..length).map(|place| (place * 31 % 251) as u8).collect();
            std::fs::write(&path, &bytes).unwrap();
            assert_eq!(Fingerprint::of_file(&path).unwrap(), Fingerprint::of(&bytes), "{length}");
        }
    }

    #[test]
    fn every_byte_and_their_order_count() {
        let bytes: Vec<u8> = (0..100).collect();
        for place in 0..bytes.len() {
            let mut other = bytes.clone();
            other[place] ^= 1;
            assert_ne!(Fingerprint::of(&other), Fingerprint::of(&bytes), "{place}");
            let mut swapped = bytes.clone();
            swapped.swap(place, (place + 8) % bytes.len());
            assert_ne!(Fingerprint::of(&swapped), Fingerprint::of(&bytes), "{place}");
        }
        assert_ne!(Fingerprint::of(b"a"), Fingerprint::of(b"a\0"));
    }
}
