//! What can be wrong with a mask.

use super::MOST_PIXELS;

/// What is wrong with a mask. Where it stands is known to whoever asked for it to be read.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum MaskError {
    /// A size that no image has.
    #[error("a mask of {width} × {height} pixels is larger than {} pixels", MOST_PIXELS)]
    TooLarge {
        /// The rows.
        height: u32,
        /// The columns.
        width: u32,
    },
    /// Runs or pixels for an image of another size.
    #[error("it has {found} pixels, but the image of {width} × {height} has {}", u64::from(*height) * u64::from(*width))]
    Size {
        /// The pixels that there are, as far as they were counted.
        found: u64,
        /// The rows.
        height: u32,
        /// The columns.
        width: u32,
    },
    /// A character that is not of the compressed form.
    #[error("character {place} of its runs is {found:?}, which compressed runs do not have")]
    Character {
        /// Which character, from 1.
        place: usize,
        /// The character.
        found: char,
    },
    /// Compressed runs with a number that does not fit, is negative, or has no end.
    #[error("run {run} is cut off, negative or too large")]
    Run {
        /// Which run, from 1.
        run: usize,
    },
    /// A polygon that is no list of at least three points.
    #[error("a polygon has {numbers} numbers, but it needs an x and a y for each of at least three points")]
    Points {
        /// Its numbers.
        numbers: usize,
    },
    /// A polygon far outside its image.
    #[error("a polygon has the coordinate {coordinate}, which is far outside its image of {width} × {height} pixels")]
    Outside {
        /// The coordinate.
        coordinate: f64,
        /// The rows.
        height: u32,
        /// The columns.
        width: u32,
    },
}
