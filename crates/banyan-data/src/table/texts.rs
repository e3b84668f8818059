//! Texts one after the other in one buffer, each behind its length.

/// Bits of a length that a letter before the text holds. Letters below 128 keep the buffer valid UTF-8.
const BITS: u32 = 6;
const MORE: u8 = 1 << BITS;

/// Appends a text, and gives where it begins.
pub(super) fn push(buffer: &mut String, text: &str) -> usize {
    let start = buffer.len();
    let mut length = text.len();
    while length >= usize::from(MORE) {
        buffer.push(char::from(length as u8 & (MORE - 1) | MORE));
        length >>= BITS;
    }
    buffer.push(char::from(length as u8));
    buffer.push_str(text);
    start
}

/// Where the text lies that begins at a place: behind its length.
pub(super) fn span(bytes: &[u8], start: usize) -> std::ops::Range<usize> {
    let (mut place, mut length, mut shift) = (start, 0, 0);
    loop {
        let byte = bytes[place];
        place += 1;
        length |= usize::from(byte & (MORE - 1)) << shift;
        shift += BITS;
        if byte & MORE == 0 {
            return place..place + length;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_every_length() {
        let texts: Vec<String> = [0, 1, 62, 63, 64, 65, 4095, 4096, 300_000].iter().map(|length| "ä".repeat(*length)).collect();
        let mut buffer = String::new();
        let starts: Vec<usize> = texts.iter().map(|text| push(&mut buffer, text)).collect();
        for (text, start) in texts.iter().zip(starts) {
            assert_eq!(&buffer[span(buffer.as_bytes(), start)], text);
        }
    }
}
