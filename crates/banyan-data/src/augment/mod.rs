//! Variations of training data, which teach a model what does not matter: small shifts, masked bands and frames, and of images on which labels lie
//! whatever a camera could have done otherwise. Such images may also be [mixed](mix) with others of their batch, before all else.
//!
//! Each row's variation is a function of the seed, the step and the row, so a resumed run sees the same ones.

pub(crate) mod composition;
pub(crate) mod grid;
mod image;
mod mix;
pub(crate) mod transform;

pub(crate) use image::vary_image;

use mix::{Mix, Rows};

use crate::batch::Batch;
use crate::labels::Label;
use crate::labels::canvas::Canvas;
use crate::random::Stream;
use crate::schema::Schema;

/// Sets this randomness apart from that of layers.
const VARY: u64 = 0x7661_7279;

/// Varies the inputs of a batch as suits each kind: images are moved a little, recordings too, and some of their bands and frames are
/// masked. Images on which labels lie are turned over, scaled, shifted, rotated and recolored besides, and the labels move with them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Augmentation {
    /// Of images on which labels lie: whether left and right change places in half of them.
    pub flip: bool,
    /// Whether top and bottom do.
    pub vertical_flip: bool,
    /// How much larger or smaller they become at most: sides are multiplied by up to `1 + scale`, or divided by it.
    pub scale: f64,
    /// How far they are shifted at most, as a share of each side.
    pub shift: f64,
    /// By how many degrees they are turned at most, to either side.
    pub rotation: f64,
    /// How much brightness, contrast and color change at most, in standard deviations.
    pub color: f64,
    /// Whether a box may leave the image; not, where its objects are counted.
    pub cut_boxes: bool,
    /// The probability that the image of a row becomes a mosaic of four images of its batch.
    pub mosaic: f64,
    /// The probability that objects of another image are pasted into the image of a row that is no mosaic.
    pub copy_paste: f64,
}

impl Default for Augmentation {
    fn default() -> Self {
        Self {
            flip: true,
            vertical_flip: false,
            scale: 0.25,
            shift: 0.1,
            rotation: 0.0,
            color: 0.2,
            cut_boxes: true,
            mosaic: 0.0,
            copy_paste: 0.0,
        }
    }
}

/// An input as augmentation sees it.
#[derive(Debug, Clone, Copy)]
struct InputOf<'a> {
    name: &'a str,
    /// Height and width in pixels, of images.
    canvas: Option<[usize; 2]>,
}

fn inputs(schema: &Schema) -> impl Iterator<Item = InputOf<'_>> + Clone {
    let size = |canvas: Canvas| canvas.size;
    schema.inputs.iter().map(move |input| InputOf { name: &input.name, canvas: input.details.input().canvas().map(size) })
}

fn labels(schema: &Schema) -> impl Iterator<Item = &dyn Label> + Clone {
    schema.targets.iter().map(|target| target.details.label())
}

/// What an input of images on which labels lie is varied by.
pub(crate) struct OnImage<'a> {
    pub(crate) augmentation: &'a Augmentation,
    /// What must stay in sight of a row, in pixels.
    pub(crate) extent: &'a dyn Fn(usize) -> Option<[f32; 4]>,
}

impl Augmentation {
    /// Varies all inputs of a batch that was encoded as `schema` says, and moves the labels of tasks on them. The same seed, step and rows give
    /// the same variations.
    pub fn apply(&self, batch: &mut Batch, schema: &Schema, seed: u64, step: u64) {
        self.vary(batch, inputs(schema), labels(schema), [seed, step]);
    }

    /// Varies the inputs of a batch, and moves the labels that lie on them.
    fn vary<'a>(
        &self,
        batch: &mut Batch,
        inputs: impl Iterator<Item = InputOf<'a>> + Clone,
        labels: impl Iterator<Item = &'a dyn Label> + Clone,
        [seed, step]: [u64; 2],
    ) {
        let Batch { rows, inputs: values, tasks } = batch;
        if self.is_mixing() {
            let present: Vec<&[bool]> = values.iter().map(|input| input.present.as_slice()).collect();
            let mix = Mix::draw(self, Rows { keys: rows, present: &present, tasks }, inputs.clone(), labels.clone(), [seed, step]);
            mix.apply_to_labels(tasks, inputs.clone(), labels.clone());
            for (input, compositions) in values.iter_mut().zip(&mix.compositions) {
                if compositions.iter().any(Option::is_some) {
                    input.values.values_mut().compose(compositions);
                }
            }
        }
        for ((place, input), InputOf { name, .. }) in values.iter_mut().enumerate().zip(inputs) {
            let on_it = |label: &&dyn Label| label.on() == Some(name);
            let labels = labels.clone().enumerate().filter(|(_, label)| on_it(label));
            let extent = |row: usize| {
                let boxes = labels.clone().filter(|(task, _)| tasks[*task].known[row]);
                let boxes = boxes.filter_map(|(task, label)| label.extent(&tasks[task].values, row));
                boxes.reduce(|[a, b, c, d], [x1, y1, x2, y2]| [a.min(x1), b.min(y1), c.max(x2), d.max(y2)])
            };
            let on_image = OnImage { augmentation: self, extent: &extent };
            let on_image = labels.clone().next().is_some().then_some(&on_image);
            let transforms = input.values.values_mut().augment(&|row| Stream::at(&[seed, step, rows[row], VARY, place as u64]), on_image);
            if transforms.is_empty() {
                continue;
            }
            for (task, label) in labels {
                label.transform(&mut tasks[task].values, &transforms);
            }
        }
    }
}

#[cfg(test)]
mod tests;
