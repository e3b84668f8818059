//! Variations of training data, which teach a model what does not matter: small shifts, and masked bands and frames.
//!
//! Each row's variation is a function of the seed, the step and the row, so a resumed run sees the same ones.

pub(crate) mod grid;

use crate::batch::Batch;
use crate::random::Stream;

/// Sets this randomness apart from that of layers.
const VARY: u64 = 0x7661_7279;

/// Varies the inputs of a batch as suits each kind: images are moved a little, recordings too, and some of their bands and frames are
/// masked.
#[derive(Debug, Clone, Copy, Default)]
pub struct Augmentation;

impl Augmentation {
    /// Varies all inputs of a batch. The same seed, step and rows give the same variations.
    pub fn apply(&self, batch: &mut Batch, seed: u64, step: u64) {
        let rows = &batch.rows;
        for (place, input) in batch.inputs.iter_mut().enumerate() {
            input.values.values_mut().augment(&|row| Stream::at(&[seed, step, rows[row], VARY, place as u64]));
        }
    }
}
