//! Classes of pixels: what each was taken for, and the figures of each class.

use banyan_data::batch::UNKNOWN_CELL;
use banyan_media::index_image::{IndexImage, resize};
use serde::{Deserialize, Serialize};

use super::gallery::{Chooser, Draft, Gallery, Images, Layer, MaskClass, shown_size};
use super::{Confusion, MOST_ROWS, Pairs, shortened};
use crate::metrics::pixels::PixelConfusion;

/// Classes that stand beside a mask.
const MOST_NAMED: usize = 8;

/// The errors in masks.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct MaskErrors {
    /// The classes that pixels have or are given, the most frequent first.
    pub classes: Vec<ClassPixels>,
    /// Classes that are too rare to be among them.
    pub left_out: usize,
    /// What pixels were taken for.
    pub confusion: Confusion,
    /// Images.
    pub gallery: Gallery,
}

/// The figures of a class.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClassPixels {
    /// Its name.
    pub name: String,
    /// Pixels that have it.
    pub pixels: u64,
    /// Intersection over union.
    pub iou: Option<f64>,
    /// The part of the pixels given it that have it.
    pub precision: Option<f64>,
    /// The part of the pixels that have it that are given it.
    pub recall: Option<f64>,
}

/// Counts pixels, image by image.
pub(crate) struct MaskCounter {
    names: Vec<String>,
    pixels: PixelConfusion,
    chooser: Chooser,
    gallery: Gallery,
}

impl MaskCounter {
    pub(crate) fn new(classes: &[String]) -> Self {
        let (pixels, chooser) = (confusion_of(classes.len()), Chooser::default());
        Self { names: classes.to_vec(), pixels, chooser, gallery: Gallery::default() }
    }

    /// Adds the image of a row: the true and the predicted classes of its pixels, `[height, width]` of them.
    pub(crate) fn add(&mut self, row: usize, size: [usize; 2], truth: &[u8], predicted: &[u8]) {
        self.pixels.add(truth, predicted);
        let mut own = confusion_of(self.names.len());
        own.add(truth, predicted);
        let Some(iou) = own.mean_iou() else { return };
        self.chooser.add(row, 1.0 - iou, || draft(size, [truth, predicted], iou, &self.names));
    }

    /// Chooses the images; afterwards none are added.
    pub(crate) fn illustrate(&mut self, images: Images<'_>) {
        self.gallery = std::mem::take(&mut self.chooser).illustrate(images);
    }

    pub(crate) fn finish(self) -> MaskErrors {
        let (classes, mut pairs) = (self.names.len(), Pairs::default());
        for truth in 0..classes {
            let row = self.pixels.row(truth).iter().enumerate();
            row.for_each(|(predicted, count)| pairs.add_many(truth, predicted, *count));
        }
        let figures = |class: usize| ClassPixels {
            name: shortened(&self.names[class]),
            pixels: self.pixels.row(class).iter().sum(),
            iou: self.pixels.iou(class),
            precision: self.pixels.class_precision(class),
            recall: self.pixels.class_accuracy(class),
        };
        let mut rows: Vec<ClassPixels> = (0..classes).map(figures).filter(|class| class.iou.is_some()).collect();
        rows.sort_by_key(|class| std::cmp::Reverse(class.pixels));
        let left_out = rows.len().saturating_sub(MOST_ROWS);
        rows.truncate(MOST_ROWS);
        let names: Vec<String> = self.names.iter().map(|name| shortened(name)).collect();
        MaskErrors { classes: rows, left_out, confusion: pairs.finish(&names), gallery: self.gallery }
    }
}

fn confusion_of(classes: usize) -> PixelConfusion {
    PixelConfusion::new(classes, Some(usize::from(UNKNOWN_CELL)))
}

fn draft(size: [usize; 2], masks: [&[u8]; 2], iou: f64, names: &[String]) -> Draft {
    let [height, width] = shown_size(size);
    let layer = |mask: &[u8]| Layer { classes: largest(mask, names), ..Layer::default() };
    let small = |mask: &[u8]| resize(IndexImage { height: size[0], width: size[1], indices: mask.to_vec() }, height, width);
    Draft {
        summary: format!("mean IoU {iou:.2}"),
        size,
        truth: layer(masks[0]),
        predicted: layer(masks[1]),
        masks: Some((masks.map(small), names.len())),
    }
}

/// The classes with the most pixels of a mask.
fn largest(mask: &[u8], names: &[String]) -> Vec<MaskClass> {
    let mut counts = vec![0_usize; names.len()];
    for class in mask {
        if let Some(count) = counts.get_mut(usize::from(*class)) {
            *count += 1;
        }
    }
    let mut classes: Vec<usize> = (0..names.len()).filter(|class| counts[*class] > 0).collect();
    classes.sort_by_key(|class| std::cmp::Reverse(counts[*class]));
    classes.truncate(MOST_NAMED);
    classes.into_iter().map(|class| MaskClass { label: shortened(&names[class]), color: class.checked_sub(1) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_by_hand_and_the_worst_image_first() {
        let mut counter = MaskCounter::new(&["sky", "cat", "dog", "cow"].map(str::to_owned));
        // Of four sky pixels three are right; of two cats one is a dog; a pixel has no label.
        counter.add(0, [2, 4], &[0, 0, 0, 0, 1, 1, 255, 2], &[0, 0, 0, 1, 1, 2, 0, 2]);
        counter.add(1, [1, 2], &[0, 0], &[0, 0]);
        counter.add(2, [1, 2], &[255, 255], &[0, 1]);
        counter.add(5, [1, 2], &[1, 2], &[2, 1]);
        counter.illustrate(Images { picture: &|_| None, number: &|row| row + 1, bytes: 10_000 });
        let errors = counter.finish();

        let row = |name: &str, pixels, iou, precision, recall| ClassPixels {
            name: name.to_owned(),
            pixels,
            iou: Some(iou),
            precision: Some(precision),
            recall: Some(recall),
        };
        let expected =
            [row("sky", 6, 5.0 / 6.0, 1.0, 5.0 / 6.0), row("cat", 3, 0.2, 1.0 / 3.0, 1.0 / 3.0), row("dog", 2, 0.25, 1.0 / 3.0, 0.5)];
        assert_eq!(errors.classes, expected, "no pixel is a cow or is taken for one");
        assert_eq!(errors.confusion.classes, ["sky", "cat", "dog"]);
        assert_eq!(errors.confusion.counts, [[5, 1, 0], [0, 1, 2], [0, 1, 1]]);
        assert_eq!((errors.confusion.total, errors.confusion.right), (11, 7));

        let summary = |example: &super::super::ImageExample| (example.row, example.summary.clone());
        let worst: Vec<_> = errors.gallery.worst.iter().map(summary).collect();
        assert_eq!(worst, [(6, "mean IoU 0.00".to_owned()), (1, "mean IoU 0.53".to_owned())], "sky 3/4, cat 1/3, dog 1/2");
        assert_eq!(errors.gallery.examples.len(), 3, "an image without labels is none");
        let classes = &errors.gallery.worst[1].truth.classes;
        assert_eq!((classes[0].label.as_str(), classes[0].color, classes[1].color), ("sky", None, Some(0)));
    }
}
