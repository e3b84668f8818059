//! Clipping by the global norm (Pascanu, Mikolov and Bengio, 2013).

/// Numbers whose squares are summed in single precision: few enough to lose nothing, many enough to run at the memory's speed.
const BLOCK: usize = 4096;
/// Sums that run side by side. With one alone every addition would wait for the one before it.
const LANES: usize = 16;

/// Scales a gradient so that its Euclidean norm is at most `max`; returns the norm it had.
/// A `max` of 0 leaves it as it is. The factor is `max / (norm + 1e-6)` where that is below 1, as in PyTorch.
pub fn clip_global_norm(gradient: &mut [f32], max: f64) -> f64 {
    let norm = gradient.chunks(BLOCK).map(|block| f64::from(sum_of_squares(block))).sum::<f64>().sqrt();
    let factor = max / (norm + 1e-6);
    if max > 0.0 && factor < 1.0 {
        for g in gradient {
            *g *= factor as f32;
        }
    }
    norm
}

fn sum_of_squares(block: &[f32]) -> f32 {
    let (whole, rest) = block.as_chunks::<LANES>();
    let mut sums = [0.0; LANES];
    for chunk in whole {
        for (sum, g) in sums.iter_mut().zip(chunk) {
            *sum += g * g;
        }
    }
    sums.iter().sum::<f32>() + rest.iter().map(|g| g * g).sum::<f32>()
}
