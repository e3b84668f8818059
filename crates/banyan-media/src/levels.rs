//! Images of 16 bits a channel, and the part of their levels that is in use.
//!
//! Sensors (microscopes, X-ray, depth and thermal cameras) write 10, 12 or 14 bits into 16, and many an image has none of its levels above a few
//! hundred. To keep their upper 8 bits would leave nothing of such an image. So the range that a set of images uses is spread over 8 bits.

use image::{DynamicImage, ImageBuffer, Pixel};

use crate::Origin;
use crate::image::decode_dynamic;

/// Of ten thousand values so many may lie outside of the range on either side: a sensor has pixels that are stuck.
const OUTSIDE: u64 = 1;
const OUTSIDE_OF: u64 = 10_000;

/// A range of levels of 16 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Levels {
    /// The level that becomes 0.
    pub least: u16,
    /// The level that becomes 255.
    pub greatest: u16,
}

impl Levels {
    /// The 8 bits of a level; those outside of the range are its ends.
    fn narrow(self, level: u16) -> u8 {
        let range = u32::from(self.greatest.saturating_sub(self.least)).max(1);
        let above = u32::from(level.clamp(self.least, self.greatest.max(self.least)) - self.least);
        ((above * 255 + range / 2) / range) as u8
    }

    /// The image in 8 bits; the same image if it has no more. Transparency, which has a range of its own, keeps its upper bits.
    pub(crate) fn spread(self, picture: DynamicImage) -> DynamicImage {
        match picture {
            DynamicImage::ImageLuma16(image) => DynamicImage::ImageLuma8(self.spread_pixels(&image)),
            DynamicImage::ImageLumaA16(image) => DynamicImage::ImageLumaA8(self.spread_pixels(&image)),
            DynamicImage::ImageRgb16(image) => DynamicImage::ImageRgb8(self.spread_pixels(&image)),
            DynamicImage::ImageRgba16(image) => DynamicImage::ImageRgba8(self.spread_pixels(&image)),
            other => other,
        }
    }

    fn spread_pixels<From: Pixel<Subpixel = u16>, To: Pixel<Subpixel = u8>>(
        self,
        image: &ImageBuffer<From, Vec<u16>>,
    ) -> ImageBuffer<To, Vec<u8>> {
        const WHOLE: Levels = Levels { least: 0, greatest: u16::MAX };
        let mut spread = ImageBuffer::new(image.width(), image.height());
        let colors = usize::from(From::CHANNEL_COUNT - u8::from(From::HAS_ALPHA));
        for (to, from) in spread.pixels_mut().zip(image.pixels()) {
            let to: &mut To = to;
            for (place, (to, from)) in to.channels_mut().iter_mut().zip(from.channels()).enumerate() {
                *to = if place < colors { self.narrow(*from) } else { WHOLE.narrow(*from) };
            }
        }
        spread
    }
}

/// How often each level occurs in images of 16 bits.
#[derive(Debug, Clone, Default)]
pub struct Histogram {
    /// 65536 counts, or none before the first image.
    counts: Vec<u64>,
}

impl Histogram {
    /// The levels of a file; of one that has no more than 8 bits none.
    ///
    /// # Errors
    /// As [`decode`](crate::image::decode).
    pub fn of_file<'a>(from: impl Into<Origin<'a>>) -> Result<Self, String> {
        decode_dynamic(from.into(), |picture| {
            let mut histogram = Self::default();
            match &picture {
                DynamicImage::ImageLuma16(image) => histogram.add(image.pixels().map(|pixel| pixel.0.as_slice())),
                DynamicImage::ImageLumaA16(image) => histogram.add(image.pixels().map(|pixel| &pixel.0[..1])),
                DynamicImage::ImageRgb16(image) => histogram.add(image.pixels().map(|pixel| pixel.0.as_slice())),
                DynamicImage::ImageRgba16(image) => histogram.add(image.pixels().map(|pixel| &pixel.0[..3])),
                _ => {}
            }
            Ok(histogram)
        })
    }

    fn add<'a>(&mut self, pixels: impl Iterator<Item = &'a [u16]>) {
        self.counts.resize(1 << 16, 0);
        pixels.flatten().for_each(|level| self.counts[usize::from(*level)] += 1);
    }

    /// Adds the levels of other images.
    pub fn append(&mut self, other: &Self) {
        self.counts.resize(self.counts.len().max(other.counts.len()), 0);
        self.counts.iter_mut().zip(&other.counts).for_each(|(count, other)| *count += other);
    }

    /// The range that the images use, without the outermost ten-thousandth on either side; nothing where there is no image of 16 bits.
    /// Where all pixels are alike it is the whole range.
    pub fn levels(&self) -> Option<Levels> {
        let total: u64 = self.counts.iter().sum();
        let outside = total * OUTSIDE / OUTSIDE_OF;
        let (least, greatest) = (end(self.counts.iter().enumerate(), outside)?, end(self.counts.iter().enumerate().rev(), outside)?);
        let (least, greatest) = (least as u16, greatest as u16);
        Some(if least < greatest { Levels { least, greatest } } else { Levels { least: 0, greatest: u16::MAX } })
    }
}

/// The first level beyond which more pixels lie than may be left out.
fn end<'a>(counts: impl Iterator<Item = (usize, &'a u64)>, outside: u64) -> Option<usize> {
    let mut before = 0;
    let mut beyond = counts.skip_while(|(_, count)| {
        before += **count;
        before <= outside
    });
    beyond.next().map(|(level, _)| level)
}
