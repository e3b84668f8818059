//! How training moves what a row shows.

use super::grid::{self, Outside};
use crate::random::Stream;

/// How training moves an image, and with it all that lies on it: one value a row, drawn once. It speaks of shares of the sides, so that it
/// means the same for grids of different sizes. (Flips and crops belong here too.)
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Transform {
    /// How far down, as a share of the height.
    down: f64,
    /// How far to the right, as a share of the width.
    right: f64,
}

impl Transform {
    /// A shift by whole pixels of an image of `height × width`, up to `share` of each side.
    pub(crate) fn shift(stream: &mut Stream, [height, width]: [usize; 2], share: f64) -> Self {
        let mut draw = |side: usize| grid::shift(stream, side, share) as f64 / side.max(1) as f64;
        Self { down: draw(height), right: draw(width) }
    }

    /// Moves a grid of `height × width × channels` values by as many cells as are nearest: exact for the image that the shift was drawn for,
    /// and at most half a cell off for a grid of another size.
    pub(crate) fn apply<T: Copy>(self, values: &mut [T], shape: [usize; 3], outside: Outside<T>) {
        let [height, width, _] = shape;
        let cells = |share: f64, side: usize| (share * side as f64).round() as isize;
        grid::move_grid(values, shape, [cells(self.down, height), cells(self.right, width)], outside);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_is_moved_by_the_pixels_that_were_drawn() {
        for side in 1..400 {
            for pixels in 0..=side as isize {
                let transform = Transform { down: pixels as f64 / side as f64, right: 0.0 };
                let mut column: Vec<isize> = (0..side as isize).collect();
                transform.apply(&mut column, [side, 1, 1], Outside::Filled(-1));
                assert_eq!(column.iter().filter(|value| **value == -1).count(), pixels as usize, "{pixels} of {side}");
            }
        }
    }

    #[test]
    fn shifts_are_drawn_down_first() {
        let drawn = Transform::shift(&mut Stream::at(&[7]), [50, 30], 0.1);
        let mut stream = Stream::at(&[7]);
        let (down, right) = (grid::shift(&mut stream, 50, 0.1), grid::shift(&mut stream, 30, 0.1));
        assert_eq!(drawn, Transform { down: down as f64 / 50.0, right: right as f64 / 30.0 });
    }
}
