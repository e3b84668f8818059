//! How a file of delimited cells is written: its delimiter, and whether quotes mean anything.

use csv::{ByteRecord, ReaderBuilder};

/// What a file's first line may say of its delimiter, as Excel reads and writes it: `sep=;`.
const SEPARATOR_LINE: &[u8] = b"sep=";

/// Delimiters that a file may have whose name does not say, the usual one first.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// Records that are looked at to find a delimiter, and the most bytes of them.
const LOOKED_AT: usize = 100;
pub(super) const MOST_BYTES: usize = 1 << 18;

/// The delimiter that a first line `sep=…` names, and the bytes of that line with its end.
pub(super) fn separator_line(bytes: &[u8]) -> Option<(u8, usize)> {
    let end = bytes.iter().position(|byte| matches!(byte, b'\r' | b'\n'))?;
    let (start, rest) = bytes[..end].split_at_checked(SEPARATOR_LINE.len())?;
    let named = start.eq_ignore_ascii_case(SEPARATOR_LINE).then_some(rest)?;
    let after = if bytes[end..].starts_with(b"\r\n") { end + 2 } else { end + 1 };
    if let [delimiter] = named { Some((*delimiter, after)) } else { None }
}

/// The delimiter: the first that cuts every line into as many cells as the header, which has two at least. Where none does, the comma, or the
/// semicolon where the header has only those.
pub(super) fn guess_delimiter(bytes: &[u8]) -> u8 {
    let start = &bytes[..bytes.len().min(MOST_BYTES)];
    let is_cut = start.len() < bytes.len();
    if let Some(delimiter) = DELIMITERS.into_iter().find(|&delimiter| cuts_evenly(start, delimiter, is_cut)) {
        return delimiter;
    }
    let header = bytes.split(|byte| matches!(byte, b'\r' | b'\n')).next().unwrap_or(bytes);
    if !header.contains(&b',') && header.contains(&b';') { b';' } else { b',' }
}

/// Whether all records have one width, of two cells at least. The last record of a part of a file may be cut.
fn cuts_evenly(bytes: &[u8], delimiter: u8, is_cut: bool) -> bool {
    let widths = widths(bytes, delimiter, true);
    let whole = widths.len() - usize::from(is_cut && widths.len() < LOOKED_AT).min(widths.len());
    let widths = &widths[..whole];
    widths.len() >= 2 && widths[0] >= 2 && widths.iter().all(|width| *width == widths[0])
}

/// Cells of each of the first records.
fn widths(bytes: &[u8], delimiter: u8, quoting: bool) -> Vec<usize> {
    let mut reader = ReaderBuilder::new().delimiter(delimiter).quoting(quoting).has_headers(false).flexible(true).from_reader(bytes);
    let (mut record, mut widths) = (ByteRecord::new(), Vec::new());
    while widths.len() < LOOKED_AT && reader.read_byte_record(&mut record).unwrap_or(false) {
        widths.push(record.len());
    }
    widths
}

/// Where the quote stands that is still open at the end of a file, if one is.
pub(super) fn open_quote(bytes: &[u8], delimiter: u8) -> Option<usize> {
    let mut opened = None;
    let mut begins_cell = true;
    let mut place = 0;
    while place < bytes.len() {
        let byte = bytes[place];
        match opened {
            // Two quotes stand for one; after the last, the cell goes on without meaning.
            Some(_) if byte == b'"' => {
                if bytes.get(place + 1) == Some(&b'"') {
                    place += 1;
                } else {
                    opened = None;
                    begins_cell = false;
                }
            }
            Some(_) => {}
            None if byte == b'"' && begins_cell => opened = Some(place),
            None => begins_cell = byte == delimiter || byte == b'\n' || byte == b'\r',
        }
        place += 1;
    }
    opened
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delimiters_cut_every_line_alike() {
        for (text, expected) in [
            ("a,b\n1,2\n", b','),
            ("a;b\n1,5;2\n2,5;3\n", b';'),
            ("a (x, y);b (u, v);c\nred;8.5;1\nblue;9;2\n", b';'),
            ("a\tb\n1\t2\n", b'\t'),
            ("x|c|y\n1.89|b|u\n", b'|'),
            ("a;b\r1,5;2\r2,5;3\r", b';'),
            ("a\n1\n", b','),
            ("a,b\n1,2\n1,2,3\n", b','),
            ("a;b\n1;\"x;y\"\n1\n", b';'),
            ("", b','),
        ] {
            assert_eq!(guess_delimiter(text.as_bytes()) as char, expected as char, "{text:?}");
        }
        // A part of a large file ends within a record.
        let long = format!("a;b\n{}", "1,5;2\n".repeat(100_000));
        assert_eq!(guess_delimiter(long.as_bytes()), b';');
    }

    #[test]
    fn a_first_line_may_name_the_delimiter() {
        assert_eq!(separator_line(b"sep=;\r\na;b\n"), Some((b';', 7)));
        assert_eq!(separator_line(b"SEP=|\na|b\n"), Some((b'|', 6)));
        assert_eq!(separator_line(b"sep=\na\n"), None);
        assert_eq!(separator_line(b"sepal,petal\n1,2\n"), None);
        assert_eq!(separator_line(b"a"), None);
    }

    #[test]
    fn quotes_that_are_open_at_the_end() {
        let open = |text: &str| open_quote(text.as_bytes(), b',');
        assert_eq!(open("a,\"b\n c\",\"d \"\"e\"\"\"\n"), None);
        assert_eq!(open("a,b\" 3\" wide\n"), None);
        assert_eq!(open("a,\"b\nc,d\n"), Some(2));
        assert_eq!(open("\"a\"b\",\"c"), Some(6));
        assert_eq!(open("\"\"\""), Some(0));
    }
}
