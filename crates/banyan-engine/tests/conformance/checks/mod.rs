//! What every operation must do.

pub(crate) mod bits;
pub(crate) mod chunks;
pub(crate) mod domain;
pub(crate) mod finite_differences;
pub(crate) mod nan;
pub(crate) mod stacked;
pub(crate) mod values;

use crate::case::{Case, Kernels};
use banyan_engine::{Engine, Precision, Settings};

/// An engine with so many threads and four lanes.
pub(crate) fn engine(threads: usize) -> Engine {
    Engine::new(Settings { threads, lanes: 4, ..Settings::default() }).expect("threads can be started")
}

/// How much of a largest number two ways to the same result may differ, where they may by `exact` in single precision.
pub(crate) fn tolerance(case: &Case, exact: f32) -> f32 {
    if case.kernels == Kernels::Products { tolerance_of_products(exact) } else { exact }
}

/// The same for what is made of products of matrices: two parts of 8 bits leave a rounding of 2^-17 of each factor, of which
/// there are two, and of each of a few layers.
pub(crate) fn tolerance_of_products(exact: f32) -> f32 {
    match Precision::Auto.effective() {
        Precision::Bf16x3 => (10.0 * exact).max(4e-5),
        _ => exact,
    }
}
