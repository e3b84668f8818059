//! Initial values.

use banyan_engine::random::Stream;

/// Uniform in `±sqrt(6 / inputs)`: keeps the variance through rectified layers (He et al., 2015).
pub(crate) fn kaiming_uniform(stream: &mut Stream, len: usize, inputs: usize) -> Vec<f32> {
    uniform(stream, len, (6.0 / inputs.max(1) as f32).sqrt())
}

/// Uniform in `±sqrt(6 / (inputs + outputs))`: for layers without a rectifier (Glorot and Bengio, 2010).
pub(crate) fn xavier_uniform(stream: &mut Stream, len: usize, inputs: usize, outputs: usize) -> Vec<f32> {
    uniform(stream, len, (6.0 / (inputs + outputs).max(1) as f32).sqrt())
}

/// Normal with this deviation.
pub(crate) fn normal(stream: &mut Stream, len: usize, deviation: f32) -> Vec<f32> {
    (0..len).map(|_| stream.normal() * deviation).collect()
}

/// Uniform in `±bound`.
pub(crate) fn uniform(stream: &mut Stream, len: usize, bound: f32) -> Vec<f32> {
    (0..len).map(|_| (2.0 * stream.uniform() - 1.0) * bound).collect()
}
