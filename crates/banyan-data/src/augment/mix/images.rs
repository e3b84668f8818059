//! What the images of a batch are put together of.

use crate::augment::Augmentation;
use crate::augment::composition::Composition;
use crate::batch::TargetBatch;
use crate::labels::Label;
use crate::random::{Stream, fraction};

/// An input of images with the labels that lie on it.
pub(super) struct Images<'a> {
    /// Height and width in pixels.
    pub(super) canvas: [usize; 2],
    /// Whether a row has an image.
    pub(super) present: &'a [bool],
    /// The tasks whose labels lie on it, with their places.
    pub(super) labels: &'a [(usize, &'a dyn Label)],
    /// The labels of all tasks.
    pub(super) targets: &'a [TargetBatch],
    /// For each task the rows whose labels are known.
    pub(super) known: &'a [Vec<bool>],
}

impl Images<'_> {
    /// What each row's image is put together of, for rows that are mixed at all and `may_mix` allows.
    pub(super) fn compositions(
        &self,
        augmentation: &Augmentation,
        may_mix: &dyn Fn(usize) -> bool,
        random: &dyn Fn(usize) -> Stream,
    ) -> Vec<Option<Composition>> {
        let compose = |row: usize| {
            let mut stream = random(row);
            let is_drawn = [augmentation.mosaic, augmentation.copy_paste].map(|share| fraction(stream.draw()) < share);
            match is_drawn {
                _ if !may_mix(row) || !self.present[row] => None,
                [true, _] => self.mosaic(row, &mut stream),
                [false, true] => self.paste(row, &mut stream),
                [false, false] => None,
            }
        };
        (0..self.present.len()).map(compose).collect()
    }

    fn is_known(&self, task: usize, row: usize) -> bool {
        self.known[task][row]
    }

    /// Other rows with an image.
    fn others(&self, row: usize) -> impl Iterator<Item = usize> {
        (0..self.present.len()).filter(move |other| *other != row && self.present[*other])
    }

    /// A row among three others with labels of the same tasks; where there are fewer, they come more than once.
    fn mosaic(&self, row: usize, stream: &mut Stream) -> Option<Composition> {
        let is_alike = |other: &usize| self.labels.iter().all(|(task, _)| self.is_known(*task, *other) == self.is_known(*task, row));
        let others: Vec<usize> = self.others(row).filter(is_alike).collect();
        let has_labels = self.labels.iter().any(|(task, _)| self.is_known(*task, row));
        if others.is_empty() || !has_labels || self.canvas.iter().any(|side| *side < 2) {
            return None;
        }
        let mut left = others.clone();
        let mut rows = [row; 4];
        for place in &mut rows[1..] {
            if left.is_empty() {
                left.clone_from(&others);
            }
            *place = left.swap_remove(stream.below(left.len()));
        }
        stream.shuffle(&mut rows);
        // At least a quarter of a side for each.
        let center = self.canvas.map(|side| {
            let margin = side.div_ceil(4);
            margin + stream.below(side - 2 * margin + 1)
        });
        Some(Composition::mosaic(self.canvas, rows, center))
    }

    /// A row with objects of another pasted into it: each of that row's with a probability of a half, and one at least.
    fn paste(&self, row: usize, stream: &mut Stream) -> Option<Composition> {
        let boxes = |from: usize| {
            let of_tasks =
                self.labels.iter().filter_map(|(task, label)| Some((*task, label.objects(&self.targets[*task].values, from, row)?)));
            of_tasks.collect::<Vec<_>>()
        };
        let tasks: Vec<usize> = boxes(row).into_iter().map(|(task, _)| task).collect();
        let has_boxes = |row: usize| !tasks.is_empty() && tasks.iter().all(|task| self.is_known(*task, row));
        if !has_boxes(row) {
            return None;
        }
        let mut sources = Vec::new();
        for from in self.others(row).filter(|other| has_boxes(*other)) {
            let boxes: Vec<[f32; 4]> = boxes(from).into_iter().flat_map(|(_, boxes)| boxes).collect();
            if !boxes.is_empty() {
                sources.push((from, boxes));
            }
        }
        if sources.is_empty() {
            return None;
        }
        let (from, boxes) = sources.swap_remove(stream.below(sources.len()));
        let outlines = self.labels.iter().filter(|(task, _)| self.is_known(*task, from));
        let outlines = outlines.filter_map(|(task, label)| label.object_pixels(&self.targets[*task].values, from, self.canvas)).next();
        let objects = outlines.unwrap_or_else(|| vec![true; self.canvas[0] * self.canvas[1]]);
        // A box without a pixel of an object cannot be pasted.
        let pixels: Vec<Vec<usize>> = boxes.into_iter().map(|corners| pixels_of(corners, self.canvas, &objects)).collect();
        let pixels: Vec<Vec<usize>> = pixels.into_iter().filter(|pixels| !pixels.is_empty()).collect();
        if pixels.is_empty() {
            return None;
        }
        let surely = stream.below(pixels.len());
        let mut is_pasted = vec![false; objects.len()];
        for (place, own) in pixels.into_iter().enumerate() {
            if stream.below(2) == 1 || place == surely {
                own.into_iter().for_each(|pixel| is_pasted[pixel] = true);
            }
        }
        Some(Composition::pasted(self.canvas, row, from, &is_pasted, objects))
    }
}

/// The pixels of objects that a box touches.
fn pixels_of(corners: [f32; 4], [height, width]: [usize; 2], objects: &[bool]) -> Vec<usize> {
    let [x1, y1, x2, y2] = corners.map(|corner| corner.max(0.0));
    let (rows, columns) = (y1 as usize..(y2.ceil() as usize).min(height), x1 as usize..(x2.ceil() as usize).min(width));
    let pixels = rows.flat_map(|row| columns.clone().map(move |column| row * width + column));
    pixels.filter(|pixel| objects[*pixel]).collect()
}
