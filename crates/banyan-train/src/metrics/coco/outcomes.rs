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

/// What became of the objects of an image at an IoU of one half, with the detections whose score is at least `least_score`.
///
/// First detections match objects of their own class, exactly as they do for [`CocoMetrics`](super::CocoMetrics): what lies in a crowd, takes an object that
/// need not be found, or is of a class that the image is not annotated for, is in no outcome. Of what is then left, detections are paired with objects of
/// other classes, the highest IoU first. Objects that need not be found are in none.
pub fn outcomes<S: Shape>(truths: &[Truth<S>], detections: &[Detection<S>], coverage: Coverage<'_>, least_score: f64) -> Vec<Outcome> {
    let (mut outcomes, mut is_found, mut wrong) = (Vec::new(), vec![false; truths.len()], Vec::new());
    for group in Group::all(truths, detections, coverage) {
        let matches = group.matching(coverage).within(AREAS[0]);
        for (place, partner) in matches.partners.iter().enumerate() {
            let detection = group.detection_places[place];
            // Those before it, whose scores are higher, do not depend on it.
            if detections[detection].score < least_score || matches.ignored[place] & 1 != 0 {
                continue;
            }
            match partner.map(|partner| group.truth_places[partner]) {
                Some(truth) => {
                    is_found[truth] = true;
                    outcomes.push(Outcome { truth: Some(truth), detection: Some(detection) });
                }
                None => wrong.push(detection),
            }
        }
    }
    let mut pairs = Vec::new();
    for &detection in &wrong {
        let missed = |truth: &usize| truths[*truth].kind == TruthKind::Object && !is_found[*truth];
        let overlaps =
            (0..truths.len()).filter(missed).map(|truth| (detections[detection].shape.overlap(&truths[truth].shape), detection, truth));
        pairs.extend(overlaps.filter(|(overlap, ..)| *overlap >= THRESHOLDS[0]));
    }
    // A stable order: of equal overlaps the higher score, then the first.
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| descending(detections[a.1].score, detections[b.1].score)));
    let mut is_paired = vec![false; detections.len()];
    for (_, detection, truth) in pairs {
        if !is_found[truth] && !is_paired[detection] {
            (is_found[truth], is_paired[detection]) = (true, true);
            outcomes.push(Outcome { truth: Some(truth), detection: Some(detection) });
        }
    }
    let missed = (0..truths.len()).filter(|truth| truths[*truth].kind == TruthKind::Object && !is_found[*truth]);
    outcomes.extend(missed.map(|truth| Outcome { truth: Some(truth), detection: None }));
    let of_nothing = wrong.into_iter().filter(|detection| !is_paired[*detection]);
    outcomes.extend(of_nothing.map(|detection| Outcome { truth: None, detection: Some(detection) }));
    outcomes
}
