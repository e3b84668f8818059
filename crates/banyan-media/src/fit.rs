//! How images of any size come to lie on a canvas of one size.

use serde::{Deserialize, Serialize};

/// How an image is brought to the size of a canvas.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Fit {
    /// Height and width are scaled each by itself: the whole image fills the whole canvas, and its aspect changes.
    #[default]
    Stretch,
    /// The image keeps its aspect and is as large as fits; the rest of the canvas, on both sides of it, is gray.
    Letterbox,
    /// The image keeps its aspect and is as small as covers the canvas; what stands over on both sides is cut off.
    Crop,
}

/// Where an image lies on a canvas: `canvas = image × scale + offset`, vertically and horizontally, in pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Placement {
    scale: [f64; 2],
    /// Of the upper left corner; negative where the image is cut off.
    offset: [f64; 2],
    /// Pixels of the canvas, and of them those that the image covers, as `[height, width]`.
    canvas: [usize; 2],
    covered: [usize; 2],
}

impl Fit {
    /// The name, as the configuration writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Stretch => "stretch",
            Self::Letterbox => "letterbox",
            Self::Crop => "crop",
        }
    }

    /// Where an image of `[height, width]` pixels lies on a canvas of `[height, width]`.
    pub fn place(self, image: [usize; 2], canvas: [usize; 2]) -> Placement {
        let ratios = [0, 1].map(|side| canvas[side] as f64 / image[side].max(1) as f64);
        match self {
            Self::Stretch => Placement { scale: ratios, offset: [0.0; 2], canvas, covered: canvas },
            Self::Letterbox => {
                let scale = ratios[0].min(ratios[1]);
                let covered = [0, 1].map(|side| ((image[side] as f64 * scale).round() as usize).clamp(1, canvas[side].max(1)));
                let offset = [0, 1].map(|side| ((canvas[side] - covered[side]) / 2) as f64);
                Placement { scale: [scale; 2], offset, canvas, covered }
            }
            Self::Crop => {
                let scale = ratios[0].max(ratios[1]);
                let offset = [0, 1].map(|side| (canvas[side] as f64 - image[side] as f64 * scale) / 2.0);
                Placement { scale: [scale; 2], offset, canvas, covered: canvas }
            }
        }
    }
}

impl Placement {
    /// A box `[x1, y1, x2, y2]` of the image, on the canvas.
    pub fn to_canvas(self, corners: [f64; 4]) -> [f64; 4] {
        self.each(corners, |value, scale, offset| value * scale + offset)
    }

    /// A box `[x1, y1, x2, y2]` of the canvas, on the image.
    pub fn to_image(self, corners: [f64; 4]) -> [f64; 4] {
        self.each(corners, |value, scale, offset| (value - offset) / scale)
    }

    /// How much larger a thing is on the canvas than in the image, `[vertical, horizontal]`.
    pub fn scale(self) -> [f64; 2] {
        self.scale
    }

    fn each(self, [x1, y1, x2, y2]: [f64; 4], change: impl Fn(f64, f64, f64) -> f64) -> [f64; 4] {
        let ([down, right], [top, left]) = (self.scale, self.offset);
        [change(x1, right, left), change(y1, down, top), change(x2, right, left), change(y2, down, top)]
    }

    /// Pixels of the canvas that the image covers, `[height, width]`.
    pub(crate) fn covered(self) -> [usize; 2] {
        self.covered
    }

    /// The part of the image that is seen: the upper left corner, and height and width, each vertical first.
    pub(crate) fn seen(self) -> [[f64; 2]; 2] {
        let start = [0, 1].map(|side| (-self.offset[side] / self.scale[side]).max(0.0));
        [start, [0, 1].map(|side| self.covered[side] as f64 / self.scale[side])]
    }

    /// Puts the covered pixels, of `channels` values each, on the canvas, which is `background` beside them.
    pub(crate) fn lay<T: Copy>(self, covered: Vec<T>, channels: usize, background: T) -> Vec<T> {
        let ([height, width], [lines, columns]) = (self.canvas, self.covered);
        if self.covered == self.canvas {
            return covered;
        }
        let mut pixels = vec![background; height * width * channels];
        let [top, left] = self.offset.map(|pixels| pixels as usize);
        for line in 0..lines {
            let to = ((top + line) * width + left) * channels;
            pixels[to..to + columns * channels].copy_from_slice(&covered[line * columns * channels..][..columns * channels]);
        }
        pixels
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letterboxes_are_those_of_the_reference() {
        for (image, canvas, covered, offset) in
            [([60, 100], 64, [38, 64], [13.0, 0.0]), ([480, 640], 320, [240, 320], [40.0, 0.0]), ([100, 33], 64, [64, 21], [0.0, 21.0])]
        {
            let placement = Fit::Letterbox.place(image, [canvas; 2]);
            assert_eq!((placement.covered, placement.offset), (covered, offset));
        }
    }

    #[test]
    fn boxes_come_back() {
        for fit in [Fit::Stretch, Fit::Letterbox, Fit::Crop] {
            let placement = fit.place([77, 131], [64, 96]);
            let there = placement.to_canvas([3.0, 5.0, 40.5, 60.0]);
            for (one, other) in placement.to_image(there).into_iter().zip([3.0, 5.0, 40.5, 60.0]) {
                assert!((one - other).abs() < 1e-9, "{fit:?}");
            }
        }
    }

    #[test]
    fn a_crop_covers_the_canvas_and_a_letterbox_has_a_border() {
        let crop = Fit::Crop.place([2, 2], [2, 4]);
        assert_eq!(crop.seen(), [[0.5, 0.0], [1.0, 2.0]]);
        let letterbox = Fit::Letterbox.place([2, 2], [2, 4]);
        assert_eq!(letterbox.lay(vec![1, 2, 3, 4], 1, 9), [9, 1, 2, 9, 9, 3, 4, 9]);
    }

    /// A line of a million pixels has room on a canvas however it lies there.
    #[test]
    fn long_images_take_no_memory() {
        for fit in [Fit::Stretch, Fit::Letterbox, Fit::Crop] {
            let placement = fit.place([1, 1_000_000], [64, 64]);
            assert!(placement.covered().iter().product::<usize>() <= 64 * 64, "{fit:?}");
        }
    }
}
