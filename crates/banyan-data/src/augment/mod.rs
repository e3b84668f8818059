//! Variations of training data, which teach a model what does not matter: small shifts, and masked bands and frames.
//!
//! Each row's variation is a function of the seed, the step and the row, so a resumed run sees the same ones.

pub(crate) mod grid;
pub(crate) mod transform;

use crate::batch::Batch;
use crate::labels::Label;
use crate::random::Stream;
use crate::schema::Schema;

/// Sets this randomness apart from that of layers.
const VARY: u64 = 0x7661_7279;

/// Varies the inputs of a batch as suits each kind: images are moved a little, recordings too, and some of their bands and frames are
/// masked. Labels that lie on an image move with it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Augmentation;

impl Augmentation {
    /// Varies all inputs of a batch that was encoded as `schema` says, and moves the labels of tasks on them. The same seed, step and rows give
    /// the same variations.
    pub fn apply(&self, batch: &mut Batch, schema: &Schema, seed: u64, step: u64) {
        let inputs = schema.inputs.iter().map(|input| input.name.as_str());
        let labels = schema.targets.iter().map(|target| target.details.label());
        vary(batch, inputs, labels, [seed, step]);
    }
}

/// Varies the inputs of a batch, which have these names, and moves the labels that lie on them.
fn vary<'a>(
    batch: &mut Batch,
    inputs: impl Iterator<Item = &'a str>,
    labels: impl Iterator<Item = &'a dyn Label> + Clone,
    [seed, step]: [u64; 2],
) {
    let rows = &batch.rows;
    for ((place, input), name) in batch.inputs.iter_mut().enumerate().zip(inputs) {
        let transforms = input.values.values_mut().augment(&|row| Stream::at(&[seed, step, rows[row], VARY, place as u64]));
        if transforms.is_empty() {
            continue;
        }
        for (label, target) in labels.clone().zip(&mut batch.tasks).filter(|(label, _)| label.on() == Some(name)) {
            label.transform(&mut target.values, &transforms);
        }
    }
}

#[cfg(test)]
mod tests;
