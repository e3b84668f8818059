//! The frames of an MP3 file, counted.
//!
//! An MP3 file is a row of frames that know nothing of each other, and nothing says how many there are but, in some files, a frame without sound
//! at the beginning (Xing, Info or VBRI). Decoders estimate the rest from the size of the first frames, which is wrong for a variable
//! bitrate and for files with tags behind the sound. So the frames are counted here.

use std::ops::Range;

/// What the frames of a file are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Frames {
    /// Where the first one begins.
    pub(super) start: usize,
    /// The bytes of the first one.
    first: usize,
    /// How many are whole.
    count: u64,
    /// Whether the file ends within one.
    is_cut: bool,
    /// How many a first frame without sound announces.
    announced: Option<u64>,
}

impl Frames {
    /// Counts the frames of the bytes between tags; nothing where no two follow each other.
    pub(super) fn count(bytes: &[u8]) -> Option<Self> {
        let (start, first) = find(bytes, 0, None)?;
        let (mut at, mut count, mut is_cut) = (start, 0, false);
        loop {
            let next = Header::at(bytes, at).filter(|header| header.is_like(first));
            match next {
                Some(header) if at + header.size <= bytes.len() => {
                    count += 1;
                    at += header.size;
                }
                Some(_) => {
                    is_cut = true;
                    break;
                }
                // Junk, or the end.
                None => match find(bytes, at, Some(first)) {
                    Some((place, _)) => at = place,
                    None => break,
                },
            }
        }
        let announced = announced(&bytes[start..start + first.size.min(bytes.len() - start)], first);
        Some(Self { start, first: first.size, count, is_cut, announced })
    }

    /// Whether frames are missing at the end. (Some encoders count the frame without sound among those that it announces.)
    pub(super) fn is_cut(self) -> bool {
        self.is_cut || self.announced.is_some_and(|announced| announced > self.count)
    }

    /// Where the frames begin that a decoder should see. Files that were joined have the first one's announcement, beyond which a decoder would
    /// drop everything: it is left out.
    pub(super) fn decoded_from(self) -> usize {
        let is_short = self.announced.is_some_and(|announced| announced + 2 < self.count);
        if is_short { self.start + self.first } else { self.start }
    }
}

/// The frame that begins at or after a place, is like another one, and is followed by one that is like it or by the end.
fn find(bytes: &[u8], from: usize, like: Option<Header>) -> Option<(usize, Header)> {
    (from..bytes.len().saturating_sub(3)).find_map(|place| {
        let header = Header::at(bytes, place).filter(|header| like.is_none_or(|like| header.is_like(like)))?;
        let end = place + header.size;
        let is_followed = Header::at(bytes, end).is_some_and(|next| next.is_like(header));
        (is_followed || end == bytes.len()).then_some((place, header))
    })
}

/// The bytes between an ID3 tag at the beginning and tags at the end (ID3v1, APE, Lyrics3), whose texts and pictures may look like frames.
pub(super) fn between_tags(bytes: &[u8]) -> Range<usize> {
    let mut start = 0;
    while let Some(length) = super::source::id3_length(&bytes[start..]) {
        start = (start + length).min(bytes.len());
    }
    let mut end = bytes.len();
    loop {
        let rest = &bytes[start..end];
        let tag = id3v1(rest).or_else(|| ape(rest)).or_else(|| lyrics(rest));
        match tag.filter(|length| (1..=rest.len()).contains(length)) {
            Some(length) => end -= length,
            None => return start..end,
        }
    }
}

fn id3v1(bytes: &[u8]) -> Option<usize> {
    const LENGTH: usize = 128;
    bytes.len().checked_sub(LENGTH).filter(|start| bytes[*start..].starts_with(b"TAG")).map(|_| LENGTH)
}

/// An APE tag ends with a footer of 32 bytes, and may begin with a header like it, which does not count in its length.
fn ape(bytes: &[u8]) -> Option<usize> {
    const FOOTER: usize = 32;
    const IS_HEADER: u32 = 1 << 29;
    let footer = bytes.get(bytes.len().checked_sub(FOOTER)?..)?.strip_prefix(b"APETAGEX")?;
    let is_header = read_u32(footer, 12, u32::from_le_bytes)? & IS_HEADER != 0;
    if is_header { Some(FOOTER) } else { Some(read_u32(footer, 4, u32::from_le_bytes)? as usize) }
}

/// A Lyrics3 tag ends with its length in six digits and its name.
fn lyrics(bytes: &[u8]) -> Option<usize> {
    const END: &[u8] = b"LYRICS200";
    let rest = bytes.strip_suffix(END)?;
    let digits = rest.get(rest.len().checked_sub(6)?..)?;
    let length: usize = std::str::from_utf8(digits).ok()?.parse().ok()?;
    Some(length + digits.len() + END.len())
}

fn read_u32(bytes: &[u8], place: usize, order: fn([u8; 4]) -> u32) -> Option<u32> {
    Some(order(bytes.get(place..place + 4)?.try_into().ok()?))
}

/// The frames that a frame without sound announces (Xing, Info: the counts of a variable and of a constant bitrate; VBRI: those of Fraunhofer).
fn announced(frame: &[u8], header: Header) -> Option<u64> {
    const HAS_COUNT: u32 = 1;
    let info = 4 + header.side_information;
    if matches!(frame.get(info..info + 4), Some(b"Xing" | b"Info")) {
        let flags = read_u32(frame, info + 4, u32::from_be_bytes)?;
        return (flags & HAS_COUNT != 0).then(|| read_u32(frame, info + 8, u32::from_be_bytes).map(u64::from)).flatten();
    }
    let vbri = 4 + 32;
    if frame.get(vbri..vbri + 4) == Some(b"VBRI".as_slice()) {
        return read_u32(frame, vbri + 14, u32::from_be_bytes).map(u64::from);
    }
    None
}

/// The header of a frame of MPEG layer III.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Header {
    version: u8,
    rate: u32,
    is_mono: bool,
    /// The bytes of the frame with its header.
    size: usize,
    /// The bytes between the header and the sound.
    side_information: usize,
}

impl Header {
    /// The header that stands at a place, if there is one.
    fn at(bytes: &[u8], place: usize) -> Option<Self> {
        const MPEG_1: u8 = 3;
        const MPEG_2: u8 = 2;
        const LAYER_3: u8 = 1;
        const MONO: u8 = 3;
        let &[sync, second, third, fourth] = bytes.get(place..place.checked_add(4)?)? else { return None };
        let (version, layer) = ((second >> 3) & 3, (second >> 1) & 3);
        if sync != 0xFF || second & 0xE0 != 0xE0 || version == 1 || layer != LAYER_3 {
            return None;
        }
        let kilobits: &[usize; 14] = if version == MPEG_1 {
            &[32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320]
        } else {
            &[8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160]
        };
        let kilobits = *kilobits.get(usize::from(third >> 4).checked_sub(1)?)?;
        let halvings = match version {
            MPEG_1 => 0,
            MPEG_2 => 1,
            _ => 2,
        };
        let rate = [44_100, 48_000, 32_000].get(usize::from((third >> 2) & 3))? >> halvings;
        let samples_in_bytes = if version == MPEG_1 { 144 } else { 72 };
        let padding = usize::from((third >> 1) & 1);
        let is_mono = fourth >> 6 == MONO;
        let side_information = match (version == MPEG_1, is_mono) {
            (true, false) => 32,
            (true, true) | (false, false) => 17,
            (false, true) => 9,
        };
        let size = samples_in_bytes * kilobits * 1000 / rate as usize + padding;
        Some(Self { version, rate, is_mono, size, side_information })
    }

    /// Whether both are of one stream.
    fn is_like(self, other: Self) -> bool {
        (self.version, self.rate, self.is_mono) == (other.version, other.rate, other.is_mono)
    }
}
