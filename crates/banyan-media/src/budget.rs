//! A bound on the memory that decoding takes at any moment, over all threads together.
//!
//! Each file says in its header how much it will need, and a thread waits until there is as much. Files are small and their content is large,
//! so there are two budgets, and whoever has a share of the second one waits for nothing any more: no two threads wait for each other.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Memory for the content of files as they are on the disk; the largest that is read fits.
pub(crate) static FILES: Budget = Budget::new(1 << 30);
/// Memory for what files are decoded to. An image within the limits on pixels and bytes fits; a sound may have to be the only one.
pub(crate) static DECODED: Budget = Budget::new(1 << 30);

/// So much memory.
#[derive(Debug)]
pub(crate) struct Budget {
    most: u64,
    used: Mutex<u64>,
    freed: Condvar,
}

/// A share of the memory, given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Share<'a> {
    budget: &'a Budget,
    bytes: u64,
}

impl Budget {
    const fn new(most: u64) -> Self {
        Self { most, used: Mutex::new(0), freed: Condvar::new() }
    }

    /// Waits for so many bytes; of more than there are, for all.
    pub(crate) fn take(&self, bytes: u64) -> Share<'_> {
        let bytes = bytes.min(self.most);
        let mut used = self.used();
        while *used + bytes > self.most {
            used = self.freed.wait(used).unwrap_or_else(PoisonError::into_inner);
        }
        *used += bytes;
        Share { budget: self, bytes }
    }

    fn used(&self) -> MutexGuard<'_, u64> {
        // A number is whole whatever happened to the thread that held it.
        self.used.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Share<'_> {
    fn drop(&mut self) {
        *self.budget.used() -= self.bytes;
        self.budget.freed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    #[test]
    fn threads_together_never_take_more_than_there_is() {
        let budget = Budget::new(10);
        let (used, peak) = (AtomicU64::new(0), AtomicU64::new(0));
        std::thread::scope(|scope| {
            for thread in 0..8_u64 {
                let (budget, used, peak) = (&budget, &used, &peak);
                scope.spawn(move || {
                    for round in 0..50 {
                        let bytes = 1 + (thread * 7 + round) % 10;
                        let _share = budget.take(bytes);
                        peak.fetch_max(used.fetch_add(bytes, Ordering::SeqCst) + bytes, Ordering::SeqCst);
                        std::thread::yield_now();
                        used.fetch_sub(bytes, Ordering::SeqCst);
                    }
                });
            }
        });
        assert!((6..=10).contains(&peak.into_inner()));
        assert_eq!(*budget.used(), 0, "all is given back");
    }

    #[test]
    fn one_that_wants_more_than_all_gets_all() {
        let budget = Budget::new(10);
        drop(budget.take(1_000));
        assert_eq!(budget.take(1_000).bytes, 10);
    }
}
