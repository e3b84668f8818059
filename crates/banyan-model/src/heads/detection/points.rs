//! Points of the levels of a pyramid, and boxes around them.

use banyan_vision::boxes::Rectangle;

/// A cell of a level, which may find an object.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Point {
    /// The middle of the cell, in pixels of the canvas.
    pub(super) x: f32,
    pub(super) y: f32,
    /// Pixels from one cell of the level to the next.
    pub(super) stride: f32,
}

/// The points of a level of `height × width` cells on a canvas of `[height, width]` pixels, line after line.
pub(super) fn of_level([height, width]: [usize; 2], canvas: [usize; 2]) -> impl Iterator<Item = Point> {
    let (down, right) = (canvas[0] as f32 / height as f32, canvas[1] as f32 / width as f32);
    let stride = down.max(right);
    (0..height)
        .flat_map(move |row| (0..width).map(move |column| Point { x: (column as f32 + 0.5) * right, y: (row as f32 + 0.5) * down, stride }))
}

/// Outputs are cut off here: a side of a box is between `e⁻⁶` and `e⁶` times what it is at 0.
const MOST: f32 = 6.0;

impl Point {
    /// The box whose sides are so far from the point: left, top, right, bottom.
    pub(super) fn around(self, [left, top, right, bottom]: [f32; 4]) -> Rectangle<f32> {
        Rectangle { x1: self.x - left, y1: self.y - top, x2: self.x + right, y2: self.y + bottom }
    }

    /// A distance in pixels, and its derivative by the output.
    pub(super) fn distance(self, output: f32) -> (f32, f32) {
        // An object is a few cells wide: at 0 it reaches two cells to each side.
        let distance = 2.0 * self.stride * output.clamp(-MOST, MOST).exp();
        (distance, if output.abs() < MOST { distance } else { 0.0 })
    }

    /// How far the point is from the sides of a box: left, top, right and bottom, negative outside.
    pub(super) fn sides(self, of: &Rectangle<f32>) -> [f32; 4] {
        [self.x - of.x1, self.y - of.y1, of.x2 - self.x, of.y2 - self.y]
    }
}
