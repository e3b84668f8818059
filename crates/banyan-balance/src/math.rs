//! Small dense mathematics in double precision: made for a handful of tasks, where a general library would spend
//! its time on allocation and dispatch.

mod cholesky;
mod eigen;
mod matrix;
mod minimum_norm;
mod nonnegative;
mod potential;
mod simplex;

pub(crate) use cholesky::Cholesky;
pub(crate) use eigen::Eigen;
pub(crate) use matrix::{Matrix, dot};
pub(crate) use minimum_norm::minimum_norm;
pub(crate) use nonnegative::minimize_nonnegative;
pub(crate) use potential::fair_weights;
pub(crate) use simplex::project_to_simplex;

/// Softmax over some of the entries; the others are 0. Values may be of any finite size.
pub(crate) fn softmax(values: &[f64], entries: &[usize]) -> Vec<f64> {
    let largest = entries.iter().map(|&entry| values[entry]).fold(f64::NEG_INFINITY, f64::max);
    let mut result = vec![0.0; values.len()];
    for &entry in entries {
        result[entry] = (values[entry] - largest).exp();
    }
    let total: f64 = result.iter().sum();
    result.iter_mut().for_each(|value| *value /= total.max(f64::MIN_POSITIVE));
    result
}
