//! Memory of a thread for what one call needs and forgets.

use crate::pool::Buffer;
use std::cell::RefCell;

thread_local! {
    static FREE: RefCell<Vec<Buffer>> = const { RefCell::new(Vec::new()) };
}

/// Calls `f` with `len` numbers of arbitrary content, on a 64-byte boundary. Calls may be nested.
pub(crate) fn with<R>(len: usize, f: impl FnOnce(&mut [f32]) -> R) -> R {
    let mut buffer = FREE.with_borrow_mut(Vec::pop).unwrap_or_default();
    buffer.reserve(len);
    let result = f(&mut buffer);
    FREE.with_borrow_mut(|free| free.push(buffer));
    result
}
