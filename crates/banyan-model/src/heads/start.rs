//! Initial biases from the labels' frequencies, so that training need not begin with learning them.

use banyan_engine::Parameters;
use banyan_nn::Linear;

/// The logit of `positive` rows among `all`, of which half a row more is taken for each side.
pub(super) fn logit(positive: f64, all: f64) -> f32 {
    ((positive + 0.5) / (all - positive + 0.5)).ln() as f32
}

/// The logarithm of the share of each of some classes, each of which is taken to come once more.
pub(super) fn log_shares(counts: &[usize]) -> Vec<f32> {
    let all = counts.iter().sum::<usize>() as f64 + counts.len() as f64;
    counts.iter().map(|&count| ((count as f64 + 1.0) / all).ln() as f32).collect()
}

/// Sets the bias of a layer.
pub(super) fn set_bias(parameters: &mut Parameters, layer: &Linear, values: &[f32]) {
    if let Some(bias) = layer.bias {
        parameters.get_mut(bias).copy_from_slice(values);
    }
}
