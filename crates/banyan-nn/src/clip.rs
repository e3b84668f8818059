//! Clipping by the global norm (Pascanu, Mikolov and Bengio, 2013).

/// Scales a gradient so that its Euclidean norm is at most `max`; returns the norm it had.
/// A `max` of 0 leaves it as it is. The factor is `max / (norm + 1e-6)` where that is below 1, as in PyTorch.
pub fn clip_global_norm(gradient: &mut [f32], max: f64) -> f64 {
    let norm = gradient.chunks(4096).map(|block| f64::from(block.iter().map(|g| g * g).sum::<f32>())).sum::<f64>().sqrt();
    let factor = max / (norm + 1e-6);
    if max > 0.0 && factor < 1.0 {
        for g in gradient {
            *g *= factor as f32;
        }
    }
    norm
}
