//! What became of each object of an image, and of each detection: the counts of a confusion matrix.

use super::group::Group;
use super::{AREAS, Coverage, Detection, Shape, THRESHOLDS, Truth, TruthKind, descending};

/// An object and the detection that was made of it, by their places in the image's lists. One of the two is missing where an object was not found, or a
/// detection is of nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Outcome {
    /// The object.
    pub truth: Option<usize>,
    /// The detection.
    pub detection: Option<usize>,
}

/// The objects and detections of an image, matched at an IoU of one half.
#[derive(Debug, Clone)]
pub struct ImageMatches<'a, S> {
    truths: &'a [Truth<S>],
    detections: &'a [Detection<S>],
    /// Each detection that counts, and the object of its own class that it matches.
    matched: Vec<(usize, Option<usize>)>,
}

impl<'a, S: Shape> ImageMatches<'a, S> {
    /// Matches detections to objects of their own class, exactly as [`CocoMetrics`](super::CocoMetrics) does: what lies in a crowd, takes an object that
    /// need not be found, or is of a class that the image is not annotated for, does not count.
    pub fn new(truths: &'a [Truth<S>], detections: &'a [Detection<S>], coverage: Coverage<'_>) -> Self {
        let mut matched = Vec::new();
        for group in Group::all(truths, detections, coverage) {
            let matches = group.matching(coverage).within(AREAS[0]);
            let counts = |place: &usize| matches.ignored[*place] & 1 == 0;
            let partner = |place: usize| matches.partners[place].map(|partner| group.truth_places[partner]);
            matched.extend((0..group.detections.len()).filter(counts).map(|place| (group.detection_places[place], partner(place))));
        }
        Self { truths, detections, matched }
    }

    /// What became of each object that is to be found, with the detections whose score is at least `least_score`. Those that match no object of their
    /// own class are paired with objects of other classes that are not found, the highest IoU first.
    pub fn outcomes(&self, least_score: f64) -> Vec<Outcome> {
        let (mut outcomes, mut is_found, mut wrong) = (Vec::new(), vec![false; self.truths.len()], Vec::new());
        // A match does not depend on detections with lower scores.
        let sure = self.matched.iter().filter(|(detection, _)| self.detections[*detection].score >= least_score);
        for &(detection, truth) in sure {
            match truth {
                Some(truth) => {
                    is_found[truth] = true;
                    outcomes.push(Outcome { truth: Some(truth), detection: Some(detection) });
                }
                None => wrong.push(detection),
            }
        }
        let mut is_paired = vec![false; self.detections.len()];
        for (detection, truth) in self.pairs(&wrong, &is_found) {
            if !is_found[truth] && !is_paired[detection] {
                (is_found[truth], is_paired[detection]) = (true, true);
                outcomes.push(Outcome { truth: Some(truth), detection: Some(detection) });
            }
        }
        let missed = (0..self.truths.len()).filter(|truth| self.truths[*truth].kind == TruthKind::Object && !is_found[*truth]);
        outcomes.extend(missed.map(|truth| Outcome { truth: Some(truth), detection: None }));
        let of_nothing = wrong.into_iter().filter(|detection| !is_paired[*detection]);
        outcomes.extend(of_nothing.map(|detection| Outcome { truth: None, detection: Some(detection) }));
        outcomes
    }

    /// Detections and objects that are not found which overlap enough, the best first; of equal overlaps the higher score.
    fn pairs(&self, wrong: &[usize], is_found: &[bool]) -> Vec<(usize, usize)> {
        let (truths, detections) = (self.truths, self.detections);
        let missed: Vec<usize> = (0..truths.len()).filter(|truth| truths[*truth].kind == TruthKind::Object && !is_found[*truth]).collect();
        let mut pairs = Vec::new();
        for &detection in wrong {
            let overlap = |truth: &usize| (detections[detection].shape.overlap(&truths[*truth].shape), detection, *truth);
            pairs.extend(missed.iter().map(overlap).filter(|(overlap, ..)| *overlap >= THRESHOLDS[0]));
        }
        pairs.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| descending(detections[a.1].score, detections[b.1].score)));
        pairs.into_iter().map(|(_, detection, truth)| (detection, truth)).collect()
    }
}
