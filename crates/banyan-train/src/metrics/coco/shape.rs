//! What detections and truths may be: boxes or masks.

use banyan_vision::boxes::Rectangle;
use banyan_vision::masks::RunLength;

/// Where an object is.
pub trait Shape {
    /// Its area in square pixels.
    fn area(&self) -> f64;
    /// Intersection over union with a truth; 0 where they share nothing.
    fn overlap(&self, truth: &Self) -> f64;
    /// The part of this detection that lies within a crowd.
    fn overlap_with_crowd(&self, crowd: &Self) -> f64;
}

impl Shape for Rectangle {
    fn area(&self) -> f64 {
        self.area()
    }

    fn overlap(&self, truth: &Self) -> f64 {
        self.iou(truth)
    }

    fn overlap_with_crowd(&self, crowd: &Self) -> f64 {
        self.part_within(crowd)
    }
}

/// Masks of one image, and so of one size.
impl Shape for RunLength {
    fn area(&self) -> f64 {
        self.area() as f64
    }

    fn overlap(&self, truth: &Self) -> f64 {
        self.iou(truth)
    }

    fn overlap_with_crowd(&self, crowd: &Self) -> f64 {
        self.part_within(crowd)
    }
}
