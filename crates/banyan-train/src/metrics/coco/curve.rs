//! Precision at each recall.

use super::Kept;

/// The points of recall.
pub(super) const POINTS: usize = 101;

/// What keeps a precision without detections from being 0 / 0: the distance of 1 to the next number, as in pycocotools.
const SMALL: f64 = f64::EPSILON;

/// A point of a precision-recall curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CurvePoint {
    /// The part of the truths that are found.
    pub recall: f64,
    /// The best precision at this or a higher recall; 0 where the recall is not reached.
    pub precision: f64,
    /// The score from which on detections reach the recall; none where none do.
    pub score: Option<f64>,
}

impl CurvePoint {
    /// The harmonic mean of precision and recall; 0 where both are.
    pub fn f1(&self) -> f64 {
        let sum = self.precision + self.recall;
        if sum > 0.0 { 2.0 * self.precision * self.recall / sum } else { 0.0 }
    }
}

/// What came of the detections of a class, from the highest score down, at one threshold and one range of areas.
pub(super) struct Ranking {
    /// For each detection that counts its score, and the recall and precision of those up to it.
    steps: Vec<CurvePoint>,
    /// The score from which on the detections have the highest F1, with their recall and precision as they are.
    best: Option<CurvePoint>,
}

impl Ranking {
    pub(super) fn new(ranked: &[Kept], range: usize, threshold: usize, most: usize, truths: u64) -> Self {
        let (mut right, mut wrong) = (0_u64, 0_u64);
        let mut steps = Vec::with_capacity(ranked.len());
        for kept in ranked.iter().filter(|kept| usize::from(kept.rank) < most && kept.ignored[range] >> threshold & 1 == 0) {
            let is_right = kept.matched[range] >> threshold & 1 == 1;
            right += u64::from(is_right);
            wrong += u64::from(!is_right);
            let precision = right as f64 / (wrong as f64 + right as f64 + SMALL);
            steps.push(CurvePoint { recall: right as f64 / truths as f64, precision, score: Some(kept.score) });
        }
        let operating_point = best_operating_point(&steps);
        let mut best = 0.0_f64;
        for step in steps.iter_mut().rev() {
            best = best.max(step.precision);
            step.precision = best;
        }
        Self { steps, best: operating_point }
    }

    /// The score from which on the detections have the highest F1, of equal ones the highest score. Its precision is not that of a higher recall.
    pub(super) fn best(&self) -> Option<CurvePoint> {
        self.best
    }

    /// The recall of all detections.
    pub(super) fn recall(&self) -> f64 {
        self.steps.last().map_or(0.0, |last| last.recall)
    }

    /// The curve at the 101 points of recall.
    pub(super) fn points(&self) -> impl Iterator<Item = CurvePoint> {
        let mut reached = 0;
        (0..POINTS).map(move |point| {
            // Not `point / 100`, which is a little less at ten of the points.
            let recall = point as f64 * 0.01;
            while self.steps.get(reached).is_some_and(|step| step.recall < recall) {
                reached += 1;
            }
            let step = self.steps.get(reached);
            CurvePoint { recall, precision: step.map_or(0.0, |step| step.precision), score: step.and_then(|step| step.score) }
        })
    }

    /// The mean precision at the points.
    pub(super) fn average_precision(&self) -> f64 {
        self.points().map(|point| point.precision).sum::<f64>() / POINTS as f64
    }
}

/// Detections of one score come together, since no threshold tells them apart.
fn best_operating_point(steps: &[CurvePoint]) -> Option<CurvePoint> {
    let ends = steps.chunk_by(|one, next| one.score == next.score).filter_map(<[CurvePoint]>::last);
    let mut best: Option<CurvePoint> = None;
    for step in ends {
        if step.f1() > best.map_or(0.0, |best| best.f1()) {
            best = Some(*step);
        }
    }
    best
}
