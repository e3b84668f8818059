//! Images with what is true and what was predicted on them: those with the worst errors, and some of all.

use banyan_media::image::{self, Picture};
use banyan_media::index_image::{self, IndexImage};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::colors::{OPACITY, mask_color};

/// Images with the worst errors.
const MOST_WORST: usize = 8;
/// Images drawn evenly from all.
const MOST_EVEN: usize = 6;
/// Pixels of the longer side of an image that is kept.
const LONGEST_SIDE: usize = 320;

/// Images of a task.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Gallery {
    /// Those with the worst errors, the worst first.
    pub worst: Vec<ImageExample>,
    /// Some at even distances among all rows.
    pub examples: Vec<ImageExample>,
    /// Images that there was no room for.
    pub left_out: usize,
}

/// An image with what is true and what was predicted on it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ImageExample {
    /// Its row in the table, from 1.
    pub row: usize,
    /// What is right and wrong of it, in a few words.
    pub summary: String,
    /// Height and width of the canvas on which boxes are; the image and masks are as large or smaller, and of the same aspect.
    pub size: [usize; 2],
    /// The image as the model sees it: a JPEG file in base64. None where it could not be read any more.
    pub image: Option<String>,
    /// What is true.
    pub truth: Layer,
    /// What was predicted.
    pub predicted: Layer,
}

/// What is laid over an image.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Layer {
    /// Boxes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub boxes: Vec<DrawnBox>,
    /// A mask: a PNG file with a palette and transparency, in base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mask: Option<String>,
    /// The classes that a mask shows, the largest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub classes: Vec<MaskClass>,
}

/// A box over an image.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DrawnBox {
    /// Its class.
    pub label: String,
    /// The number of its color.
    pub color: usize,
    /// Left, top, right and bottom in pixels of the canvas.
    pub corners: [f64; 4],
    /// How sure the model was of a predicted one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<f64>,
    /// What came of it.
    pub mark: Mark,
}

/// What came of a box.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// It matches one of the same class.
    Right,
    /// It matches one of another class.
    OtherClass,
    /// It matches none.
    Alone,
    /// It does not count.
    Ignored,
}

/// A class of a mask.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MaskClass {
    /// Its name.
    pub label: String,
    /// The number of its color; none where it is not drawn.
    pub color: Option<usize>,
}

/// What examples are illustrated from, once all rows were seen.
#[derive(Clone, Copy)]
pub struct Images<'a> {
    /// The image of a row, on the canvas; none where it cannot be read any more.
    pub picture: &'a dyn Fn(usize) -> Option<Picture>,
    /// The number of a row in its table, from 1.
    pub number: &'a dyn Fn(usize) -> usize,
    /// The room for all images of a task, in bytes of base64.
    pub bytes: usize,
}

/// An example before it is illustrated.
#[derive(Debug, Clone, Default)]
pub(super) struct Draft {
    pub(super) summary: String,
    pub(super) size: [usize; 2],
    pub(super) truth: Layer,
    pub(super) predicted: Layer,
    /// The true and the predicted mask of classes below a number.
    pub(super) masks: Option<([IndexImage; 2], usize)>,
}

/// Chooses examples while rows go by, and keeps no more than it needs.
#[derive(Debug)]
pub(super) struct Chooser {
    seen: usize,
    /// Error and row, the worst first.
    worst: Vec<(f64, usize, Draft)>,
    even: Vec<(usize, Draft)>,
    /// Every so many rows one is kept.
    step: usize,
}

impl Default for Chooser {
    fn default() -> Self {
        Self { seen: 0, worst: Vec::new(), even: Vec::new(), step: 1 }
    }
}

impl Chooser {
    /// Considers a row; an error of 0 is none.
    pub(super) fn add(&mut self, row: usize, error: f64, draft: impl Fn() -> Draft) {
        let is_worse = |held: &(f64, usize, Draft)| error > held.0;
        if error > 0.0 && (self.worst.len() < MOST_WORST || self.worst.last().is_some_and(is_worse)) {
            let place = self.worst.partition_point(|held| held.0 >= error);
            self.worst.insert(place, (error, row, draft()));
            self.worst.truncate(MOST_WORST);
        }
        if self.seen.is_multiple_of(self.step) {
            if self.even.len() == 2 * MOST_EVEN {
                let mut place = 0;
                self.even.retain(|_| {
                    place += 1;
                    place % 2 == 1
                });
                self.step *= 2;
            }
            if self.seen.is_multiple_of(self.step) {
                self.even.push((row, draft()));
            }
        }
        self.seen += 1;
    }

    /// The chosen ones with their images, as far as there is room.
    pub(super) fn illustrate(self, images: Images<'_>) -> Gallery {
        let (mut left, mut left_out) = (images.bytes, 0);
        let mut all = |chosen: Vec<(usize, Draft)>| -> Vec<ImageExample> {
            let examples = chosen.into_iter().filter_map(|(row, draft)| {
                let example = draft.illustrate(row, images);
                let bytes = example.bytes();
                if bytes > left {
                    left_out += 1;
                    return None;
                }
                left -= bytes;
                Some(example)
            });
            examples.collect()
        };
        let worst = all(self.worst.into_iter().map(|(_, row, draft)| (row, draft)).collect());
        let (count, shown) = (self.even.len(), self.even.len().min(MOST_EVEN));
        let chosen: Vec<usize> = (0..shown).map(|place| place * count / shown).collect();
        let even = self.even.into_iter().enumerate().filter(|(place, _)| chosen.contains(place)).map(|(_, kept)| kept);
        let examples = all(even.collect());
        Gallery { worst, examples, left_out }
    }
}

impl Draft {
    fn illustrate(self, row: usize, images: Images<'_>) -> ImageExample {
        let Self { summary, size, mut truth, mut predicted, masks } = self;
        let file = |picture: Picture| {
            let [height, width] = shown_size([picture.height, picture.width]);
            image::encode_jpeg(&image::resize(picture, height, width).ok()?).ok()
        };
        let image = (images.picture)(row).and_then(file).map(|bytes| STANDARD.encode(bytes));
        if let Some(([true_mask, predicted_mask], classes)) = masks {
            (truth.mask, predicted.mask) = (in_colors(&true_mask, classes), in_colors(&predicted_mask, classes));
        }
        ImageExample { row: (images.number)(row), summary, size, image, truth, predicted }
    }
}

impl ImageExample {
    fn bytes(&self) -> usize {
        [&self.image, &self.truth.mask, &self.predicted.mask].into_iter().flatten().map(String::len).sum()
    }
}

/// The size at which an image is kept, with its aspect.
pub(super) fn shown_size([height, width]: [usize; 2]) -> [usize; 2] {
    let longest = height.max(width).max(1);
    if longest <= LONGEST_SIDE {
        return [height, width];
    }
    [height, width].map(|side| (side * LONGEST_SIDE / longest).max(1))
}

fn in_colors(mask: &IndexImage, classes: usize) -> Option<String> {
    let opacity = (OPACITY * 255.0).round() as u8;
    let shade = |class| mask_color(class).map_or([0; 4], |[red, green, blue]| [red, green, blue, opacity]);
    // The last color is that of pixels without a label.
    let colors: Vec<[u8; 4]> = (0..classes).map(shade).chain([[0; 4]]).collect();
    index_image::encode_in_colors(mask, &colors).ok().map(|bytes| STANDARD.encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(gallery: &[ImageExample]) -> Vec<usize> {
        gallery.iter().map(|example| example.row).collect()
    }

    fn chosen(errors: &[f64], bytes: usize) -> Gallery {
        let mut chooser = Chooser::default();
        errors.iter().enumerate().for_each(|(row, error)| chooser.add(row, *error, || Draft { size: [2, 2], ..Draft::default() }));
        assert!(chooser.even.len() <= 2 * MOST_EVEN && chooser.worst.len() <= MOST_WORST);
        let picture = |row| (row != 3).then(|| Picture { height: 2, width: 2, channels: 3, pixels: vec![row as u8; 12] });
        chooser.illustrate(Images { picture: &picture, number: &|row| row + 1, bytes })
    }

    #[test]
    fn the_worst_come_first_and_examples_from_everywhere() {
        let mut errors = vec![0.0; 100];
        (errors[70], errors[20], errors[90]) = (1.0, 3.0, 1.0);
        let gallery = chosen(&errors, usize::MAX);
        assert_eq!(rows(&gallery.worst), [21, 71, 91], "rows without an error are not among the worst; of equal ones the first is first");
        assert_eq!(rows(&gallery.examples), [1, 17, 33, 49, 65, 81]);
        let many: Vec<f64> = (1..=100).map(f64::from).collect();
        assert_eq!(rows(&chosen(&many, usize::MAX).worst), [100, 99, 98, 97, 96, 95, 94, 93]);
        for count in 0..40 {
            let gallery = chosen(&vec![0.0; count], usize::MAX);
            assert_eq!((gallery.examples.len(), gallery.worst.len()), (count.min(6), 0));
        }
    }

    #[test]
    fn an_image_that_is_gone_is_an_example_without_one_and_room_is_kept() {
        let gallery = chosen(&[1.0, 1.0, 1.0, 1.0], usize::MAX);
        assert_eq!(gallery.worst.iter().map(|example| example.image.is_some()).collect::<Vec<_>>(), [true, true, true, false]);
        let one = gallery.worst[0].bytes();
        let few = chosen(&[1.0, 1.0, 1.0, 1.0], 2 * one);
        assert_eq!((rows(&few.worst), rows(&few.examples), few.left_out), (vec![1, 2, 4], vec![4], 4));
    }

    #[test]
    fn large_images_are_made_smaller_with_their_aspect() {
        assert_eq!([[64, 48], [640, 320], [1, 4096]].map(shown_size), [[64, 48], [320, 160], [1, 320]]);
    }
}
