//! Variations of training images and sounds: small shifts, and masked bands and frames.
//!
//! Each row's variation is a function of the seed, the step and the row, so a resumed run sees the same ones.

use banyan_data::batch::{Batch, InputValues};
use banyan_engine::Context;
use banyan_engine::random::Stream;

/// How far an image is moved, as a share of its side.
const IMAGE_SHIFT: f64 = 0.08;
/// How far a sound is moved, as a share of its frames.
const SOUND_SHIFT: f64 = 0.08;
/// The widest mask, as a share of the bands or frames (SpecAugment: Park et al., Interspeech 2019).
const MASK: f64 = 0.15;

/// Varies a batch in training.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Augmentation;

impl Augmentation {
    /// Varies all images and sounds of a batch.
    pub(crate) fn apply(&self, batch: &mut Batch, context: Context) {
        for (place, input) in batch.inputs.iter_mut().enumerate() {
            let stream = |row: u64| Stream::new(&[context.seed, context.step, row, 0x7661_7279, place as u64]);
            match &mut input.values {
                InputValues::Image { height, width, channels, pixels } => {
                    let len = *height * *width * *channels;
                    for (image, &row) in pixels.chunks_exact_mut(len.max(1)).zip(&batch.rows) {
                        let mut stream = stream(row);
                        let (down, right) = (shift(&mut stream, *height, IMAGE_SHIFT), shift(&mut stream, *width, IMAGE_SHIFT));
                        move_grid(image, [*height, *width, *channels], down, right);
                    }
                }
                InputValues::Audio { frames, bands, values, lengths } => {
                    let len = *frames * *bands;
                    for ((sound, &row), &length) in values.chunks_exact_mut(len.max(1)).zip(&batch.rows).zip(lengths.iter()) {
                        let mut stream = stream(row);
                        let later = shift(&mut stream, *frames, SOUND_SHIFT);
                        move_grid(sound, [*frames, *bands, 1], later, 0);
                        mask(sound, *bands, length as usize, &mut stream);
                    }
                }
                _ => {}
            }
        }
    }
}

fn shift(stream: &mut Stream, side: usize, share: f64) -> isize {
    let most = (side as f64 * share).round() as usize;
    stream.below(2 * most + 1) as isize - most as isize
}

/// Moves a grid; what comes in from outside is the nearest edge.
fn move_grid(values: &mut [f32], [height, width, channels]: [usize; 3], down: isize, right: isize) {
    if down == 0 && right == 0 {
        return;
    }
    let old = values.to_vec();
    let from = |to: usize, by: isize, side: usize| (to as isize - by).clamp(0, side as isize - 1) as usize;
    for row in 0..height {
        for column in 0..width {
            let source = (from(row, down, height) * width + from(column, right, width)) * channels;
            values[(row * width + column) * channels..][..channels].copy_from_slice(&old[source..source + channels]);
        }
    }
}

/// Sets a run of bands and a run of frames to the mean, which is zero.
fn mask(values: &mut [f32], bands: usize, length: usize, stream: &mut Stream) {
    let mut run = |side: usize| {
        let most = (side as f64 * MASK) as usize;
        let width = stream.below(most + 1);
        let begin = stream.below(side.saturating_sub(width) + 1);
        begin..begin + width
    };
    let (masked_bands, masked_frames) = (run(bands), run(length));
    for (frame, values) in values.chunks_exact_mut(bands).enumerate() {
        if masked_frames.contains(&frame) {
            values.fill(0.0);
        } else {
            values[masked_bands.clone()].fill(0.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grid_is_moved_and_its_edge_repeated() {
        let mut grid: Vec<f32> = (0..9).map(|x| x as f32).collect();
        move_grid(&mut grid, [3, 3, 1], 1, -1);
        assert_eq!(grid, [1.0, 2.0, 2.0, 1.0, 2.0, 2.0, 4.0, 5.0, 5.0]);
    }
}
