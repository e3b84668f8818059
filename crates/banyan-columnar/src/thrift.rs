//! As much of Thrift's compact protocol as the heads of Parquet's pages need: whole numbers, and skipping everything else.

/// Bytes, and how far they are read. `None` is an end in the midst of a value, or what is no value.
#[derive(Debug, Clone)]
pub(crate) struct Thrift<'a> {
    bytes: &'a [u8],
    place: usize,
}

/// The types of values, by their numbers in the protocol.
pub(crate) const STRUCT: u8 = 12;
const TRUE: u8 = 1;
const FALSE: u8 = 2;
const BYTE: u8 = 3;
const INTEGERS: std::ops::RangeInclusive<u8> = 4..=6;
const DOUBLE: u8 = 7;
const BINARY: u8 = 8;
const LISTS: std::ops::RangeInclusive<u8> = 9..=10;
/// Structs within structs that are looked into.
const DEEPEST: usize = 16;

impl<'a> Thrift<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, place: 0 }
    }

    /// How many bytes are read.
    pub(crate) fn place(&self) -> usize {
        self.place
    }

    /// Reads a struct: each field's number and type, and the reader that the function takes its value from; it must take it.
    pub(crate) fn fields(&mut self, mut field: impl FnMut(&mut Self, i64, u8) -> Option<()>) -> Option<()> {
        let mut number = 0;
        loop {
            let head = self.byte()?;
            if head == 0 {
                return Some(());
            }
            let step = i64::from(head >> 4);
            number = if step == 0 { self.integer()? } else { number + step };
            field(self, number, head & 0xf)?;
        }
    }

    /// A whole number: a signed one in zigzag order.
    pub(crate) fn integer(&mut self) -> Option<i64> {
        let value = self.unsigned()?;
        Some((value >> 1) as i64 ^ -((value & 1) as i64))
    }

    pub(crate) fn skip(&mut self, kind: u8) -> Option<()> {
        self.skip_within(kind, 0)
    }

    fn skip_within(&mut self, kind: u8, depth: usize) -> Option<()> {
        match kind {
            TRUE | FALSE => Some(()),
            BYTE => self.pass(1),
            kind if INTEGERS.contains(&kind) => self.unsigned().map(|_| ()),
            DOUBLE => self.pass(8),
            BINARY => {
                let length = self.unsigned()?;
                self.pass(usize::try_from(length).ok()?)
            }
            kind if LISTS.contains(&kind) && depth < DEEPEST => {
                let head = self.byte()?;
                let count = if head >> 4 == 15 { self.unsigned()? } else { u64::from(head >> 4) };
                // Of a list of truth values each takes a byte.
                let kind = if matches!(head & 0xf, TRUE | FALSE) { BYTE } else { head & 0xf };
                (0..count).try_for_each(|_| self.skip_within(kind, depth + 1))
            }
            STRUCT if depth < DEEPEST => self.fields(|reader, _, kind| reader.skip_within(kind, depth + 1)),
            _ => None,
        }
    }

    pub(crate) fn byte(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.place)?;
        self.place += 1;
        Some(byte)
    }

    /// Passes over bytes.
    pub(crate) fn pass(&mut self, count: usize) -> Option<()> {
        self.place = self.place.checked_add(count).filter(|place| *place <= self.bytes.len())?;
        Some(())
    }

    /// Seven bits a byte, the lowest first.
    pub(crate) fn unsigned(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A struct of a number, a text, a list of two numbers, a struct and, far away, another number.
    const BYTES: [u8; 19] = [0x15, 0x03, 0x18, 2, b'a', b'b', 0x19, 0x25, 4, 6, 0x1c, 0x11, 0x00, 0x05, 0x80, 0x01, 0xac, 0x02, 0x00];

    fn numbers(bytes: &[u8]) -> Option<(Vec<(i64, i64)>, usize)> {
        let (mut reader, mut found) = (Thrift::new(bytes), Vec::new());
        reader.fields(|reader, number, kind| {
            if INTEGERS.contains(&kind) {
                found.push((number, reader.integer()?));
                Some(())
            } else {
                reader.skip(kind)
            }
        })?;
        Some((found, reader.place()))
    }

    #[test]
    fn numbers_are_read_and_all_else_is_skipped() {
        assert_eq!(numbers(&BYTES), Some((vec![(1, -2), (64, 150)], BYTES.len())));
    }

    #[test]
    fn what_is_cut_is_no_value() {
        for length in 0..BYTES.len() {
            assert_eq!(numbers(&BYTES[..length]), None, "{length}");
        }
        // A text of 2^63 bytes, and structs without end.
        assert_eq!(numbers(&[0x18, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 0]), None);
        assert_eq!(numbers(&[0x1c; 5000]), None);
    }
}
