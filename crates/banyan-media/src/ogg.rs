//! Whether an Ogg file is whole.
//!
//! Its length is nowhere announced: a truncated file is known by a last page that is incomplete, or that does
//! not carry the end-of-stream flag (RFC 3533, section 6).

/// Whether the last page is complete and flagged as the last.
pub(crate) fn is_whole(bytes: &[u8]) -> bool {
    const HEADER: usize = 27;
    const LAST_PAGE: u8 = 0x04;
    let Some(start) = bytes.windows(4).rposition(|window| window == b"OggS") else { return false };
    let page = &bytes[start..];
    if page.len() < HEADER {
        return false;
    }
    let segments = usize::from(page[26]);
    let Some(table) = page.get(HEADER..HEADER + segments) else { return false };
    let body: usize = table.iter().map(|length| usize::from(*length)).sum();
    page[5] & LAST_PAGE != 0 && page.len() >= HEADER + segments + body
}
