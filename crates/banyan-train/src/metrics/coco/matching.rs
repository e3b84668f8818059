//! Which detection matches which truth, in one class of one image.

use super::{Bits, Detection, Shape, THRESHOLDS, Truth, TruthKind, Unmatched};

/// The most that a threshold may be, so that a perfect IoU that was rounded down is one.
const HIGHEST_THRESHOLD: f64 = 1.0 - 1e-10;

/// Truths and detections, the latter from the highest score down.
pub(super) struct Matching<'a, S> {
    truths: &'a [&'a Truth<S>],
    areas: Vec<f64>,
    /// For each detection its overlap with each truth.
    overlaps: Vec<Vec<f64>>,
    unmatched: Unmatched,
}

/// What came of one range of areas.
pub(super) struct Matches {
    /// The truths to be found.
    pub(super) truths: u64,
    /// For each detection the thresholds at which it matched a truth.
    pub(super) matched: Vec<Bits>,
    /// For each detection the thresholds at which it does not count.
    pub(super) ignored: Vec<Bits>,
    /// For each detection the truth that it matched at the first threshold, by its place.
    pub(super) partners: Vec<Option<usize>>,
}

impl<'a, S: Shape> Matching<'a, S> {
    pub(super) fn new(truths: &'a [&'a Truth<S>], detections: &[&Detection<S>], unmatched: Unmatched) -> Self {
        let overlap = |detection: &Detection<S>, truth: &Truth<S>| match truth.kind {
            TruthKind::Crowd => detection.shape.overlap_with_crowd(&truth.shape),
            TruthKind::Object | TruthKind::Difficult => detection.shape.overlap(&truth.shape),
        };
        let overlaps = |detection: &&Detection<S>| truths.iter().map(|truth| overlap(detection, truth)).collect();
        Self {
            truths,
            areas: detections.iter().map(|detection| detection.shape.area()).collect(),
            overlaps: detections.iter().map(overlaps).collect(),
            unmatched,
        }
    }

    /// Matches for the truths and detections whose area is in a range, both ends included.
    pub(super) fn within(&self, (least, most): (f64, f64)) -> Matches {
        let is_outside = |area: f64| area < least || area > most;
        let is_ignored: Vec<bool> = self.truths.iter().map(|truth| truth.kind != TruthKind::Object || is_outside(truth.area)).collect();
        let mut order: Vec<usize> = (0..self.truths.len()).collect();
        order.sort_by_key(|&truth| is_ignored[truth]);

        let (mut matched, mut ignored) = (vec![0; self.areas.len()], vec![0; self.areas.len()]);
        let mut partners = vec![None; self.areas.len()];
        // For each truth the thresholds at which it is taken.
        let mut taken: Vec<Bits> = vec![0; self.truths.len()];
        for (place, threshold) in THRESHOLDS.into_iter().enumerate() {
            let bit: Bits = 1 << place;
            for (detection, overlaps) in self.overlaps.iter().enumerate() {
                let is_free = |truth: usize| taken[truth] & bit == 0 || self.truths[truth].kind == TruthKind::Crowd;
                let best = best_truth(&order, &is_ignored, overlaps, threshold.min(HIGHEST_THRESHOLD), is_free);
                if place == 0 {
                    partners[detection] = best;
                }
                let does_not_count = match best {
                    Some(truth) => {
                        taken[truth] |= bit;
                        matched[detection] |= bit;
                        is_ignored[truth]
                    }
                    None => is_outside(self.areas[detection]) || self.unmatched == Unmatched::Ignored,
                };
                if does_not_count {
                    ignored[detection] |= bit;
                }
            }
        }
        Matches { truths: is_ignored.iter().filter(|&&ignored| !ignored).count() as u64, matched, ignored, partners }
    }
}

/// The free truth with the highest overlap, of equal ones the last; one that is ignored only where no other will do.
fn best_truth(order: &[usize], is_ignored: &[bool], overlaps: &[f64], threshold: f64, is_free: impl Fn(usize) -> bool) -> Option<usize> {
    let (mut best, mut highest) = (None, threshold);
    for &truth in order.iter().filter(|&&truth| is_free(truth)) {
        if is_ignored[truth] && best.is_some_and(|held: usize| !is_ignored[held]) {
            break;
        }
        if overlaps[truth] >= highest {
            (best, highest) = (Some(truth), overlaps[truth]);
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;
    use banyan_vision::boxes::Rectangle;

    #[test]
    fn of_equal_overlaps_the_last_truth_is_taken() {
        let overlaps = [[0.0, 20.0], [20.0, 20.0]].map(|[x, width]| {
            let detection = Rectangle::from_corner([10.0, 0.0, 20.0, 20.0]);
            detection.iou(&Rectangle::from_corner([x, 0.0, width, 20.0]))
        });
        assert_eq!(overlaps[0], overlaps[1]);
        assert_eq!(best_truth(&[0, 1], &[false, false], &overlaps, 0.3, |_| true), Some(1));
        assert_eq!(best_truth(&[0, 1], &[false, true], &overlaps, 0.3, |_| true), Some(0), "an ignored one does not win");
        assert_eq!(best_truth(&[1, 0], &[true, false], &overlaps, 0.3, |truth| truth == 0), Some(0));
        assert_eq!(best_truth(&[0, 1], &[false, false], &overlaps, 0.4, |_| true), None);
    }
}
