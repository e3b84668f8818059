//! One pass over a file of delimited cells: where it can be cut between two records, and whether a quote is left open.

use std::io;

use banyan_columnar::Source;
use memchr::{memchr, memchr_iter, memrchr};

use super::dialect::open_quote;

/// Bytes that are read at once.
const PIECE: u64 = 1 << 18;
/// The least bytes of a block, which is parsed as a whole.
const BLOCK: u64 = 1 << 20;

/// Whole records, one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Block {
    pub(super) start: u64,
    pub(super) end: u64,
    /// The line of its first byte.
    pub(super) line: u64,
}

/// What the pass found.
#[derive(Debug)]
pub(super) struct Scan {
    pub(super) blocks: Vec<Block>,
    /// The line of the quote that is never closed.
    pub(super) open_quote: Option<u64>,
    /// Whether there is anything but white space.
    pub(super) has_content: bool,
}

/// The parts of a source from a place on, each with its place.
pub(super) fn pieces(source: &Source, begin: u64) -> impl Iterator<Item = io::Result<(u64, bytes::Bytes)>> + '_ {
    let mut place = begin;
    std::iter::from_fn(move || {
        let length = PIECE.min(source.length().saturating_sub(place));
        if length == 0 {
            return None;
        }
        let start = place;
        place += length;
        Some(source.part(start, length).map(|bytes| (start, bytes)))
    })
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// At the beginning of a cell, or within one that is not in quotes.
    Begin,
    Within,
    /// In quotes that were opened on that line.
    Quoted(u64),
    /// Behind a quote within quotes: it closes them, or stands for one together with the next.
    Closing(u64),
}

/// Goes over a source from a place on, which is on that line. Without `quoting`, quotes are characters as any other.
pub(super) fn scan(source: &Source, begin: u64, line: u64, delimiter: u8, quoting: bool) -> io::Result<Scan> {
    let mut scanner = Scanner {
        delimiter,
        quoting,
        state: State::Begin,
        line,
        is_behind_return: false,
        blocks: Vec::new(),
        block: Block { start: begin, end: begin, line },
        has_content: false,
    };
    for piece in pieces(source, begin) {
        let (start, bytes) = piece?;
        scanner.has_content = scanner.has_content || !bytes.iter().all(u8::is_ascii_whitespace);
        scanner.piece(start, &bytes);
    }
    let open_quote = if let State::Quoted(line) = scanner.state { Some(line) } else { None };
    scanner.cut(source.length());
    Ok(Scan { blocks: scanner.blocks, open_quote, has_content: scanner.has_content })
}

struct Scanner {
    delimiter: u8,
    quoting: bool,
    state: State,
    line: u64,
    /// Whether the last byte was a carriage return, which ends a line with or without a line feed.
    is_behind_return: bool,
    blocks: Vec<Block>,
    block: Block,
    has_content: bool,
}

impl Scanner {
    /// Ends a block before a place, which is on the current line.
    fn cut(&mut self, end: u64) {
        if end > self.block.start {
            self.blocks.push(Block { end, ..self.block });
        }
        self.block = Block { start: end, end, line: self.line };
    }

    fn piece(&mut self, start: u64, bytes: &[u8]) {
        let is_in_quotes = matches!(self.state, State::Quoted(_) | State::Closing(_));
        let has_quotes = self.quoting && (is_in_quotes || memchr(b'"', bytes).is_some());
        if has_quotes || self.is_behind_return || memchr(b'\r', bytes).is_some() {
            return self.bytes(start, bytes);
        }
        let lines = |bytes: &[u8]| memchr_iter(b'\n', bytes).count() as u64;
        let end = start + bytes.len() as u64;
        let last = memrchr(b'\n', bytes).filter(|_| end - self.block.start >= BLOCK);
        let rest = match last {
            Some(place) => {
                self.line += lines(&bytes[..=place]);
                self.cut(start + place as u64 + 1);
                &bytes[place + 1..]
            }
            None => bytes,
        };
        self.line += lines(rest);
        let last = bytes.last().copied().unwrap_or(b'\n');
        self.state = if last == self.delimiter || last == b'\n' { State::Begin } else { State::Within };
    }

    fn bytes(&mut self, start: u64, bytes: &[u8]) {
        for (place, &byte) in bytes.iter().enumerate() {
            let place = start + place as u64;
            let is_line_feed = byte == b'\n';
            // A line ends at a line feed, and at a carriage return unless one follows.
            if self.is_behind_return && !is_line_feed {
                self.cut_if_due(place);
            }
            if byte == b'\r' || (is_line_feed && !self.is_behind_return) {
                self.line += 1;
            }
            self.is_behind_return = byte == b'\r';
            if self.quoting {
                self.state = self.next(byte);
            }
            if is_line_feed {
                self.cut_if_due(place + 1);
            }
        }
    }

    fn cut_if_due(&mut self, place: u64) {
        // In quotes a line is no record.
        if place - self.block.start >= BLOCK && matches!(self.state, State::Begin | State::Within) {
            self.cut(place);
        }
    }

    fn next(&self, byte: u8) -> State {
        let unquoted = |begins: bool| match byte {
            b'"' if begins => State::Quoted(self.line),
            b'\n' | b'\r' => State::Begin,
            _ if byte == self.delimiter => State::Begin,
            _ => State::Within,
        };
        match self.state {
            State::Begin => unquoted(true),
            State::Within => unquoted(false),
            State::Quoted(line) if byte == b'"' => State::Closing(line),
            State::Quoted(line) => State::Quoted(line),
            State::Closing(line) if byte == b'"' => State::Quoted(line),
            State::Closing(_) => unquoted(false),
        }
    }
}

/// Whether quotes of a file of tabs quote. Many such files are written without quoting, and have inch marks and quotations in their cells: a
/// quote opens a cell only where each closes on its own line, or where without quoting the lines have other widths than the header.
pub(super) fn tabs_are_quoted(source: &Source, begin: u64) -> io::Result<bool> {
    let mut lines = TabLines { are_closed: true, header: None, have_one_width: true };
    let mut rest: Vec<u8> = Vec::new();
    // Old programs end lines with carriage returns alone.
    let mut line_end = None;
    for piece in pieces(source, begin) {
        let (_, bytes) = piece?;
        let line_end = *line_end.get_or_insert(if memchr(b'\n', &bytes).is_some() { b'\n' } else { b'\r' });
        match memrchr(line_end, &bytes) {
            Some(end) => {
                rest.extend_from_slice(&bytes[..end]);
                rest.split(|byte| *byte == line_end).for_each(|line| lines.see(line));
                rest.clear();
                rest.extend_from_slice(&bytes[end + 1..]);
            }
            None => rest.extend_from_slice(&bytes),
        }
    }
    lines.see(&rest);
    Ok(lines.are_closed || !lines.have_one_width)
}

struct TabLines {
    are_closed: bool,
    header: Option<usize>,
    have_one_width: bool,
}

impl TabLines {
    fn see(&mut self, line: &[u8]) {
        self.are_closed = self.are_closed && (memchr(b'"', line).is_none() || open_quote(line, b'\t').is_none());
        let tabs = memchr_iter(b'\t', line).count();
        match self.header {
            None => self.header = Some(tabs),
            Some(header) => self.have_one_width = self.have_one_width && (tabs == header || line.iter().all(u8::is_ascii_whitespace)),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn source(text: &[u8]) -> Source {
        text.to_vec().into()
    }

    #[test]
    fn quotes_of_tables_of_tabs() {
        let quoted = |text: &str| tabs_are_quoted(&source(text.as_bytes()), 0).unwrap();
        assert!(quoted("a\tb\n\"x\ty\"\t1\n"));
        assert!(quoted("a\tb\n\"two\nlines\"\t1\n"));
        assert!(!quoted("a\tb\n\"open\t1\nx\t2\nclosed\"\t3\n"));
        assert!(!quoted("a\tb\n\"never closed\t1\n"));
        assert!(quoted("a\tb\n3\" pipe\t1\n"));
        assert!(!quoted("a\tb\r\"open\t1\rx\t2\rclosed\"\t3\r"));
    }

    #[test]
    fn large_files_are_cut_between_records() {
        let record = "1,\"two\nlines \"\"quoted\"\"\",3\n";
        for text in [record.repeat(400_000), "1,2\n".repeat(1_500_000), "1,2\r".repeat(1_500_000), "1,2\r\n".repeat(1_500_000)] {
            let scan = scan(&source(text.as_bytes()), 0, 1, b',', true).unwrap();
            assert!(scan.blocks.len() > 1 && scan.open_quote.is_none() && scan.has_content);
            assert_eq!((scan.blocks[0].start, scan.blocks[scan.blocks.len() - 1].end), (0, text.len() as u64));
            let (mut end, mut line) = (0, 1);
            for block in &scan.blocks {
                assert_eq!((block.start, block.line), (end, line));
                let part = &text[block.start as usize..block.end as usize];
                assert!(part.starts_with("1,") && !part.ends_with("quoted"));
                line += part.lines().count().max(part.split('\r').count() - 1) as u64;
                end = block.end;
            }
        }
    }

    proptest! {
        #[test]
        fn an_open_quote_is_found_as_in_the_whole(text in "[a,\"\r\n]{0,60}") {
            let found = scan(&source(text.as_bytes()), 0, 1, b',', true).unwrap().open_quote;
            let place = open_quote(text.as_bytes(), b',');
            let ends = |text: &str| text.replace("\r\n", "\n").matches(['\r', '\n']).count() as u64;
            prop_assert_eq!(found, place.map(|place| 1 + ends(&text[..place])));
        }
    }
}
