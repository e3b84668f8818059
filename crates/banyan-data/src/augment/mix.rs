//! Training images that are mixed with others of their batch: mosaics, and objects that are pasted from one image into another.
//!
//! A mosaic shows four images (Bochkovskiy et al., 2020; as in YOLOX, but with each image scaled to fill its part, so that nothing is gray). Pasting is
//! that of Ghiasi et al. (CVPR 2021), without their jitter before it: the map that moves the whole image comes after. What a row shows of other rows has the
//! labels that lie on their images; labels of the row as a whole mean nothing then, and are unknown.

mod images;

use images::Images;

use super::composition::Composition;
use super::{Augmentation, InputOf, inputs, labels};
use crate::batch::TargetBatch;
use crate::labels::Label;
use crate::random::Stream;
use crate::schema::Schema;

/// Sets the randomness of what is mixed apart from that of how it is varied.
const MIX: u64 = 0x006d_6978;

impl Augmentation {
    /// Whether images are mixed with others of their batch, which makes labels unknown.
    pub fn is_mixing(&self) -> bool {
        self.mosaic > 0.0 || self.copy_paste > 0.0
    }

    /// The same without mixing.
    pub fn unmixed(self) -> Self {
        Self { mosaic: 0.0, copy_paste: 0.0, ..self }
    }

    /// For each task the rows whose labels are known after [`apply`](Self::apply). `present` says for each input which rows have it; `tasks` are the
    /// labels of the batch before.
    pub fn known_after(
        &self,
        rows: &[u64],
        present: &[Vec<bool>],
        tasks: &[TargetBatch],
        schema: &Schema,
        [seed, step]: [u64; 2],
    ) -> Vec<Vec<bool>> {
        let present: Vec<&[bool]> = present.iter().map(Vec::as_slice).collect();
        Mix::draw(self, Rows { keys: rows, present: &present, tasks }, inputs(schema), labels(schema), [seed, step]).known
    }
}

/// The rows of a batch, without its pixels.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rows<'a> {
    /// A stable number for each.
    pub(super) keys: &'a [u64],
    /// For each input the rows that have it.
    pub(super) present: &'a [&'a [bool]],
    pub(super) tasks: &'a [TargetBatch],
}

/// What was drawn for a batch.
#[derive(Debug)]
pub(super) struct Mix {
    /// For each input what the images of its rows are put together of; nothing where none is.
    pub(super) compositions: Vec<Vec<Option<Composition>>>,
    /// For each task the rows whose labels are known then.
    known: Vec<Vec<bool>>,
}

impl Mix {
    /// Draws which images are mixed with others. What is known of such a row as a whole, or lies on another input, is unknown then; so a row is mixed in one
    /// input at most.
    pub(super) fn draw<'a>(
        augmentation: &Augmentation,
        rows: Rows<'_>,
        inputs: impl Iterator<Item = InputOf<'a>>,
        labels: impl Iterator<Item = &'a dyn Label> + Clone,
        [seed, step]: [u64; 2],
    ) -> Self {
        let mut known: Vec<Vec<bool>> = rows.tasks.iter().map(|task| task.known.clone()).collect();
        let mut is_mixed = vec![false; rows.keys.len()];
        let mut all = Vec::new();
        for (place, input) in inputs.enumerate() {
            let (on_it, elsewhere): (Vec<_>, Vec<_>) = labels.clone().enumerate().partition(|(_, label)| label.on() == Some(input.name));
            let Some(canvas) = input.canvas.filter(|_| augmentation.is_mixing() && !on_it.is_empty()) else {
                all.push(Vec::new());
                continue;
            };
            let images = Images { canvas, present: rows.present[place], labels: &on_it, targets: rows.tasks, known: &known };
            let random = |row: usize| Stream::at(&[seed, step, rows.keys[row], MIX, place as u64]);
            let compositions = images.compositions(augmentation, &|row| !is_mixed[row], &random);
            for (row, composition) in compositions.iter().enumerate() {
                let Some(composition) = composition else { continue };
                is_mixed[row] = true;
                on_it.iter().for_each(|(task, label)| known[*task][row] &= label.is_known_in(&rows.tasks[*task].values, composition));
                elsewhere.iter().for_each(|(task, _)| known[*task][row] = false);
            }
            all.push(compositions);
        }
        Self { compositions: all, known }
    }

    /// Puts the labels of the batch together as its images are, and forgets those that are unknown then.
    pub(super) fn apply_to_labels<'a>(
        &self,
        tasks: &mut [TargetBatch],
        inputs: impl Iterator<Item = InputOf<'a>>,
        labels: impl Iterator<Item = &'a dyn Label> + Clone,
    ) {
        for (input, compositions) in inputs.zip(&self.compositions) {
            if compositions.iter().any(Option::is_some) {
                for (task, label) in labels.clone().enumerate().filter(|(_, label)| label.on() == Some(input.name)) {
                    let TargetBatch { known, values } = &mut tasks[task];
                    label.compose(values, known, compositions);
                }
            }
        }
        for ((target, label), known) in tasks.iter_mut().zip(labels).zip(&self.known) {
            hide(label, target, known);
        }
    }
}

/// Makes the labels of rows unknown that are not `known`.
fn hide(label: &dyn Label, target: &mut TargetBatch, known: &[bool]) {
    if target.known == known {
        return;
    }
    let mut values = target.values.clone();
    values.append(&label.unknown(1).with_names(values.names().to_vec()));
    let rows = known.iter().zip(&target.known).enumerate();
    let places: Vec<usize> = rows.map(|(row, (known, was))| if *was && !known { target.known.len() } else { row }).collect();
    target.values = values.select(&places);
    target.known = known.to_vec();
}

#[cfg(test)]
mod tests;
