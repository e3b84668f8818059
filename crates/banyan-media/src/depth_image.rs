//! PNG images whose pixels are numbers: depths, heights, temperatures.

use image::DynamicImage;

use crate::Origin;
use crate::fit::{Fit, Placement};
use crate::image::decode_dynamic;

/// A decoded image of levels: `height × width`, rows from the top.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LevelImage {
    /// Height in pixels.
    pub height: usize,
    /// Width in pixels.
    pub width: usize,
    /// The level of each pixel, 0 to 255 or to 65,535.
    pub levels: Vec<u16>,
}

/// Decodes an image in gray of 8 or 16 bits to the levels that it holds, and turns it as its EXIF data say.
///
/// # Errors
/// What is wrong, as the end of a sentence that begins with the file's name; an image in color, whose pixels are no single numbers.
pub fn decode<'a>(from: impl Into<Origin<'a>>) -> Result<LevelImage, String> {
    decode_dynamic(from.into(), |image| {
        let (height, width) = (image.height() as usize, image.width() as usize);
        let levels = match image {
            DynamicImage::ImageLuma8(image) => image.into_raw().into_iter().map(u16::from).collect(),
            DynamicImage::ImageLuma16(image) => image.into_raw(),
            _ => return Err("is in color, or has transparency; the numbers of pixels are the levels of an image in gray".to_owned()),
        };
        Ok(LevelImage { height, width, levels })
    })
}

impl LevelImage {
    /// The levels on a canvas, where an image [lies](Placement) that these are of, by the nearest pixel; none beside it.
    pub fn on(&self, placement: Placement, [height, width]: [usize; 2]) -> Vec<Option<u16>> {
        let level = |row: usize, column: usize| {
            let (x, y) = (column as f64 + 0.5, row as f64 + 0.5);
            let [x, y, ..] = placement.to_image([x, y, x, y]);
            let is_inside = x >= 0.0 && y >= 0.0 && x < self.width as f64 && y < self.height as f64;
            is_inside.then(|| self.levels[y as usize * self.width + x as usize])
        };
        (0..height).flat_map(|row| (0..width).map(move |column| (row, column))).map(|(row, column)| level(row, column)).collect()
    }

    /// Where the image lies on a canvas.
    pub fn place(&self, canvas: [usize; 2], fit: Fit) -> Placement {
        fit.place([self.height, self.width], canvas)
    }
}
