//! The truths and detections of one class in an image.

use std::collections::BTreeMap;

use super::matching::Matching;
use super::{Coverage, Detection, MOST_DETECTIONS, Shape, Truth, descending};

/// Those that count, each with its place in the image's list; detections from the highest score down.
pub(super) struct Group<'a, S> {
    pub(super) class: usize,
    pub(super) truths: Vec<&'a Truth<S>>,
    pub(super) detections: Vec<&'a Detection<S>>,
    pub(super) truth_places: Vec<usize>,
    pub(super) detection_places: Vec<usize>,
}

impl<'a, S: Shape> Group<'a, S> {
    /// Of every class that has some, in their order.
    pub(super) fn all(truths: &'a [Truth<S>], detections: &'a [Detection<S>], coverage: Coverage<'_>) -> Vec<Self> {
        let mut of_class: BTreeMap<usize, [Vec<usize>; 2]> = BTreeMap::new();
        for (place, truth) in truths.iter().enumerate() {
            of_class.entry(truth.class).or_default()[0].push(place);
        }
        for (place, detection) in detections.iter().enumerate() {
            of_class.entry(detection.class).or_default()[1].push(place);
        }
        of_class.retain(|class, [truths, _]| !truths.is_empty() || coverage.says_absent(*class));
        let group = |(class, [truth_places, mut detection_places]): (usize, [Vec<usize>; 2])| {
            detection_places.sort_by(|a, b| descending(detections[*a].score, detections[*b].score));
            detection_places.truncate(MOST_DETECTIONS);
            Self {
                class,
                truths: truth_places.iter().map(|place| &truths[*place]).collect(),
                detections: detection_places.iter().map(|place| &detections[*place]).collect(),
                truth_places,
                detection_places,
            }
        };
        of_class.into_iter().map(group).collect()
    }

    /// Which of its detections match which of its truths.
    pub(super) fn matching(&self, coverage: Coverage<'_>) -> Matching<'_, S> {
        Matching::new(&self.truths, &self.detections, coverage.unmatched(self.class))
    }
}
