//! A cell in eight bytes: a number itself, or what kind the cell is and where its value lies.

/// A cell. All bit patterns of a number that is none (NaN) but one sign are free for the other kinds: the three bits below the pattern tell the
/// kind, the rest is a truth value or a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry(u64);

/// An entry, opened.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Place {
    Missing,
    Boolean(bool),
    Number(f64),
    /// Where a text begins among those of its chunk.
    Text(usize),
    /// Places in the lists of such values.
    List(usize),
    Objects(usize),
    Other(usize),
}

/// The first bits of all that is no number: a negative quiet NaN.
const BOXED: u64 = 0xfff8 << 48;
const VALUE_BITS: u32 = 48;

const MISSING: u64 = 0;
const BOOLEAN: u64 = 1;
const TEXT: u64 = 2;
const LIST: u64 = 3;
const OBJECTS: u64 = 4;
const OTHER: u64 = 5;

impl Entry {
    pub(super) const MISSING: Self = Self(BOXED | MISSING << VALUE_BITS);

    /// # Panics
    /// If a place is beyond 2^48, which no memory holds.
    pub(super) fn new(place: Place) -> Self {
        let boxed = |kind: u64, value: usize| {
            assert!((value as u64) < 1 << VALUE_BITS, "a column of more than 2^48 bytes");
            Self(BOXED | kind << VALUE_BITS | value as u64)
        };
        match place {
            // One that is none would be taken for a box.
            Place::Number(value) if value.is_nan() => Self::MISSING,
            Place::Number(value) => Self(value.to_bits()),
            Place::Missing => Self::MISSING,
            Place::Boolean(value) => boxed(BOOLEAN, usize::from(value)),
            Place::Text(start) => boxed(TEXT, start),
            Place::List(index) => boxed(LIST, index),
            Place::Objects(index) => boxed(OBJECTS, index),
            Place::Other(index) => boxed(OTHER, index),
        }
    }

    pub(super) fn open(self) -> Place {
        if self.0 & BOXED != BOXED {
            return Place::Number(f64::from_bits(self.0));
        }
        let value = (self.0 & ((1 << VALUE_BITS) - 1)) as usize;
        match (self.0 & !BOXED) >> VALUE_BITS {
            MISSING => Place::Missing,
            BOOLEAN => Place::Boolean(value == 1),
            TEXT => Place::Text(value),
            LIST => Place::List(value),
            OBJECTS => Place::Objects(value),
            _ => Place::Other(value),
        }
    }

    /// As it lies in a file.
    pub(super) fn bits(self) -> u64 {
        self.0
    }

    /// What [`bits`](Self::bits) gave.
    pub(super) fn of_bits(bits: u64) -> Self {
        Self(bits)
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
            Place::Text(0),
            Place::Text((1 << 48) - 1),
            Place::Number(0.0),
            Place::Number(-1.5),
            Place::Number(f64::INFINITY),
            Place::Number(f64::NEG_INFINITY),
            Place::Number(f64::MIN_POSITIVE / 4.0),
            Place::List(0),
            Place::Objects(7),
            Place::Other(9),
        ] {
            assert_eq!(Entry::new(place).open(), place);
            assert_eq!(Entry::of_bits(Entry::new(place).bits()), Entry::new(place));
        }
        assert_eq!(Entry::MISSING.open(), Place::Missing);
        assert_eq!(Entry::new(Place::Number(f64::NAN)), Entry::MISSING);
        assert_eq!(Entry::new(Place::Number(-f64::NAN)), Entry::MISSING);
    }
}
