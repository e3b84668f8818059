//! What names a value, saved numbers or a list of integers on a tape.

/// The handle of one value on a tape.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Var(pub(crate) u32);

impl Var {
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

/// The handle of numbers an operation kept for its backward pass.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Saved(u32);

impl Saved {
    pub(crate) fn from_index(index: usize) -> Self {
        Self(index as u32)
    }

    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

/// The handle of integers an operation kept (indices, lists of operands).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Integers(u32);

impl Integers {
    pub(crate) fn from_index(index: usize) -> Self {
        Self(index as u32)
    }

    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}
