//! Rectangles with sides along the axes of an image.

mod affine;
mod overlap;

pub use affine::{Affine, Keep, Moved};
pub use overlap::Overlap;

use crate::Coordinate;

/// A box: half-open and in continuous coordinates, `x` to the right and `y` down, in pixels or any other unit.
///
/// Nothing keeps its corners in order. A box whose second corner is not below and to the right of the first has the area 0, except where a
/// method says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Rectangle<F = f64> {
    /// The left edge.
    pub x1: F,
    /// The upper edge.
    pub y1: F,
    /// The right edge.
    pub x2: F,
    /// The lower edge.
    pub y2: F,
}

impl<F: Coordinate> Rectangle<F> {
    /// A box from its left, upper, right and lower edges.
    pub const fn new(x1: F, y1: F, x2: F, y2: F) -> Self {
        Self { x1, y1, x2, y2 }
    }

    /// A box from its left and upper edges, width and height, as COCO writes it.
    pub fn from_corner([x, y, width, height]: [F; 4]) -> Self {
        Self::new(x, y, x + width, y + height)
    }

    /// A box from its center, width and height, as YOLO writes it.
    pub fn from_center([x, y, width, height]: [F; 4]) -> Self {
        let half = F::of(0.5);
        Self::new(x - width * half, y - height * half, x + width * half, y + height * half)
    }

    /// The left and upper edges, width and height.
    pub fn to_corner(self) -> [F; 4] {
        [self.x1, self.y1, self.width(), self.height()]
    }

    /// The four edges in the order of [`new`](Self::new).
    pub fn edges(self) -> [F; 4] {
        [self.x1, self.y1, self.x2, self.y2]
    }

    /// The width, never `+ 1`; negative where the edges are out of order.
    pub fn width(&self) -> F {
        self.x2 - self.x1
    }

    /// The height; negative where the edges are out of order.
    pub fn height(&self) -> F {
        self.y2 - self.y1
    }

    /// The area in squares of the unit.
    pub fn area(&self) -> F {
        let zero = F::default();
        self.width().larger(zero) * self.height().larger(zero)
    }

    /// Whether the box has an area, and numbers for edges.
    pub fn is_proper(&self) -> bool {
        self.width() > F::default() && self.height() > F::default() && self.edges().into_iter().all(F::is_a_number)
    }

    /// The area that two boxes share.
    pub fn intersection(&self, other: &Self) -> F {
        Self::new(self.x1.larger(other.x1), self.y1.larger(other.y1), self.x2.smaller(other.x2), self.y2.smaller(other.y2)).area()
    }

    /// Intersection over union of two boxes; 0 where the union has no area.
    pub fn iou(&self, other: &Self) -> F {
        let shared = self.intersection(other);
        ratio(shared, self.area() + other.area() - shared)
    }

    /// The part of this box that lies within another: how a detection overlaps with a crowd. 0 where this box has no area.
    pub fn part_within(&self, other: &Self) -> F {
        ratio(self.intersection(other), self.area())
    }

    /// The part of the box within an image of this size.
    pub fn clip(&self, width: F, height: F) -> Self {
        let within = |edge: F, end: F| edge.larger(F::default()).smaller(end);
        Self::new(within(self.x1, width), within(self.y1, height), within(self.x2, width), within(self.y2, height))
    }

    /// The box after its image, of this width, was mirrored from left to right.
    pub fn flip_horizontally(&self, width: F) -> Self {
        Self::new(width - self.x2, self.y1, width - self.x1, self.y2)
    }

    /// The box after its image, of this height, was mirrored from top to bottom.
    pub fn flip_vertically(&self, height: F) -> Self {
        Self::new(self.x1, height - self.y2, self.x2, height - self.y1)
    }

    /// The box with all edges multiplied, as where an image is resized.
    pub fn scale(&self, horizontally: F, vertically: F) -> Self {
        Self::new(self.x1 * horizontally, self.y1 * vertically, self.x2 * horizontally, self.y2 * vertically)
    }

    /// The box in training's precision.
    pub fn to_f32(self) -> Rectangle<f32>
    where
        f64: From<F>,
    {
        let [x1, y1, x2, y2] = self.edges().map(|edge| f64::from(edge) as f32);
        Rectangle { x1, y1, x2, y2 }
    }
}

impl From<Rectangle<f32>> for Rectangle<f64> {
    fn from(rectangle: Rectangle<f32>) -> Self {
        let [x1, y1, x2, y2] = rectangle.edges().map(f64::from);
        Self { x1, y1, x2, y2 }
    }
}

/// A part of a whole; 0 of nothing.
fn ratio<F: Coordinate>(part: F, whole: F) -> F {
    if whole > F::default() { part / whole } else { F::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_and_sides() {
        let rectangle = Rectangle::from_corner([5.0, 70.0, 50.0, 40.0]);
        assert_eq!(rectangle, Rectangle::new(5.0, 70.0, 55.0, 110.0));
        assert_eq!(rectangle, Rectangle::from_center([30.0, 90.0, 50.0, 40.0]));
        assert_eq!(rectangle.to_corner(), [5.0, 70.0, 50.0, 40.0]);
        assert_eq!(rectangle.area(), 2000.0);
        assert_eq!(rectangle.clip(50.0, 100.0), Rectangle::new(5.0, 70.0, 50.0, 100.0));
        assert_eq!(rectangle.flip_horizontally(100.0), Rectangle::new(45.0, 70.0, 95.0, 110.0));
        assert_eq!(rectangle.flip_vertically(120.0), Rectangle::new(5.0, 10.0, 55.0, 50.0));
        assert_eq!(Rectangle::from(rectangle.to_f32()), rectangle);
    }

    #[test]
    fn boxes_without_an_area_overlap_with_nothing() {
        let (flat, whole) = (Rectangle::new(5.0, 5.0, 5.0, 9.0), Rectangle::new(0.0, 0.0, 10.0, 10.0));
        assert_eq!((flat.iou(&whole), flat.iou(&flat), flat.part_within(&whole)), (0.0, 0.0, 0.0));
        let swapped = Rectangle::new(9.0, 9.0, 1.0, 1.0);
        assert_eq!((swapped.area(), swapped.iou(&whole)), (0.0, 0.0));
        assert!(!swapped.is_proper() && !Rectangle::new(0.0, 0.0, f64::INFINITY, 1.0).is_proper() && whole.is_proper());
    }

    #[test]
    fn a_crowd_is_compared_with_the_detection_alone() {
        let (detection, crowd) = (Rectangle::from_corner([0.0, 0.0, 10.0, 10.0]), Rectangle::from_corner([5.0, 5.0, 100.0, 100.0]));
        assert_eq!(detection.part_within(&crowd), 0.25);
        assert!((detection.iou(&crowd) - 0.0024813896_f64).abs() < 1e-10);
    }
}
