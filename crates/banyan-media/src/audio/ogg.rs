//! Where an Ogg file ends.
//!
//! Its length is nowhere announced. The last page of a stream should carry an end-of-stream flag (RFC 3533, section 6), without which a decoder
//! does not know that the last packet holds more samples than the stream. Recorders that are switched off and many programs never write it, so
//! a file without one is as good as any, and is given one; but a file that ends within a page is cut short.

const HEADER: usize = 27;
const FIRST_PAGE: u8 = 0x02;
const LAST_PAGE: u8 = 0x04;

/// The sound that the first page says it holds, where it is none that is read.
pub(super) fn unread_codec(bytes: &[u8]) -> Option<&'static str> {
    const CODECS: [(&[u8], &str); 3] = [(b"OpusHead", "Ogg Opus"), (b"Speex   ", "Ogg Speex"), (b"\x80theora", "Ogg Theora video")];
    let segments = usize::from(*bytes.get(26)?);
    let packet = bytes.get(HEADER + segments..)?;
    CODECS.iter().find(|(start, _)| packet.starts_with(start)).map(|(_, name)| *name)
}

/// Flags the last page of each recording in the file as the last; whether the last page of all is complete.
pub(super) fn flag_ends(bytes: &mut [u8]) -> bool {
    let (mut at, mut before) = (0, None);
    while let Some(start) = bytes[at..].windows(4).position(|window| window == b"OggS").map(|place| at + place) {
        let Some(length) = page_length(&bytes[start..]) else { return false };
        if bytes[start + 5] & FIRST_PAGE != 0 {
            flag(bytes, before);
        }
        before = Some((start, length));
        at = start + length;
    }
    flag(bytes, before);
    true
}

/// The bytes of a page, if all are there.
fn page_length(page: &[u8]) -> Option<usize> {
    let segments = usize::from(*page.get(HEADER - 1)?);
    let table = page.get(HEADER..HEADER + segments)?;
    let length = HEADER + segments + table.iter().map(|length| usize::from(*length)).sum::<usize>();
    (page.len() >= length).then_some(length)
}

/// Flags a page as the last of its stream, unless it is the first, too: several streams begin together.
fn flag(bytes: &mut [u8], page: Option<(usize, usize)>) {
    let Some((start, length)) = page else { return };
    let page = &mut bytes[start..start + length];
    if page[5] & (FIRST_PAGE | LAST_PAGE) != 0 || page[22..26] != checksum(page).to_le_bytes() {
        return;
    }
    page[5] |= LAST_PAGE;
    let sum = checksum(page);
    page[22..26].copy_from_slice(&sum.to_le_bytes());
}

/// A page's checksum, which is made as if its own place held zeros.
fn checksum(page: &[u8]) -> u32 {
    let own = 22..26;
    page.iter().enumerate().fold(0, |sum, (place, byte)| {
        let byte = if own.contains(&place) { 0 } else { *byte };
        (0..8).fold(sum ^ u32::from(byte) << 24, |sum: u32, _| if sum >> 31 == 1 { sum << 1 ^ 0x04c1_1db7 } else { sum << 1 })
    })
}
