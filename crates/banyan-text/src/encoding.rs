//! Bytes of a file as text.

use crate::Error;

/// The bytes of a file without a byte-order mark.
///
/// # Errors
/// UTF-16, with a mark or without.
pub fn without_mark<'a>(bytes: &'a [u8], file: &str) -> Result<&'a [u8], Error> {
    // Without a mark, every other byte of its first letters is 0.
    let is_marked = bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]);
    let is_unmarked = matches!(bytes, [first, 0, second, 0, ..] | [0, first, 0, second, ..] if *first != 0 && *second != 0);
    if is_marked || is_unmarked {
        return Err(Error::line(file, 1, "the file is in UTF-16", "save it as UTF-8"));
    }
    Ok(bytes.strip_prefix(&[0xEF, 0xBB, 0xBF]).unwrap_or(bytes))
}

/// A whole file as text.
///
/// # Errors
/// The mark of UTF-16, and bytes that are not UTF-8, with their line.
pub fn decode<'a>(bytes: &'a [u8], file: &str) -> Result<&'a str, Error> {
    let bytes = without_mark(bytes, file)?;
    std::str::from_utf8(bytes).map_err(|cause| {
        let line = 1 + bytes[..cause.valid_up_to()].iter().filter(|byte| **byte == b'\n').count() as u64;
        Error::line(file, line, "bytes that are not UTF-8", "save the file as UTF-8")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_dropped_and_other_encodings_refused() {
        assert_eq!(decode(b"\xef\xbb\xbfa", "t.conllu"), Ok("a"));
        let error = |bytes| decode(bytes, "t.conllu").unwrap_err().to_string();
        assert_eq!(error(b"# text = a\n# x = \xff\n"), "t.conllu, line 2: bytes that are not UTF-8; save the file as UTF-8");
        assert_eq!(error(b"#\0 \0"), error(b"\xff\xfea\0"));
        assert_eq!(error(b"\0#\0 "), error(b"\xff\xfea\0"));
        assert_eq!(error(b"\xff\xfea\0"), "t.conllu, line 1: the file is in UTF-16; save it as UTF-8");
    }
}
