//! Boxes of objects: what each was taken for, and the figures of each class.

mod counter;
mod draft;

use serde::{Deserialize, Serialize};

use super::{Confusion, Gallery};

pub(crate) use counter::{BoxCounter, ImageBoxes};

/// The class that is none: an object that was missed is taken for it, and a prediction of nothing lies on it.
pub(crate) const NOTHING: &str = "(nothing)";

/// The errors in boxes.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct BoxErrors {
    /// The score from which on predictions are in `confusion` and `gallery`: the multiple of 0.05 at which F1 over all objects is highest.
    pub least_score: f64,
    /// The classes with objects, the most frequent first.
    pub classes: Vec<ClassBoxes>,
    /// Classes with objects that are too rare to be among them.
    pub left_out: usize,
    /// The precision-recall curves of the most frequent classes, at an IoU of one half.
    pub curves: Vec<Curve>,
    /// The mean curve over all classes with objects.
    pub mean: Vec<f64>,
    /// What objects were taken for; a class behind the others is none: the predicted class of missed objects, and the true one of predictions that
    /// lie on no object.
    pub confusion: Confusion,
    /// Images.
    pub gallery: Gallery,
}

/// The figures of a class; those of `precision`, `recall`, `f1` and `score` are of the score at which F1 is highest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClassBoxes {
    /// Its name.
    pub name: String,
    /// Objects to be found.
    pub objects: u64,
    /// The average precision at an IoU of one half.
    pub ap50: f64,
    /// The mean of the average precision over COCO's thresholds of IoU.
    pub ap: f64,
    /// None where no prediction is right.
    pub precision: Option<f64>,
    /// None where no prediction is right.
    pub recall: Option<f64>,
    /// None where no prediction is right.
    pub f1: Option<f64>,
    /// None where no prediction is right.
    pub score: Option<f64>,
}

/// A precision-recall curve.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Curve {
    /// The class.
    pub name: String,
    /// The precision at 101 recalls from 0 to 1, as COCO takes it: the best at that or a higher recall.
    pub precision: Vec<f64>,
}
