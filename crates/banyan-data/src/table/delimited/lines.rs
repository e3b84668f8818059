//! The lines of records.

/// Turns byte offsets, asked for in ascending order, into line numbers. The reader's own count stands
/// at the end of the last record, before the blank lines that it then skips.
pub(super) struct LineCounter<'a> {
    bytes: &'a [u8],
    offset: usize,
    line: u64,
}

impl<'a> LineCounter<'a> {
    /// For bytes of which the first is on that line.
    pub(super) fn new(bytes: &'a [u8], line: u64) -> Self {
        Self { bytes, offset: 0, line }
    }

    /// The line of the record that is read from a place on, past the blank lines that stand there.
    pub(super) fn at(&mut self, start: usize) -> u64 {
        let mut start = start.min(self.bytes.len());
        while self.bytes.get(start).is_some_and(|byte| matches!(byte, b'\r' | b'\n')) {
            start += 1;
        }
        self.of_byte(start)
    }

    /// The line that a byte is on.
    pub(super) fn of_byte(&mut self, start: usize) -> u64 {
        let passed = self.bytes.get(self.offset..start).unwrap_or(&[]);
        // A carriage return without a line feed ends a line too.
        let ends = |place: usize, byte: u8| byte == b'\n' || (byte == b'\r' && self.bytes.get(self.offset + place + 1) != Some(&b'\n'));
        self.line += passed.iter().enumerate().filter(|(place, byte)| ends(*place, **byte)).count() as u64;
        self.offset = start.max(self.offset);
        self.line
    }
}
