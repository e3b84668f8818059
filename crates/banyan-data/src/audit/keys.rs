//! Cells as 64-bit keys: equal where the cells are, and in all likelihood different where they are not.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

use banyan_text::hash::{hash, mix};

use crate::split::cell_key;
use crate::table::{Cell, plain_number};
use crate::value::canonical;

/// Distinct keys.
pub(crate) type KeySet = HashSet<u64, BuildHasherDefault<OfKey>>;

/// What goes with each key.
pub(crate) type KeyMap<T> = HashMap<u64, T, BuildHasherDefault<OfKey>>;

/// The key of a cell that is not missing; numbers and texts of one name have one key.
pub(super) fn key(cell: Cell<'_>) -> u64 {
    match cell {
        // By far the most, and nothing is allocated for them.
        Cell::Number(value) if value.is_finite() => of_number(value),
        Cell::Text(text) => {
            let name = canonical(text);
            plain_number(name).map_or_else(|| hash(name.bytes()), of_number)
        }
        cell => hash(cell_key(cell).into_bytes()),
    }
}

fn of_number(value: f64) -> u64 {
    // 0 and -0 are one.
    mix((value + 0.0).to_bits())
}

/// The key of what has several keys in an order.
pub(super) fn join(first: u64, second: u64) -> u64 {
    mix(first.rotate_left(7) ^ mix(second))
}

/// Keys are hashes already.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct OfKey(u64);

impl Hasher for OfKey {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = hash(bytes.iter().copied());
    }

    fn write_u64(&mut self, key: u64) {
        self.0 = key;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_of_one_name_have_one_key() {
        assert_eq!(key(Cell::Text("5.0")), key(Cell::Number(5.0)));
        assert_eq!(key(Cell::Text("inf")), key(Cell::Number(f64::INFINITY)));
        assert_eq!(key(Cell::Text("True")), key(Cell::Boolean(true)));
        assert_ne!(key(Cell::Text("a")), key(Cell::Text("b")));
        assert_ne!(join(1, 2), join(2, 1));
    }
}
