//! Clipping by the global norm (Pascanu, Mikolov and Bengio, 2013).

use banyan_engine::{Work, Workers, dispatch};

/// Parts whose squares are summed apart and added in order: the same whatever the number of threads.
const PARTS: usize = 32;

dispatch! {
    fn sum_of_squares(values: &[f32]) -> f32 {
        let mut lanes = [0.0f32; 16];
        let chunks = values.chunks_exact(16);
        let tail: f32 = chunks.remainder().iter().map(|x| x * x).sum();
        for chunk in chunks {
            for (lane, x) in lanes.iter_mut().zip(chunk) {
                *lane += x * x;
            }
        }
        lanes.iter().sum::<f32>() + tail
    }
}

dispatch! {
    fn scale(values: &mut [f32], factor: f32) {
        for x in values.iter_mut() {
            *x *= factor;
        }
    }
}

/// Scales a gradient so that its Euclidean norm is at most `max`; returns the norm it had.
/// A `max` of 0 leaves it as it is. The factor is `max / (norm + 1e-6)` where that is below 1, as in PyTorch.
pub fn clip_global_norm(workers: &Workers, gradient: &mut [f32], max: f64) -> f64 {
    const BLOCK: usize = 4096;
    let of_part = gradient.len().div_ceil(PARTS).next_multiple_of(BLOCK);
    let mut parts = [(); PARTS].map(|()| (&[][..], 0.0));
    for (part, values) in parts.iter_mut().zip(gradient.chunks(of_part)) {
        part.0 = values;
    }
    workers.each(Work::numbers(gradient.len()), &mut parts, |_, (values, sum)| {
        *sum = values.chunks(BLOCK).map(|block| f64::from(sum_of_squares(block))).sum()
    });
    let norm = parts.iter().map(|(_, sum)| sum).sum::<f64>().sqrt();
    let factor = max / (norm + 1e-6);
    if max > 0.0 && factor < 1.0 {
        workers.blocks(Work::numbers(2 * gradient.len()), BLOCK, [gradient], |_, [block]| scale(block, factor as f32));
    }
    norm
}
