//! WAV files as they are written in the field, made as a decoder expects them.
//!
//! A WAV file is a list of chunks, each with its size. Programs that write to a pipe, and recorders that were switched off, leave the sizes
//! open; files of more than 4 GiB (RF64, BW64: EBU Tech 3306, ITU-R BS.2088) have them in a chunk of their own; headers have a dozen
//! harmless variants. Here the chunks are walked, and a plain file is made of the format and of the samples that are really there.

use super::source::{Length, Source, mpeg_source};

/// Whether a file is one.
pub(super) fn is_wav(bytes: &[u8]) -> bool {
    matches!(bytes.get(..4), Some(b"RIFF" | b"RF64" | b"BW64")) && bytes.get(8..12) == Some(b"WAVE")
}

/// Formats of samples that are read as they are.
const PCM: u16 = 1;
const MS_ADPCM: u16 = 2;
const FLOAT: u16 = 3;
const A_LAW: u16 = 6;
const MU_LAW: u16 = 7;
const IMA_ADPCM: u16 = 0x11;
const MP3: u16 = 0x55;
const EXTENSIBLE: u16 = 0xFFFE;

/// The names of formats that are not.
const UNREAD: [(u16, &str); 14] = [
    (0x22, "TrueSpeech"),
    (0x31, "GSM 6.10"),
    (0x40, "G.721"),
    (0x42, "G.723.1"),
    (0x45, "G.726"),
    (0x50, "MPEG layer 1 or 2"),
    (0x64, "G.726"),
    (0x65, "G.722"),
    (0x69, "another kind of IMA ADPCM"),
    (0xFF, "AAC"),
    (0x161, "Windows Media Audio"),
    (0x162, "Windows Media Audio"),
    (0x1600, "AAC"),
    (0x706D, "AAC"),
];

/// The plain file of the samples that a file holds.
///
/// # Errors
/// A file without samples, or with samples of a format that is not read.
pub(super) fn plain(mut bytes: Vec<u8>) -> Result<Source, String> {
    let chunks = Chunks::walk(&bytes)?;
    let format = Format::read(chunks.format)?;
    let start = chunks.data_start;
    let available = bytes.len() - start;
    let is_open = is_open(chunks.data_size, &bytes[start..]);
    let size = if is_open { available } else { usize::try_from(chunks.data_size).map_or(available, |size| size.min(available)) };
    let block = usize::from(format.block).max(1);
    let is_cut = !is_open && chunks.data_size / block as u64 > (available / block) as u64;
    let length = if is_cut { Length::Cut } else { Length::Open };
    if format.tag == MP3 {
        let inner = mpeg_source(bytes[start..start + size].to_vec());
        return Ok(if is_cut { Source { length, ..inner } } else { inner });
    }
    let samples =
        format.compressed_samples(size).map(|most| chunks.samples.filter(|_| !is_open).map_or(most, |own| format.trim(most, own)));
    // A compressed block that is not full is decoded as one that ends in zeros, whose samples are then left out.
    let padding = if samples.is_some() { size.next_multiple_of(block) - size } else { 0 };
    let header = header(&format.chunk, size + padding);
    bytes.truncate(start + size);
    bytes.resize(start + size + padding, 0);
    bytes.splice(..start, header);
    Ok(Source { bytes, is_seekable: true, length, samples })
}

/// The header of a plain file.
fn header(format: &[u8], size: usize) -> Vec<u8> {
    let mut header = Vec::with_capacity(28 + format.len());
    header.extend(b"RIFF");
    header.extend((20 + format.len() as u32 + size as u32).to_le_bytes());
    header.extend(b"WAVEfmt ");
    header.extend((format.len() as u32).to_le_bytes());
    header.extend(format);
    header.extend(b"data");
    header.extend((size as u32).to_le_bytes());
    header
}

/// Whether a size of the samples says nothing. Programs that cannot go back write the largest number of 32 bits, signed or unsigned, less
/// the header, or leave the zero that they began with.
fn is_open(size: u64, behind: &[u8]) -> bool {
    const LARGEST: [std::ops::RangeInclusive<u64>; 3] =
        [0x7FFF_0000..=0x8000_0000, 0xFFFF_0000..=0xFFFF_FFFF, (i64::MAX as u64 - 0xFFFF)..=u64::MAX];
    LARGEST.iter().any(|range| range.contains(&size)) || (size == 0 && behind.len() >= 8 && !are_chunks(behind))
}

/// Whether bytes are chunks to their end, so that a file whose samples have the size 0 holds none.
fn are_chunks(bytes: &[u8]) -> bool {
    let mut at = 0;
    while at + 8 <= bytes.len() {
        if !bytes[at..at + 4].iter().all(|letter| (b' '..=b'~').contains(letter)) {
            return false;
        }
        let size = number(bytes, at + 4) as usize;
        at = at.saturating_add(8).saturating_add(size.next_multiple_of(2));
    }
    // The last chunk may lack its byte of padding.
    at.saturating_sub(1) <= bytes.len()
}

/// What is known of a file's chunks when its samples begin.
struct Chunks<'a> {
    format: &'a [u8],
    /// The samples a channel, as a chunk of their own says.
    samples: Option<usize>,
    data_start: usize,
    data_size: u64,
}

impl<'a> Chunks<'a> {
    fn walk(bytes: &'a [u8]) -> Result<Self, String> {
        const SIZE_ELSEWHERE: u32 = u32::MAX;
        let cut = || "is cut short: it ends before its samples begin".to_owned();
        let has_large_sizes = !bytes.starts_with(b"RIFF");
        let (mut format, mut samples, mut large_size) = (None, None, None);
        let mut at = 12;
        loop {
            let name = bytes.get(at..at + 4).ok_or_else(|| if at >= bytes.len() { NO_SAMPLES.to_owned() } else { cut() })?;
            let size = bytes.get(at + 4..at + 8).map(|size| u32::from_le_bytes([size[0], size[1], size[2], size[3]])).ok_or_else(cut)?;
            at += 8;
            if name == b"data" {
                let format = format.ok_or("is damaged: it does not say how its samples are written (no chunk \"fmt \")")?;
                let large = large_size.filter(|_| has_large_sizes && size == SIZE_ELSEWHERE);
                return Ok(Self { format, samples, data_start: at, data_size: large.unwrap_or(u64::from(size)) });
            }
            let content = bytes.get(at..at.saturating_add(size as usize)).ok_or_else(cut)?;
            match name {
                b"fmt " => format = Some(content),
                b"fact" => samples = content.get(..4).map(|_| number(content, 0) as usize),
                b"ds64" => large_size = content.get(8..16).map(|_| u64::from(number(content, 8)) | u64::from(number(content, 12)) << 32),
                _ => {}
            }
            at += content.len().next_multiple_of(2);
        }
    }
}

const NO_SAMPLES: &str = "holds no sound (no chunk \"data\")";

/// How samples are written.
struct Format {
    tag: u16,
    channels: u16,
    /// The bytes of a sample of all channels, or of a compressed block.
    block: u16,
    /// The chunk as a decoder expects it.
    chunk: Vec<u8>,
}

impl Format {
    fn read(content: &[u8]) -> Result<Self, String> {
        if content.len() < 16 {
            return Err("is damaged: its chunk \"fmt \" is too short".to_owned());
        }
        let field = |place: usize| u16::from_le_bytes([content[place], content[place + 1]]);
        let (tag, channels, block, bits) = (field(0), field(2), field(12), field(14));
        if channels == 0 {
            return Err("is damaged: it has no channel".to_owned());
        }
        let mut chunk = content[..16].to_vec();
        match tag {
            // Samples of 12 or 20 bits stand at the upper end of 16 or 24.
            PCM if bits % 8 != 0 => chunk[14..16].copy_from_slice(&bits.next_multiple_of(8).to_le_bytes()),
            PCM | FLOAT | MP3 => {}
            A_LAW | MU_LAW => chunk.extend([0, 0]),
            MS_ADPCM => chunk.extend(&content[16..]),
            IMA_ADPCM => {
                let samples = samples_of_ima_block(usize::from(block), usize::from(channels)) as u16;
                chunk.extend(2_u16.to_le_bytes());
                chunk.extend(samples.to_le_bytes());
            }
            EXTENSIBLE if content.len() >= 40 => {
                chunk.extend(22_u16.to_le_bytes());
                chunk.extend(&content[18..40]);
            }
            other => {
                let name = UNREAD.iter().find(|(tag, _)| *tag == other);
                let name = name.map_or_else(|| format!("the format {other:#06x}"), |(_, name)| (*name).to_owned());
                return Err(format!("is a WAV file of {name}, which is not read; convert it to a WAV file of PCM samples"));
            }
        }
        Ok(Self { tag, channels, block, chunk })
    }

    /// The samples a channel that so many bytes of a compressed format are; nothing for other formats.
    fn compressed_samples(&self, size: usize) -> Option<usize> {
        let channels = usize::from(self.channels);
        let samples_of_block = match self.tag {
            MS_ADPCM => samples_of_ms_block,
            IMA_ADPCM => samples_of_ima_block,
            _ => return None,
        };
        let block = usize::from(self.block).max(1);
        Some(size / block * samples_of_block(block, channels) + samples_of_block(size % block, channels))
    }

    /// The samples a channel of a compressed format, of which there are at most so many: as the file says, if that may be true. (Some programs
    /// pad with a block too many; libsndfile divides the samples of IMA ADPCM by the channels once too often.)
    fn trim(&self, most: usize, own: usize) -> usize {
        let channels = usize::from(self.channels);
        let block = self.compressed_samples(usize::from(self.block)).unwrap_or(0);
        let is_divided = channels > 1 && own == most / channels;
        if own > 0 && own <= most && most - own < 2 * block && !is_divided { own } else { most }
    }
}

/// Each channel has a header of 4 bytes with one sample, then come 8 samples of 4 bits of each channel in turn.
fn samples_of_ima_block(bytes: usize, channels: usize) -> usize {
    bytes.checked_sub(4 * channels).map_or(0, |rest| 1 + rest / (4 * channels) * 8)
}

/// Each channel has a header of 7 bytes with two samples, then come samples of 4 bits.
fn samples_of_ms_block(bytes: usize, channels: usize) -> usize {
    bytes.checked_sub(7 * channels).map_or(0, |rest| 2 + rest * 2 / channels)
}

fn number(bytes: &[u8], place: usize) -> u32 {
    u32::from_le_bytes([bytes[place], bytes[place + 1], bytes[place + 2], bytes[place + 3]])
}
