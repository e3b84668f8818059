//! Masks as runs of equal pixels.

use super::{MOST_PIXELS, MaskError};
use crate::boxes::Rectangle;

/// A mask as the lengths of its runs, **down the columns**, of pixels outside and inside the object in turn. The first run is outside; it has
/// the length 0 where the first pixel is inside. No other run is empty, so that equal masks have equal runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunLength {
    height: u32,
    width: u32,
    runs: Vec<u32>,
}

impl RunLength {
    /// A mask from its runs.
    ///
    /// # Errors
    /// If their sum is not the number of pixels, or that is more than [`MOST_PIXELS`].
    pub fn new(height: u32, width: u32, runs: &[u32]) -> Result<Self, MaskError> {
        let pixels = pixels(height, width)?;
        let found = runs.iter().map(|&run| u64::from(run)).sum();
        if found != pixels {
            return Err(MaskError::Size { found, height, width });
        }
        let mut builder = Builder::default();
        runs.iter().zip([false, true].into_iter().cycle()).for_each(|(&run, inside)| builder.push(run, inside));
        Ok(builder.finish(height, width))
    }

    /// The mask of the pixels, given row by row, that are not 0.
    ///
    /// # Errors
    /// If there are not `height × width` pixels, or more than [`MOST_PIXELS`].
    pub fn encode(mask: &[u8], height: u32, width: u32) -> Result<Self, MaskError> {
        let found = mask.len() as u64;
        if found != pixels(height, width)? {
            return Err(MaskError::Size { found, height, width });
        }
        let mut builder = Builder::default();
        for column in 0..width as usize {
            mask.iter().skip(column).step_by(width as usize).for_each(|&pixel| builder.push(1, pixel != 0));
        }
        Ok(builder.finish(height, width))
    }

    /// The pixels row by row, 1 where they are inside and 0 elsewhere.
    pub fn decode(&self) -> Vec<u8> {
        let mut mask = vec![0; self.height as usize * self.width as usize];
        self.paint(&mut mask, 1);
        mask
    }

    /// Sets the pixels inside, in an image given row by row, to a value.
    ///
    /// # Panics
    /// If the image has fewer pixels than the mask.
    pub fn paint<V: Copy>(&self, image: &mut [V], value: V) {
        let (height, width) = (self.height as usize, self.width as usize);
        for (begin, end) in self.inside() {
            for place in begin as usize..end as usize {
                image[place % height * width + place / height] = value;
            }
        }
    }

    /// The rows.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// The columns.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// The lengths of the runs.
    pub fn runs(&self) -> &[u32] {
        &self.runs
    }

    /// The pixels inside.
    pub fn area(&self) -> u64 {
        self.runs.iter().skip(1).step_by(2).map(|&run| u64::from(run)).sum()
    }

    /// The smallest box around the pixels inside; none where there are none.
    pub fn bounding_box(&self) -> Option<Rectangle> {
        let height = self.height;
        let (mut left, mut top, mut right, mut bottom) = (u32::MAX, u32::MAX, 0, 0);
        for (begin, end) in self.inside() {
            let (first, last) = (begin / height, (end - 1) / height);
            // A run that goes on in the next column has the lowest row of one and the highest of the other.
            let (upper, lower) = if first == last { (begin % height, (end - 1) % height) } else { (0, height - 1) };
            (left, right) = (left.min(first), right.max(last + 1));
            (top, bottom) = (top.min(upper), bottom.max(lower + 1));
        }
        (right > 0).then(|| Rectangle::new(left.into(), top.into(), right.into(), bottom.into()))
    }

    /// Where the runs inside begin and end, down the columns.
    pub(super) fn inside(&self) -> impl Iterator<Item = (u32, u32)> {
        let mut end = 0;
        self.runs.chunks_exact(2).map(move |pair| {
            let begin = end + pair[0];
            end = begin + pair[1];
            (begin, end)
        })
    }
}

/// The pixels of an image, if they are not too many.
pub(super) fn pixels(height: u32, width: u32) -> Result<u64, MaskError> {
    let pixels = u64::from(height) * u64::from(width);
    if pixels > MOST_PIXELS { Err(MaskError::TooLarge { height, width }) } else { Ok(pixels) }
}

/// Runs as they come, of which neighbors may be equal.
#[derive(Default)]
pub(super) struct Builder {
    runs: Vec<u32>,
}

impl Builder {
    /// So many further pixels, all inside or all outside.
    pub(super) fn push(&mut self, length: u32, inside: bool) {
        // The first run, and every second one after it, is outside.
        let last_is_inside = self.runs.len().is_multiple_of(2);
        if length == 0 {
            return;
        }
        match self.runs.last_mut() {
            Some(last) if last_is_inside == inside => *last += length,
            Some(_) => self.runs.push(length),
            None if inside => self.runs.extend([0, length]),
            None => self.runs.push(length),
        }
    }

    pub(super) fn finish(self, height: u32, width: u32) -> RunLength {
        RunLength { height, width, runs: self.runs }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Rows 1–2 of columns 1–3, and one more pixel.
    const MASK: [u8; 20] = [0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 1];

    #[test]
    fn a_mask_and_its_runs() {
        let mask = RunLength::encode(&MASK, 4, 5).unwrap();
        assert_eq!(mask.runs(), [5, 2, 2, 2, 2, 2, 4, 1]);
        assert_eq!((mask.area(), mask.bounding_box()), (7, Some(Rectangle::from_corner([1.0, 1.0, 4.0, 3.0]))));
        assert_eq!(mask.decode(), MASK);
        assert_eq!(RunLength::encode(&[1; 4], 2, 2).unwrap().runs(), [0, 4]);
        let empty = RunLength::encode(&[], 0, 3).unwrap();
        assert_eq!((empty.area(), empty.bounding_box(), empty.decode()), (0, None, vec![]));
    }

    #[test]
    fn runs_that_do_not_fit_are_errors() {
        assert_eq!(RunLength::new(2, 2, &[1, 1, 0, 2]).unwrap().runs(), [1, 3]);
        let cause = RunLength::new(2, 2, &[1, 2]).unwrap_err();
        assert_eq!(cause.to_string(), "it has 3 pixels, but the image of 2 × 2 has 4");
        assert_eq!(
            RunLength::new(2, 2, &[u32::MAX; 3]).unwrap_err(),
            MaskError::Size { found: 3 * u64::from(u32::MAX), height: 2, width: 2 }
        );
        let cause = RunLength::new(u32::MAX, u32::MAX, &[]).unwrap_err();
        assert_eq!(cause.to_string(), "a mask of 4294967295 × 4294967295 pixels is larger than 268435456 pixels");
        assert!(RunLength::encode(&[0; 3], 2, 2).is_err());
    }

    proptest! {
        #[test]
        fn runs_give_back_the_mask((height, width, mask) in (1_u32..9, 1_u32..9)
            .prop_flat_map(|(height, width)| (Just(height), Just(width), prop::collection::vec(0_u8..2, (height * width) as usize))))
        {
            let runs = RunLength::encode(&mask, height, width).unwrap();
            prop_assert_eq!(runs.area(), mask.iter().map(|&pixel| u64::from(pixel)).sum::<u64>());
            prop_assert_eq!(RunLength::from_text(height, width, &runs.to_text()).unwrap(), runs.clone());
            prop_assert_eq!(RunLength::new(height, width, runs.runs()).unwrap(), runs.clone());
            prop_assert_eq!(runs.decode(), mask);
        }
    }
}
