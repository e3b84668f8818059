//! What a decoder is given of a file, and what is known of its length.

use super::{mpeg, ogg, wav};
use crate::signature;

/// The formats that are read, for messages.
const READ: &str = "WAV, FLAC, MP3 or Ogg Vorbis";

/// A file as a decoder should see it.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) bytes: Vec<u8>,
    /// Whether a decoder may look ahead. One of MP3 that may estimates the length, and drops what comes after.
    pub(super) is_seekable: bool,
    pub(super) length: Length,
    /// The samples a channel, where the last block of a compressed format has more.
    pub(super) samples: Option<usize>,
}

/// How long a file says that it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Length {
    /// As long as the decoder finds in its header, if it finds anything.
    InHeader,
    /// Nothing says it: it ends where its data ends.
    Open,
    /// Longer than it is.
    Cut,
}

/// Looks what a file is.
///
/// # Errors
/// A format that is not read, by its name.
pub(super) fn inspect(mut bytes: Vec<u8>) -> Result<Source, String> {
    if wav::is_wav(&bytes) {
        return wav::plain(bytes);
    }
    if bytes.starts_with(b"OggS") {
        if let Some(codec) = ogg::unread_codec(&bytes) {
            return Err(unread(codec));
        }
        let length = if ogg::flag_ends(&mut bytes) { Length::Open } else { Length::Cut };
        return Ok(Source { bytes, is_seekable: true, length, samples: None });
    }
    let sound = &bytes[id3_length(&bytes).unwrap_or(0).min(bytes.len())..];
    if sound.starts_with(b"fLaC") {
        return Ok(Source { bytes, is_seekable: true, length: Length::InHeader, samples: None });
    }
    if let Some(name) = signature::name(sound) {
        return Err(unread(name));
    }
    Ok(mpeg_source(bytes))
}

/// Whether a file is of MP3: a tag, or nothing, and then one frame after the other.
pub(crate) fn is_mp3(bytes: &[u8]) -> bool {
    let inner = &bytes[mpeg::between_tags(bytes)];
    mpeg::Frames::count(inner).is_some_and(|frames| frames.start == 0)
}

/// A file that is of MP3, or of nothing that is read.
pub(super) fn mpeg_source(mut bytes: Vec<u8>) -> Source {
    let inner = mpeg::between_tags(&bytes);
    let Some(frames) = mpeg::Frames::count(&bytes[inner.clone()]) else {
        return Source { bytes, is_seekable: false, length: Length::Open, samples: None };
    };
    bytes.truncate(inner.end);
    bytes.drain(..inner.start + frames.decoded_from());
    let length = if frames.is_cut() { Length::Cut } else { Length::Open };
    Source { bytes, is_seekable: false, length, samples: None }
}

/// The bytes of the ID3 tag that a file begins with.
pub(super) fn id3_length(bytes: &[u8]) -> Option<usize> {
    const HEADER: usize = 10;
    const HAS_FOOTER: u8 = 0x10;
    let header = bytes.get(..HEADER).filter(|header| header.starts_with(b"ID3"))?;
    let size = header[6..].iter().fold(0, |size, byte| size << 7 | usize::from(byte & 0x7F));
    Some(HEADER + size + if header[5] & HAS_FOOTER != 0 { HEADER } else { 0 })
}

fn unread(name: &str) -> String {
    format!("is {name}, which is not read; convert it to {READ}")
}

/// What is said of a file that no decoder knows.
pub(super) fn unknown() -> String {
    format!("is not a {READ} sound")
}
