//! How far this process is with the files that it decodes, for whoever shows that to a person.
//!
//! Files are decoded on many threads, deep below the calls that ask for it, and nothing depends on the count: it is one for the whole process.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

static WHAT: Mutex<Option<&'static str>> = Mutex::new(None);
static DONE: AtomicUsize = AtomicUsize::new(0);
static OF: AtomicUsize = AtomicUsize::new(0);

/// Files that are being decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decoding {
    /// What they are: `images`, `sounds`, `masks` or `files`.
    pub what: &'static str,
    /// Files so far.
    pub done: usize,
    /// Files in all.
    pub of: usize,
}

/// The files that are being decoded now; `None` where none are. Of two data sets that are encoded at once, the one that began last.
pub fn decoding() -> Option<Decoding> {
    let what = (*WHAT.lock().unwrap_or_else(PoisonError::into_inner))?;
    let of = OF.load(Ordering::Relaxed);
    Some(Decoding { what, done: DONE.load(Ordering::Relaxed).min(of), of })
}

/// Files that are counted as they are decoded, until this is dropped.
pub(crate) struct Counted;

impl Counted {
    pub(crate) fn begin(what: &'static str, of: usize) -> Self {
        *WHAT.lock().unwrap_or_else(PoisonError::into_inner) = Some(what);
        DONE.store(0, Ordering::Relaxed);
        OF.store(of, Ordering::Relaxed);
        Self
    }

    /// Counts one more file.
    pub(crate) fn add(&self) {
        DONE.fetch_add(1, Ordering::Relaxed);
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        *WHAT.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}
