//! The detection metrics of COCO, equal to those of its own code (pycocotools).
//!
//! [`CocoMetrics`] takes images one by one, in any order, and keeps of each detection a score, the image and which truths it matched: 32 bytes, for at
//! most 100 detections of each class in each image. Boxes and masks are not kept. [`Summary`] has the twelve figures, and those of each class.
//!
//! Which detection matches which truth: detections of one class in one image, from the highest score down (equal scores in their order), take
//! the truth with the highest IoU that is not taken and at least the threshold; of equal ones the last. A crowd ([`TruthKind::Crowd`]) may be
//! taken by many, and its overlap is the part of the detection within it; what takes it, and what takes a truth whose area is outside the
//! range of a figure, is neither right nor wrong. Average precision is the mean precision at 101 recalls, where the precision at a recall is the
//! best one at that or a higher recall.
//!
//! Other programs report other averages by the same name: for one ranking of five detections COCO's value was 0.505, that of VOC 2007 0.545, of
//! VOC 2010 0.5, and that of programs of the YOLO family 0.618.

mod curve;
mod group;
mod matching;
mod outcomes;
mod shape;
mod summary;

use group::Group;

pub use curve::CurvePoint;
pub use outcomes::{ImageMatches, Outcome};
pub use shape::Shape;
pub use summary::{ClassSummary, STATS, Summary};

/// The thresholds of IoU: `linspace(0.5, 0.95, 10)`, of which the ninth is a little less than 0.9.
pub const THRESHOLDS: [f64; 10] = [0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.8999999999999999, 0.95];

/// The most detections of a class in an image that count.
pub const MOST_DETECTIONS: usize = 100;

/// The ranges of areas in square pixels, with both ends: all, small, medium, large.
const AREAS: [(f64, f64); 4] = [(0.0, 1e10), (0.0, 1024.0), (1024.0, 9216.0), (9216.0, 1e10)];

/// What a detection or a truth that counts for a threshold has in a word: bit `t` for the threshold `t`.
type Bits = u16;

/// An object that is there.
#[derive(Debug, Clone, PartialEq)]
pub struct Truth<S> {
    /// Its class.
    pub class: usize,
    /// Where it is.
    pub shape: S,
    /// Its area in square pixels; in COCO's files that of the mask, even where boxes are compared.
    pub area: f64,
    /// What it counts for.
    pub kind: TruthKind,
}

/// What an object counts for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TruthKind {
    /// It is to be found.
    Object,
    /// Many objects in one: detections within it are neither right nor wrong.
    Crowd,
    /// It need not be found, as VOC's `difficult` objects: the detection of it is neither right nor wrong. COCO has none.
    Difficult,
}

/// An object that a model found.
#[derive(Debug, Clone, PartialEq)]
pub struct Detection<S> {
    /// Its class.
    pub class: usize,
    /// Where it is.
    pub shape: S,
    /// How sure the model is.
    pub score: f64,
}

/// What the annotations of an image say of classes (A. Gupta et al.: LVIS, CVPR 2019).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Coverage<'a> {
    /// All objects of all classes are annotated.
    #[default]
    Complete,
    /// Objects of some classes are. Detections of a class that is neither among the truths nor known to be absent do not count.
    Partial {
        /// Classes of which the image is known to have none.
        absent: &'a [usize],
        /// Classes of which it may have more than are annotated: detections that match nothing are neither right nor wrong.
        not_exhaustive: &'a [usize],
    },
}

impl Coverage<'_> {
    fn unmatched(&self, class: usize) -> Unmatched {
        match self {
            Self::Partial { not_exhaustive, .. } if not_exhaustive.contains(&class) => Unmatched::Ignored,
            Self::Partial { .. } | Self::Complete => Unmatched::Wrong,
        }
    }

    /// Whether detections count of a class that the truths lack.
    fn says_absent(&self, class: usize) -> bool {
        match self {
            Self::Complete => true,
            Self::Partial { absent, .. } => absent.contains(&class),
        }
    }
}

/// What a detection is that matches no truth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unmatched {
    Wrong,
    Ignored,
}

/// A detection as it is kept.
#[derive(Debug, Clone, Copy)]
struct Kept {
    score: f64,
    /// The image's place among those added.
    image: u32,
    /// The place by score among those of its class in the image.
    rank: u8,
    /// For each range of areas the thresholds at which it matched a truth.
    matched: [Bits; 4],
    /// For each range of areas the thresholds at which it does not count.
    ignored: [Bits; 4],
}

/// What is kept of a class.
#[derive(Debug, Clone, Default)]
struct Class {
    detections: Vec<Kept>,
    /// For each range of areas the truths to be found.
    truths: [u64; 4],
}

/// Accumulates truths and detections, image by image.
#[derive(Debug, Clone)]
pub struct CocoMetrics {
    classes: Vec<Class>,
    /// The numbers of the images in the order in which they were added.
    images: Vec<u64>,
}

impl CocoMetrics {
    /// No images yet, for classes `0..classes`.
    pub fn new(classes: usize) -> Self {
        Self { classes: vec![Class::default(); classes], images: Vec::new() }
    }

    /// Adds an image, once.
    ///
    /// Among equal scores the image with the lower number comes first, and in an image the detection that stands first; so the results do not
    /// depend on the order in which images are added, but may on that of an image's detections.
    ///
    /// # Panics
    /// Where a class is not below the number of classes, or after 2³² images.
    pub fn add_image<S: Shape>(&mut self, image: u64, truths: &[Truth<S>], detections: &[Detection<S>], coverage: Coverage<'_>) {
        let place = u32::try_from(self.images.len()).expect("fewer than 2^32 images");
        self.images.push(image);
        for group in Group::all(truths, detections, coverage) {
            let class = &mut self.classes[group.class];
            let matching = group.matching(coverage);
            let results = std::array::from_fn::<_, 4, _>(|range| matching.within(AREAS[range]));
            for range in 0..4 {
                class.truths[range] += results[range].truths;
            }
            class.detections.extend(group.detections.iter().enumerate().map(|(rank, detection)| Kept {
                score: detection.score,
                image: place,
                rank: rank as u8,
                matched: std::array::from_fn(|range| results[range].matched[rank]),
                ignored: std::array::from_fn(|range| results[range].ignored[rank]),
            }));
        }
    }

    /// The figures of all images so far.
    pub fn summarize(&self) -> Summary {
        Summary::new(self)
    }

    /// A class's detections from the highest score down.
    fn ranked(&self, class: usize) -> Vec<Kept> {
        let mut ranked = self.classes[class].detections.clone();
        ranked.sort_by(|a, b| {
            let images = || self.images[a.image as usize].cmp(&self.images[b.image as usize]);
            descending(a.score, b.score).then_with(images).then(a.rank.cmp(&b.rank))
        });
        ranked
    }
}

/// The order of scores from the highest down, in which NaN is last.
fn descending(one: f64, other: f64) -> std::cmp::Ordering {
    banyan_vision::Coordinate::descending(one, other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_detection_takes_32_bytes() {
        assert_eq!(size_of::<Kept>(), 32);
    }
}
