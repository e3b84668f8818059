//! The twelve figures, and those of each class.

use super::curve::{CurvePoint, Ranking};
use super::{CocoMetrics, Kept, MOST_DETECTIONS, THRESHOLDS};
use crate::metrics::classes::mean;

/// The names of the twelve figures, in COCO's order.
pub const STATS: [&str; 12] =
    ["ap", "ap50", "ap75", "ap_small", "ap_medium", "ap_large", "ar1", "ar10", "ar100", "ar_small", "ar_medium", "ar_large"];

/// Where a threshold stands in [`THRESHOLDS`].
const HALF: usize = 0;
const THREE_QUARTERS: usize = 5;

/// The metrics of a set of images.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// The figures of [`STATS`]: means over the classes with truths. None where there are no truths, for which COCO writes −1.
    pub stats: [Option<f64>; 12],
    /// Those of each class; none for a class without truths.
    pub classes: Vec<Option<ClassSummary>>,
}

/// The metrics of a class, over objects of all sizes and up to 100 detections an image.
#[derive(Debug, Clone, PartialEq)]
pub struct ClassSummary {
    /// The truths to be found.
    pub truths: u64,
    /// The average precision at each of the [`THRESHOLDS`].
    pub precision: [f64; 10],
    /// The part of the truths that are found, at each of the [`THRESHOLDS`].
    pub recall: [f64; 10],
    /// Precision at 101 recalls, at an IoU of one half.
    pub curve: Vec<CurvePoint>,
    /// Where F1 is highest at an IoU of one half: the score from which on detections are taken, and the recall and precision that those have. None where
    /// no detection is right.
    pub best: Option<CurvePoint>,
}

impl ClassSummary {
    /// The mean over the thresholds.
    pub fn average_precision(&self) -> f64 {
        average(&self.precision)
    }

    /// The average precision at an IoU of 0.5.
    pub fn ap50(&self) -> f64 {
        self.precision[HALF]
    }

    /// The average precision at an IoU of 0.75.
    pub fn ap75(&self) -> f64 {
        self.precision[THREE_QUARTERS]
    }

    /// The mean recall over the thresholds.
    pub fn average_recall(&self) -> f64 {
        average(&self.recall)
    }
}

impl Summary {
    pub(super) fn new(metrics: &CocoMetrics) -> Self {
        let classes: Vec<Option<Figures>> = (0..metrics.classes.len()).map(|class| Figures::new(metrics, class)).collect();
        let over = |figure: &dyn Fn(&Figures) -> Option<f64>| mean(classes.iter().flatten().filter_map(figure));
        let precision = |range: usize| over(&|figures| figures.ranges[range].as_ref().map(|found| average(&found.precision)));
        let recall = |range: usize| over(&|figures| figures.ranges[range].as_ref().map(|found| average(&found.recall)));
        let stats = [
            precision(0),
            over(&|figures| Some(figures.class.ap50())),
            over(&|figures| Some(figures.class.ap75())),
            precision(1),
            precision(2),
            precision(3),
            over(&|figures| Some(figures.recall_of_one)),
            over(&|figures| Some(figures.recall_of_ten)),
            recall(0),
            recall(1),
            recall(2),
            recall(3),
        ];
        Self { stats, classes: classes.into_iter().map(|figures| figures.map(|figures| figures.class)).collect() }
    }

    /// The figure of a name in [`STATS`].
    pub fn get(&self, name: &str) -> Option<f64> {
        self.stats[STATS.iter().position(|&known| known == name)?]
    }
}

/// What a class with truths adds to the figures.
struct Figures {
    class: ClassSummary,
    /// For each range of areas, where the class has truths in it.
    ranges: [Option<Found>; 4],
    recall_of_one: f64,
    recall_of_ten: f64,
}

/// At each threshold.
#[derive(Clone, Copy)]
struct Found {
    precision: [f64; 10],
    recall: [f64; 10],
}

impl Figures {
    fn new(metrics: &CocoMetrics, class: usize) -> Option<Self> {
        let (ranked, truths) = (metrics.ranked(class), metrics.classes[class].truths);
        let ranges = std::array::from_fn(|range| (truths[range] > 0).then(|| found(&ranked, range, truths[range])));
        let all: Found = ranges[0]?;
        let ranking = |threshold: usize, most: usize| Ranking::new(&ranked, 0, threshold, most, truths[0]);
        let recall = |most: usize| average(&std::array::from_fn(|threshold| ranking(threshold, most).recall()));
        let half = ranking(HALF, MOST_DETECTIONS);
        let class = ClassSummary {
            truths: truths[0],
            precision: all.precision,
            recall: all.recall,
            curve: half.points().collect(),
            best: half.best(),
        };
        Some(Self { class, ranges, recall_of_one: recall(1), recall_of_ten: recall(10) })
    }
}

fn found(ranked: &[Kept], range: usize, truths: u64) -> Found {
    let (mut precision, mut recall) = ([0.0; 10], [0.0; 10]);
    for threshold in 0..THRESHOLDS.len() {
        let ranking = Ranking::new(ranked, range, threshold, MOST_DETECTIONS, truths);
        (precision[threshold], recall[threshold]) = (ranking.average_precision(), ranking.recall());
    }
    Found { precision, recall }
}

fn average(values: &[f64; 10]) -> f64 {
    values.iter().sum::<f64>() / 10.0
}
