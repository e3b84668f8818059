//! What every operation must do.

pub(crate) mod bits;
pub(crate) mod chunks;
pub(crate) mod finite_differences;
pub(crate) mod nan;
pub(crate) mod stacked;
pub(crate) mod values;

use banyan_engine::{Engine, Settings};

/// An engine with so many threads and four lanes.
pub(crate) fn engine(threads: usize) -> Engine {
    Engine::new(Settings { threads, lanes: 4, ..Settings::default() }).expect("threads can be started")
}
