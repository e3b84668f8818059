//! A cell in eight bytes: what kind it is, and where its value lies in the column.

/// Where the value of a cell lies. Half as large as the enum would be, which is most of the memory that a table of short cells takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry(u64);

/// An entry, opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Missing,
    Boolean(bool),
    /// A short text, in bytes of the column's buffer.
    Text {
        start: usize,
        length: usize,
    },
    /// Places in the column's lists of such values.
    Number(usize),
    LongText(usize),
    List(usize),
    Objects(usize),
    Other(usize),
}

const KIND_BITS: u32 = 3;
const LENGTH_BITS: u32 = 21;
/// Texts from this length on are long ones.
const LONGEST: usize = 1 << LENGTH_BITS;

const MISSING: u64 = 0;
const BOOLEAN: u64 = 1;
const TEXT: u64 = 2;
const NUMBER: u64 = 3;
const LONG_TEXT: u64 = 4;
const LIST: u64 = 5;
const OBJECTS: u64 = 6;
const OTHER: u64 = 7;

impl Entry {
    pub(super) const MISSING: Self = Self(MISSING);

    pub(super) fn new(place: Place) -> Self {
        let (kind, value) = match place {
            Place::Missing => (MISSING, 0),
            Place::Boolean(value) => (BOOLEAN, u64::from(value)),
            Place::Text { start, length } => (TEXT, (start as u64) << LENGTH_BITS | length as u64),
            Place::Number(index) => (NUMBER, index as u64),
            Place::LongText(index) => (LONG_TEXT, index as u64),
            Place::List(index) => (LIST, index as u64),
            Place::Objects(index) => (OBJECTS, index as u64),
            Place::Other(index) => (OTHER, index as u64),
        };
        Self(value << KIND_BITS | kind)
    }

    pub(super) fn open(self) -> Place {
        let value = self.0 >> KIND_BITS;
        let index = value as usize;
        match self.0 & ((1 << KIND_BITS) - 1) {
            MISSING => Place::Missing,
            BOOLEAN => Place::Boolean(value == 1),
            TEXT => Place::Text { start: (value >> LENGTH_BITS) as usize, length: index & (LONGEST - 1) },
            NUMBER => Place::Number(index),
            LONG_TEXT => Place::LongText(index),
            LIST => Place::List(index),
            OBJECTS => Place::Objects(index),
            _ => Place::Other(index),
        }
    }

    /// Whether a text of so many bytes, at this place, is a short one.
    pub(super) fn is_short(start: usize, length: usize) -> bool {
        length < LONGEST && (start as u64) < 1 << (u64::BITS - KIND_BITS - LENGTH_BITS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_is_opened() {
        for place in [
            Place::Missing,
            Place::Boolean(true),
            Place::Boolean(false),
            Place::Text { start: 0, length: LONGEST - 1 },
            Place::Text { start: (1 << 40) - 1, length: 0 },
            Place::Number(1 << 40),
            Place::LongText(3),
            Place::List(0),
            Place::Objects(7),
            Place::Other(9),
        ] {
            assert_eq!(Entry::new(place).open(), place);
        }
        assert_eq!(Entry::MISSING.open(), Place::Missing);
        assert!(Entry::is_short(5, 100) && !Entry::is_short(5, LONGEST) && !Entry::is_short(1 << 40, 1));
    }
}
