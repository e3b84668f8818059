//! Of several detections of one object all but the best are removed, or their scores lowered.
//!
//! Candidates are taken by score from the highest down, of equal ones the first; a score that is not a number is the lowest. Whether two are of
//! the same class is found by comparing their classes, never by moving the boxes of a class apart: that rounds their overlap.

mod greedy;
mod matrix;
mod soft;

pub use greedy::greedy;
pub use matrix::{MatrixDecay, matrix};
pub use soft::{SoftDecay, soft};

use crate::Coordinate;
use crate::boxes::Rectangle;

/// A detection that may be suppressed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate<F = f32> {
    /// Where the object is.
    pub rectangle: Rectangle<F>,
    /// Its class.
    pub class: usize,
    /// How sure the model is of it.
    pub score: F,
}

/// Which detections suppress which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Those of the same class.
    SameClass,
    /// All.
    AllClasses,
}

impl Scope {
    fn compares<F>(self, one: &Candidate<F>, other: &Candidate<F>) -> bool {
        match self {
            Self::SameClass => one.class == other.class,
            Self::AllClasses => true,
        }
    }

    /// The candidates' places in groups of which none suppresses another's, each from the highest score down.
    fn groups<F: Coordinate>(self, candidates: &[Candidate<F>]) -> Vec<Vec<usize>> {
        let mut order: Vec<usize> = (0..candidates.len()).collect();
        order.sort_by(|&a, &b| candidates[a].score.descending(candidates[b].score));
        if self == Self::SameClass {
            order.sort_by_key(|&place| candidates[place].class);
        }
        order.chunk_by(|&a, &b| self.compares(&candidates[a], &candidates[b])).map(<[usize]>::to_vec).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The seven candidates of the golden table.
    pub(super) fn seven() -> Vec<Candidate<f64>> {
        let candidate = |x1, y1, x2, y2, class, score| Candidate { rectangle: Rectangle::new(x1, y1, x2, y2), class, score };
        vec![
            candidate(10.0, 10.0, 50.0, 50.0, 0, 0.9),
            candidate(12.0, 12.0, 52.0, 52.0, 0, 0.85),
            candidate(10.0, 10.0, 30.0, 50.0, 0, 0.6),
            candidate(60.0, 60.0, 90.0, 90.0, 1, 0.7),
            candidate(62.0, 58.0, 92.0, 88.0, 1, 0.7),
            candidate(0.0, 0.0, 100.0, 100.0, 0, 0.3),
            candidate(11.0, 11.0, 51.0, 51.0, 1, 0.85),
        ]
    }

    /// Candidates at random: so many in each of so many classes.
    pub(super) fn many(of_each: usize, classes: usize) -> Vec<Candidate<f32>> {
        let mut state = 1_u32;
        let mut next = move |below: u32| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            ((state >> 16) % below) as f32
        };
        let candidate = |place| {
            let (x1, y1, width, height) = (next(280), next(280), 8.0 + next(60), 8.0 + next(60));
            Candidate { rectangle: Rectangle::new(x1, y1, x1 + width, y1 + height), class: place % classes, score: next(1000) / 1000.0 }
        };
        (0..of_each * classes).map(candidate).collect()
    }

    #[test]
    fn overlaps_of_the_table() {
        let seven = seven();
        let table = [
            ((0, 1), 0.822323),
            ((0, 2), 0.5),
            ((0, 6), 0.905896),
            ((1, 6), 0.905896),
            ((1, 2), 0.398601),
            ((2, 6), 0.446655),
            ((3, 4), 0.771654),
        ];
        for ((one, other), expected) in table {
            let iou = seven[one].rectangle.iou(&seven[other].rectangle);
            assert!((iou - expected).abs() < 5e-7, "{one} and {other}: {iou}");
        }
        assert_eq!(seven[0].rectangle.iou(&seven[2].rectangle), 0.5);
    }
}
