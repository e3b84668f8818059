//! A bound on the memory that decoded files take.

use std::sync::atomic::{AtomicU64, Ordering};

/// How much memory decoded files (images, audio, labels on images) may take, and how much of it they do.
///
/// Data sets that are encoded with the same one share its bound. What a data set keeps, it keeps for good: for data
/// sets that follow each other, make one each.
#[derive(Debug)]
pub struct MediaMemory {
    most: u64,
    used: AtomicU64,
}

impl MediaMemory {
    /// Room for so many bytes.
    pub fn new(bytes: u64) -> Self {
        Self { most: bytes, used: AtomicU64::new(0) }
    }

    /// The bytes of all pixels, energies and indices that are kept: never more than the bound.
    pub fn used(&self) -> u64 {
        self.used.load(Ordering::Relaxed)
    }

    /// Takes room, if there is as much.
    pub(crate) fn take(&self, bytes: usize) -> bool {
        let taken = |used: u64| used.checked_add(bytes as u64).filter(|used| *used <= self.most);
        self.used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, taken).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_than_there_is() {
        let memory = MediaMemory::new(10);
        assert!(memory.take(6) && !memory.take(5) && memory.take(4) && !memory.take(1));
        assert_eq!(memory.used(), 10);
        assert!(!MediaMemory::new(0).take(1));
    }
}
