//! How training moves what a row shows.

use super::grid::{self, Outside};
use crate::random::Stream;
use banyan_vision::boxes::{self, Rectangle};

/// How training moves an image, and with it all that lies on it: one value a row, drawn once.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Transform {
    /// Down and to the right, as shares of height and width, so that it means the same for grids of different sizes.
    Shift([f64; 2]),
    /// An affine map.
    Affine(Affine),
}

/// An affine map of a canvas onto itself, in pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Affine {
    pub(crate) map: boxes::Affine,
    /// Height and width.
    pub(crate) canvas: [usize; 2],
}

/// A box keeps this share of its area, or counts no more.
const LEAST_SEEN: f64 = 0.25;
/// And this many pixels of each side.
const LEAST_SIDE: f64 = 2.0;

/// Whether a box counts of which this share is seen, with sides of so many pixels.
pub(super) fn is_seen(share: f64, sides: [f64; 2]) -> bool {
    share >= LEAST_SEEN && sides.iter().all(|side| *side >= LEAST_SIDE)
}

impl Transform {
    /// A shift by whole pixels of an image of `height × width`, up to `share` of each side.
    pub(crate) fn shift(stream: &mut Stream, [height, width]: [usize; 2], share: f64) -> Self {
        let mut draw = |side: usize| grid::shift(stream, side, share) as f64 / side.max(1) as f64;
        Self::Shift([draw(height), draw(width)])
    }

    /// Moves a grid of `height × width × channels` values. A shift goes by as many cells as are nearest: exact for the image that it was drawn for,
    /// and at most half a cell off for a grid of another size. After an affine map each cell has the value that lies under its middle.
    pub(crate) fn apply<T: Copy>(&self, values: &mut [T], shape: [usize; 3], outside: Outside<T>) {
        let [height, width, channels] = shape;
        match self {
            Self::Shift([down, right]) => {
                let cells = |share: f64, side: usize| (share * side as f64).round() as isize;
                grid::move_grid(values, shape, [cells(*down, height), cells(*right, width)], outside);
            }
            Self::Affine(affine) => {
                let old = values.to_vec();
                let back = affine.back([height, width]);
                for row in 0..height {
                    for column in 0..width {
                        let (x, y) = back.point(column as f64 + 0.5, row as f64 + 0.5);
                        let (x, y) = (x.floor(), y.floor());
                        let to = &mut values[(row * width + column) * channels..][..channels];
                        let is_inside = x >= 0.0 && y >= 0.0 && x < width as f64 && y < height as f64;
                        match outside {
                            Outside::Filled(value) if !is_inside => to.fill(value),
                            _ => {
                                let (x, y) = (x.clamp(0.0, width as f64 - 1.0) as usize, y.clamp(0.0, height as f64 - 1.0) as usize);
                                to.copy_from_slice(&old[(y * width + x) * channels..][..channels]);
                            }
                        }
                    }
                }
            }
        }
    }

    /// Moves an image of `height × width × channels` numbers: a shift as [`apply`](Self::apply) does, with the edge repeated; an affine map by
    /// linear interpolation between the four nearest pixels, with zeros outside.
    pub(crate) fn apply_to_image(&self, pixels: &mut [f32], shape: [usize; 3]) {
        let Self::Affine(affine) = self else { return self.apply(pixels, shape, Outside::NearestEdge) };
        let [height, width, channels] = shape;
        let old = pixels.to_vec();
        let back = affine.back([height, width]);
        for row in 0..height {
            for column in 0..width {
                let (x, y) = back.point(column as f64 + 0.5, row as f64 + 0.5);
                let (x, y) = (x - 0.5, y - 0.5);
                let to = &mut pixels[(row * width + column) * channels..][..channels];
                to.fill(0.0);
                let ([x0, y0], [u, v]) = ([x.floor(), y.floor()], [(x - x.floor()) as f32, (y - y.floor()) as f32]);
                for (dx, dy, weight) in
                    [(0.0, 0.0, (1.0 - u) * (1.0 - v)), (1.0, 0.0, u * (1.0 - v)), (0.0, 1.0, (1.0 - u) * v), (1.0, 1.0, u * v)]
                {
                    let (x, y) = (x0 + dx, y0 + dy);
                    if weight > 0.0 && x >= 0.0 && y >= 0.0 && x < width as f64 && y < height as f64 {
                        let from = &old[(y as usize * width + x as usize) * channels..][..channels];
                        to.iter_mut().zip(from).for_each(|(to, from)| *to += weight * from);
                    }
                }
            }
        }
    }

    /// A box `[x1, y1, x2, y2]` on a canvas of `[height, width]`, moved and cut off at its edges, and whether enough of it is seen to count; none
    /// where nothing is.
    pub(crate) fn apply_to_box(&self, corners: [f32; 4], canvas: [usize; 2]) -> Option<([f32; 4], bool)> {
        let [x1, y1, x2, y2] = corners.map(f64::from);
        let moved = match self {
            // By whole pixels, as the image.
            Self::Shift(shares) => {
                let [down, right] = [0, 1].map(|side| (shares[side] * canvas[side] as f64).round());
                [x1 + right, y1 + down, x2 + right, y2 + down]
            }
            Self::Affine(Affine { map, .. }) => map.rectangle(&Rectangle { x1, y1, x2, y2 }).edges(),
        };
        let [height, width] = canvas.map(|side| side as f64);
        let cut = [moved[0].clamp(0.0, width), moved[1].clamp(0.0, height), moved[2].clamp(0.0, width), moved[3].clamp(0.0, height)];
        let sides = |of: [f64; 4]| [of[2] - of[0], of[3] - of[1]];
        let (all, seen) = (sides(moved), sides(cut));
        // A box that was smaller from the start stays what it is.
        let is_whole = cut == moved;
        let is_seen = is_whole || is_seen(seen[0] * seen[1] / (all[0] * all[1]), seen);
        (seen[0] > 1e-6 && seen[1] > 1e-6).then(|| (cut.map(|number| number as f32), is_seen))
    }
}

impl Affine {
    /// The map from a grid of `[height, width]` that lies on the canvas back to where its cells come from.
    fn back(&self, grid: [usize; 2]) -> boxes::Affine {
        let [[a, b, c], [d, e, f]] = self.map.matrix;
        let determinant = a * e - b * d;
        let inverse = [[e, -b], [-d, a]].map(|row| row.map(|value| value / determinant));
        let shift = inverse.map(|[p, q]| -(p * c + q * f));
        // In cells of the grid instead of pixels of the canvas.
        let [down, right] = [0, 1].map(|side| grid[side] as f64 / self.canvas[side].max(1) as f64);
        let scale = [right, down];
        let row = |to: usize| [inverse[to][0] * scale[to] / scale[0], inverse[to][1] * scale[to] / scale[1], shift[to] * scale[to]];
        boxes::Affine { matrix: [row(0), row(1)] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_is_moved_by_the_pixels_that_were_drawn() {
        for side in 1..400 {
            for pixels in 0..=side as isize {
                let transform = Transform::Shift([pixels as f64 / side as f64, 0.0]);
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
        assert_eq!(drawn, Transform::Shift([down as f64 / 50.0, right as f64 / 30.0]));
    }

    fn affine(matrix: [[f64; 3]; 2]) -> Transform {
        Transform::Affine(Affine { map: boxes::Affine { matrix }, canvas: [2, 4] })
    }

    /// Turned over, `(x1, x2)` becomes `(width - x2, width - x1)`, and so do pixels, labels and boxes.
    #[test]
    fn a_flip_moves_pixels_labels_and_boxes_alike() {
        let flip = affine([[-1.0, 0.0, 4.0], [0.0, 1.0, 0.0]]);
        let mut image = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0];
        flip.apply_to_image(&mut image, [2, 4, 1]);
        assert_eq!(image, [3.0, 2.0, 1.0, 0.0, 7.0, 6.0, 5.0, 4.0]);
        let mut labels = [0, 1, 2, 3, 4, 5, 6, 7];
        flip.apply(&mut labels, [2, 4, 1], Outside::Filled(255));
        assert_eq!(labels, [3, 2, 1, 0, 7, 6, 5, 4]);
        let mut half = [0, 1];
        flip.apply(&mut half, [1, 2, 1], Outside::Filled(255));
        assert_eq!(half, [1, 0]);
        assert_eq!(flip.apply_to_box([0.0, 0.0, 3.0, 2.0], [2, 4]), Some(([1.0, 0.0, 4.0, 2.0], true)));
    }

    #[test]
    fn a_box_that_leaves_counts_no_more() {
        let right = |pixels: f64| affine([[1.0, 0.0, pixels], [0.0, 1.0, 0.0]]);
        assert_eq!(right(2.0).apply_to_box([0.0, 0.0, 4.0, 2.0], [2, 4]), Some(([2.0, 0.0, 4.0, 2.0], true)));
        assert_eq!(right(3.5).apply_to_box([0.0, 0.0, 4.0, 2.0], [2, 4]), Some(([3.5, 0.0, 4.0, 2.0], false)));
        assert_eq!(right(9.0).apply_to_box([0.0, 0.0, 4.0, 2.0], [2, 4]), None);
        let mut labels = [1, 2, 3, 4, 5, 6, 7, 8];
        right(1.0).apply(&mut labels, [2, 4, 1], Outside::Filled(255));
        assert_eq!(labels, [255, 1, 2, 3, 255, 5, 6, 7]);
    }
}
