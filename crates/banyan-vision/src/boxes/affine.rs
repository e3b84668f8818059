//! What an affine transform of an image does to the boxes in it.

use crate::Coordinate;

use super::Rectangle;

/// A transform of coordinates: `x' = a x + b y + c` and `y' = d x + e y + f`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Affine<F = f64> {
    /// `[[a, b, c], [d, e, f]]`.
    pub matrix: [[F; 3]; 2],
}

impl<F: Coordinate> Affine<F> {
    /// A transform that leaves everything where it is.
    pub fn identity() -> Self {
        Self::scaling(F::of(1.0), F::of(1.0))
    }

    /// Resizing, by a factor for each axis.
    pub fn scaling(horizontally: F, vertically: F) -> Self {
        let zero = F::default();
        Self { matrix: [[horizontally, zero, zero], [zero, vertically, zero]] }
    }

    /// Moving to the right and down.
    pub fn translation(right: F, down: F) -> Self {
        let (zero, one) = (F::default(), F::of(1.0));
        Self { matrix: [[one, zero, right], [zero, one, down]] }
    }

    /// This transform and then another.
    pub fn then(&self, next: &Self) -> Self {
        let [[a, b, c], [d, e, f]] = self.matrix;
        let row = |[p, q, r]: [F; 3]| [p * a + q * d, p * b + q * e, p * c + q * f + r];
        Self { matrix: next.matrix.map(row) }
    }

    /// Where a point comes to be.
    pub fn point(&self, x: F, y: F) -> (F, F) {
        let [[a, b, c], [d, e, f]] = self.matrix;
        (a * x + b * y + c, d * x + e * y + f)
    }

    /// The smallest box around where the four corners of a box come to be.
    pub fn rectangle(&self, rectangle: &Rectangle<F>) -> Rectangle<F> {
        let Rectangle { x1, y1, x2, y2 } = *rectangle;
        let (x, y) = self.point(x1, y1);
        let mut around = Rectangle::new(x, y, x, y);
        for (x, y) in [self.point(x2, y1), self.point(x1, y2), self.point(x2, y2)] {
            around = Rectangle::new(around.x1.smaller(x), around.y1.smaller(y), around.x2.larger(x), around.y2.larger(y));
        }
        around
    }
}

/// How much must remain of a box within the image for it to be learned.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Keep<F = f64> {
    /// The least part of the moved box's area that lies within the image.
    pub area: F,
    /// The least width and height of that part, in pixels of the new image.
    pub side: F,
}

impl<F: Coordinate> Default for Keep<F> {
    /// A quarter of the area, and two pixels.
    fn default() -> Self {
        Self { area: F::of(0.25), side: F::of(2.0) }
    }
}

/// What became of a box.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Moved<F = f64> {
    /// It is there, clipped to the image.
    Kept(Rectangle<F>),
    /// Too little is left to be learned; what is left is no background either, and so is masked.
    Ignored(Rectangle<F>),
    /// Nothing is left.
    Gone,
}

impl<F: Coordinate> Keep<F> {
    /// Moves a box by a transform, and clips it to an image of this size in pixels.
    pub fn apply(&self, transform: &Affine<F>, rectangle: &Rectangle<F>, width: F, height: F) -> Moved<F> {
        let moved = transform.rectangle(rectangle);
        let left = moved.clip(width, height);
        if !left.is_proper() {
            return Moved::Gone;
        }
        let enough = left.area() >= self.area * moved.area() && left.width() >= self.side && left.height() >= self.side;
        if enough { Moved::Kept(left) } else { Moved::Ignored(left) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn corners_are_moved_and_boxed() {
        let quarter_turn = Affine { matrix: [[0.0, -1.0, 10.0], [1.0, 0.0, 0.0]] };
        assert_eq!(quarter_turn.rectangle(&Rectangle::new(1.0, 2.0, 4.0, 8.0)), Rectangle::new(2.0, 1.0, 8.0, 4.0));
        let half = 0.5_f64.sqrt();
        let eighth_turn = Affine { matrix: [[half, -half, 0.0], [half, half, 0.0]] };
        let diamond = eighth_turn.rectangle(&Rectangle::new(0.0, 0.0, 2.0, 2.0));
        assert!((diamond.width() - 8.0_f64.sqrt()).abs() < 1e-12 && (diamond.area() - 8.0).abs() < 1e-12);
        let letterbox = Affine::scaling(0.64, 0.64).then(&Affine::translation(0.0, 13.0));
        assert_eq!(letterbox.point(100.0, 50.0), (64.0, 45.0));
        assert_eq!(Affine::identity().then(&letterbox), letterbox);
    }

    #[test]
    fn what_is_cut_off_is_ignored_or_gone() {
        let (keep, transform) = (Keep::default(), Affine::translation(10.0, 0.0));
        let moved = |x1: f64, x2: f64| keep.apply(&transform, &Rectangle::new(x1, 4.0, x2, 8.0), 32.0, 32.0);
        assert_eq!(moved(2.0, 8.0), Moved::Kept(Rectangle::new(12.0, 4.0, 18.0, 8.0)));
        assert_eq!(moved(-16.0, -8.0), Moved::Kept(Rectangle::new(0.0, 4.0, 2.0, 8.0)), "a quarter, and two pixels");
        assert_eq!(moved(-17.0, -8.0), Moved::Ignored(Rectangle::new(0.0, 4.0, 2.0, 8.0)), "less than a quarter");
        assert_eq!(moved(20.5, 24.0), Moved::Ignored(Rectangle::new(30.5, 4.0, 32.0, 8.0)), "less than two pixels");
        assert_eq!(moved(22.0, 24.0), Moved::Gone);
    }
}
