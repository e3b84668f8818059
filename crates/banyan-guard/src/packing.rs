//! Files packed by gzip or Zstandard, unpacked within a bound.

use std::io::{ErrorKind, Read};

use flate2::read::MultiGzDecoder;

/// So much may come of any file.
const ALWAYS: u64 = 256 << 20;
/// Of a large file so many times its own length. Tables are packed to a fifth or a tenth; a file of zeros, to a thousandth by gzip and less by
/// Zstandard.
const TIMES: u64 = 200;
/// Bytes unpacked at once.
const PIECE: usize = 1 << 16;

/// How a file is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packing {
    /// gzip, in one or several parts.
    Gzip,
    /// Zstandard, in one or several frames.
    Zstandard,
}

impl Packing {
    /// The endings of the files' names.
    pub const ENDINGS: [&str; 4] = ["gz", "gzip", "zst", "zstd"];

    /// The packing that a file's first bytes show (four suffice).
    pub fn of(first: &[u8]) -> Option<Self> {
        match first {
            [0x1f, 0x8b, ..] => Some(Self::Gzip),
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Some(Self::Zstandard),
            _ => None,
        }
    }

    /// Unpacks a file, whose packed length is given: to 256 MiB, and beyond that to 200 times its length.
    ///
    /// # Errors
    /// The end of a sentence, with a hint: a file that is damaged, that ends early, or of which too much comes.
    pub fn unpack<'a>(self, packed: impl Read + 'a, length: u64) -> Result<Vec<u8>, String> {
        let mut reader: Box<dyn Read + 'a> = match self {
            Self::Gzip => Box::new(MultiGzDecoder::new(packed)),
            Self::Zstandard => Box::new(zstd::Decoder::new(packed).map_err(|cause| self.describe(&cause))?),
        };
        let most = ALWAYS.max(length.saturating_mul(TIMES));
        let (mut unpacked, mut piece) = (Vec::new(), vec![0; PIECE]);
        loop {
            let count = match reader.read(&mut piece) {
                Ok(0) => return Ok(unpacked),
                Ok(count) => count,
                Err(cause) if cause.kind() == ErrorKind::Interrupted => continue,
                Err(cause) => return Err(self.describe(&cause)),
            };
            if unpacked.len() as u64 + count as u64 > most {
                let megabytes = most >> 20;
                return Err(format!("more than {megabytes} MiB come of its {length} bytes; if they are meant, unpack it beforehand"));
            }
            if unpacked.try_reserve(count).is_err() {
                return Err(format!("there is no memory for more than {} MiB of what it holds", unpacked.len() >> 20));
            }
            unpacked.extend_from_slice(&piece[..count]);
        }
    }

    fn describe(self, cause: &std::io::Error) -> String {
        let name = match self {
            Self::Gzip => "gzip",
            Self::Zstandard => "Zstandard",
        };
        match cause.kind() {
            ErrorKind::UnexpectedEof => format!("the {name} file is cut short; copy or download it again"),
            _ => format!("the {name} file is damaged ({cause}); copy or download it again"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use std::io::Write;

    fn gzip(content: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(content).unwrap();
        encoder.finish().unwrap()
    }

    fn zstandard(content: &[u8]) -> Vec<u8> {
        zstd::encode_all(content, 3).unwrap()
    }

    fn unpack(packed: &[u8]) -> Result<Vec<u8>, String> {
        Packing::of(packed).unwrap().unpack(packed, packed.len() as u64)
    }

    #[test]
    fn parts_one_after_the_other_are_one_file() {
        for pack in [gzip, zstandard] {
            let packed = [pack(b"a,b\n1,"), pack(b"2\n"), pack(b"")].concat();
            assert_eq!(unpack(&packed).unwrap(), b"a,b\n1,2\n");
        }
    }

    #[test]
    fn a_file_cut_anywhere_is_said_to_be_cut() {
        let text: String = (0..2000).map(|row| format!("{row},{}\n", row * row)).collect();
        for (pack, name) in [(gzip as fn(&[u8]) -> Vec<u8>, "gzip"), (zstandard, "Zstandard")] {
            let packed = pack(text.as_bytes());
            for length in [packed.len() / 2, packed.len() - 1] {
                assert_eq!(unpack(&packed[..length]), Err(format!("the {name} file is cut short; copy or download it again")));
            }
            // The head of the first part, behind the bytes that tell it.
            let mut damaged = packed.clone();
            damaged[4..12].fill(0xff);
            let problem = unpack(&damaged).unwrap_err();
            assert!(problem.starts_with(&format!("the {name} file is ")), "{problem}");
        }
        // gzip has a checksum of the whole, too.
        let mut damaged = gzip(text.as_bytes());
        let middle = damaged.len() / 2;
        damaged[middle] ^= 0xff;
        assert!(unpack(&damaged).unwrap_err().starts_with("the gzip file is damaged ("));
    }

    #[test]
    fn a_bomb_is_refused_before_it_fills_the_memory() {
        let zeros = vec![0; 1 << 20];
        let mut encoder = zstd::Encoder::new(Vec::new(), 1).unwrap();
        for _ in 0..300 {
            encoder.write_all(&zeros).unwrap();
        }
        let packed = encoder.finish().unwrap();
        let problem = unpack(&packed).unwrap_err();
        assert!(packed.len() < 100_000 && problem.starts_with("more than 256 MiB come of its "), "{problem}");
    }
}
