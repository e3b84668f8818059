//! Whether a JPEG file is whole.
//!
//! The decoder fills what is missing of a truncated image with gray and says nothing; the end-of-image
//! marker tells.

/// Walks the markers of a JPEG file; whether an end-of-image marker follows the last scan.
pub(crate) fn is_whole(bytes: &[u8]) -> bool {
    const START_OF_SCAN: u8 = 0xDA;
    const END_OF_IMAGE: u8 = 0xD9;
    let mut at = 2;
    let mut in_scan = false;
    while at + 1 < bytes.len() {
        if bytes[at] != 0xFF {
            at += 1;
            continue;
        }
        match bytes[at + 1] {
            END_OF_IMAGE => return in_scan,
            // A fill byte before a marker.
            0xFF => at += 1,
            // A stuffed zero, and the markers that stand alone.
            0x00 | 0x01 | 0xD0..=0xD8 => at += 2,
            marker => {
                // A thumbnail within a segment has markers of its own; skip the segment as a whole.
                let Some(length) = bytes.get(at + 2..at + 4) else { return false };
                at += 2 + usize::from(u16::from_be_bytes([length[0], length[1]]));
                in_scan |= marker == START_OF_SCAN;
            }
        }
    }
    false
}
