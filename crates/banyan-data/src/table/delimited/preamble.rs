//! Lines that a program wrote before a table: comments that begin with `#`.

use csv::ReaderBuilder;

use super::dialect::guess_delimiter;
use crate::value::parse_number;

/// What stands before the header.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Preamble {
    /// Its bytes and its lines, empty ones too.
    pub(super) bytes: usize,
    pub(super) lines: u64,
    comments: usize,
    /// Whether the header, which begins with `#` too, may be a comment.
    is_header_in_doubt: bool,
}

/// A line that begins with `#`.
struct Comment<'a> {
    text: &'a [u8],
    /// The bytes before it and up to the next line, and the lines before it.
    start: usize,
    end: usize,
    line: u64,
}

/// What the last line is that begins with `#`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Last {
    Comment,
    Header,
    Either,
}

impl Preamble {
    /// What a file begins with. Lines that begin with `#` are comments; the last of them is the header (`#chromosome,start`) where it has a name for each
    /// column, unless a header follows.
    pub(super) fn of(text: &[u8], delimiter: Option<u8>) -> Self {
        let comments = comments(text);
        let Some(last) = comments.last() else { return Self::default() };
        let rest = &text[last.end..];
        let delimiter = delimiter.unwrap_or_else(|| {
            let of_rest = guess_delimiter(rest);
            // One row alone has too little to tell it by.
            let is_cut = records(rest, of_rest).first().is_some_and(|row| row.len() > 1);
            if is_cut { of_rest } else { guess_delimiter(&text[last.start..]) }
        });
        let (header, rows) = (records(last.text, delimiter), records(rest, delimiter));
        let is = match (header.first(), rows.as_slice()) {
            (Some(header), [first, others @ ..]) => judge(header, first, others.first()),
            // There is nothing but comments.
            _ => return Self::default(),
        };
        match is {
            Last::Comment => Self { bytes: last.end, lines: last.line + 1, comments: comments.len(), is_header_in_doubt: false },
            Last::Header | Last::Either => {
                let comments = comments.len() - 1;
                Self { bytes: last.start, lines: last.line, comments, is_header_in_doubt: is == Last::Either }
            }
        }
    }

    /// What is worth knowing of it, as the ends of sentences that begin with the file's name. `first_line` is the preamble's.
    pub(super) fn notes(&self, first_line: u64) -> Vec<String> {
        let skipped = match self.comments {
            0 => None,
            1 => Some("the line before the header that begins with \"#\" is a comment and left out".to_owned()),
            many => Some(format!("the {many} lines before the header that begin with \"#\" are comments and left out")),
        };
        let line = first_line + self.lines;
        let doubt = self.is_header_in_doubt.then(|| {
            format!(
                "line {line} begins with \"#\" and is read as the header, since it has a name for each column; remove it if it is a comment"
            )
        });
        skipped.into_iter().chain(doubt).collect()
    }
}

/// The lines at the beginning that begin with `#`, with empty ones between.
fn comments(text: &[u8]) -> Vec<Comment<'_>> {
    let mut found = Vec::new();
    let (mut start, mut line) = (0, 0);
    while start < text.len() {
        let rest = &text[start..];
        let length = rest.iter().position(|byte| matches!(byte, b'\r' | b'\n')).unwrap_or(rest.len());
        let own = &rest[..length];
        let end_of_line = if rest[length..].starts_with(b"\r\n") { 2 } else { 1 };
        let end = (start + length + end_of_line).min(text.len());
        if own.starts_with(b"#") {
            found.push(Comment { text: own, start, end, line });
        } else if !own.trim_ascii().is_empty() {
            break;
        }
        (start, line) = (end, line + 1);
    }
    found
}

/// The cells of the first two records.
fn records(bytes: &[u8], delimiter: u8) -> Vec<Vec<String>> {
    let reader = ReaderBuilder::new().delimiter(delimiter).has_headers(false).flexible(true).from_reader(bytes);
    let cells = |record: csv::ByteRecord| record.iter().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect();
    reader.into_byte_records().map_while(Result::ok).take(2).map(cells).collect()
}

/// Numbers stand in rows, and seldom in headers.
fn judge(last: &[String], first: &[String], second: Option<&Vec<String>>) -> Last {
    let is_number = |cell: &String| parse_number(cell).is_some();
    let has_number = |row: &[String]| row.iter().any(is_number);
    // R's tables have a cell more in each row.
    let fits = last.len() == first.len() || (last.len() > 1 && last.len() + 1 == first.len() && has_number(first));
    match (fits, has_number(first)) {
        (true, true) => Last::Header,
        // A row of nothing but numbers is no header, and without one there is an error.
        (false, true) if first.iter().all(is_number) => Last::Header,
        (false, _) => Last::Comment,
        (true, false) if second.is_some_and(|second| has_number(second)) => Last::Comment,
        (true, false) => Last::Either,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lines that are left out, and the notes.
    fn seen(text: &str) -> (u64, Vec<String>) {
        let found = Preamble::of(text.as_bytes(), None);
        assert!(found.bytes == 0 || text.as_bytes()[found.bytes - 1] == b'\n');
        (found.lines, found.notes(1))
    }

    #[test]
    fn comments_before_a_header_are_left_out() {
        for text in ["# made by a tool\n# on Monday\na;b\n1;2\n", "# made by a tool\r\n\r\n# on Monday\r\na;b\r\nx;y\r\n"] {
            let (lines, notes) = seen(text);
            assert_eq!(lines, text.lines().count() as u64 - 2);
            assert_eq!(notes, ["the 2 lines before the header that begin with \"#\" are comments and left out"]);
        }
        assert_eq!(seen("# by a tool, version 3\nname,age\nBob,33\n").0, 1, "with as many cells as there are columns");
        assert_eq!(seen("# by a tool\nname\n33\n").0, 1);
    }

    #[test]
    fn a_header_may_begin_so() {
        for text in
            ["#chromosome\tstart\nX\t900\n", "# x,y\n1.5,2\n", "#id\n1\n2\n", "#a,b\nr1,1,2\nr2,2,3\n", "#a,b,c\n1,2\n1,2\n", "a,b\n#1,2\n"]
        {
            assert_eq!(seen(text), (0, vec![]), "{text}");
        }
        assert_eq!(seen("# by a tool\n#id,age\n1,33\n").0, 1);
        let (lines, notes) = seen("#name,town\nBob,Rome\nAnn,Oslo\n");
        assert_eq!(lines, 0);
        assert_eq!(
            notes,
            ["line 1 begins with \"#\" and is read as the header, since it has a name for each column; remove it if it is a comment"]
        );
    }

    #[test]
    fn comments_alone_are_no_table() {
        for text in ["", "#", "# a\n# b\n", "# a\n\n\n"] {
            assert_eq!(Preamble::of(text.as_bytes(), None), Preamble::default(), "{text:?}");
        }
    }
}
