//! Panics of decoders, as values.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

thread_local! {
    /// How many calls of [`contained`] this thread is in.
    static DEPTH: Cell<usize> = const { Cell::new(0) };
}

/// Counts a call for as long as it lasts, also when it ends by a panic.
struct Inside;

impl Inside {
    fn new() -> Self {
        DEPTH.set(DEPTH.get() + 1);
        Self
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        DEPTH.set(DEPTH.get() - 1);
    }
}

/// Runs a decoder; `None` if it panics. The panic prints nothing: whoever calls says what is wrong with the file, in a sentence.
///
/// What the decoder has changed when it panics may be half done, so use none of it.
pub fn contained<T>(decode: impl FnOnce() -> T) -> Option<T> {
    be_silent_inside();
    catch_unwind(AssertUnwindSafe(|| {
        let _inside = Inside::new();
        decode()
    }))
    .ok()
}

/// Puts a hook before that of the program, once, which passes on all panics but those that are contained.
fn be_silent_inside() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if DEPTH.get() == 0 {
                before(panic);
            }
        }));
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_a_value_and_the_next_call_works() {
        let numbers = [1, 2];
        for at in [0, 7, 1, 9] {
            assert_eq!(contained(|| numbers[at]), numbers.get(at).copied());
            assert_eq!(DEPTH.get(), 0);
        }
    }

    #[test]
    fn calls_may_lie_within_calls() {
        let inner = || contained(|| -> usize { panic!("damaged") });
        assert_eq!(contained(|| (inner(), DEPTH.get())), Some((None, 1)));
    }
}
