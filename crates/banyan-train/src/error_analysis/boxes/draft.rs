//! An image with its boxes, as it is shown.

use banyan_vision::boxes::Rectangle;

use super::ImageBoxes;
use crate::error_analysis::gallery::{Draft, DrawnBox, Layer, Mark};
use crate::error_analysis::shortened;
use crate::metrics::coco::{Outcome, TruthKind};

/// Boxes that are drawn on an image.
const MOST_BOXES: usize = 40;

/// The boxes of an image, those of predictions from a score on, with what came of each.
pub(super) fn draft(image: &ImageBoxes<'_>, outcomes: &[Outcome], least_score: f64, names: &[String]) -> Draft {
    let mark =
        |own: &dyn Fn(&Outcome) -> bool| match outcomes.iter().find(|outcome| own(outcome)) {
            None => Mark::Ignored,
            Some(Outcome { truth: Some(truth), detection: Some(detection) }) => {
                if image.truths[*truth].class == image.found[*detection].class { Mark::Right } else { Mark::OtherClass }
            }
            Some(_) => Mark::Alone,
        };
    let drawn = |class: usize, shape: &Rectangle, score: Option<f64>, mark: Mark| {
        // A model's numbers may be none, which JSON has no word for.
        let finite = |place: f64| if place.is_finite() { (place * 10.0).round() / 10.0 } else { 0.0 };
        let corners = (image.on_canvas)(shape.edges()).map(finite);
        DrawnBox { label: shortened(&names[class]), color: class, corners, score: score.map(|score| (score * 100.0).round() / 100.0), mark }
    };
    let truth: Vec<DrawnBox> = image
        .truths
        .iter()
        .enumerate()
        .map(|(place, own)| {
            let mark = if own.kind == TruthKind::Object { mark(&|outcome| outcome.truth == Some(place)) } else { Mark::Ignored };
            drawn(own.class, &own.shape, None, mark)
        })
        .collect();
    let sure = image.found.iter().enumerate().filter(|(_, own)| own.score >= least_score);
    let predicted: Vec<DrawnBox> =
        sure.map(|(place, own)| drawn(own.class, &own.shape, Some(own.score), mark(&|outcome| outcome.detection == Some(place)))).collect();
    let summary = in_words(&truth, &predicted);
    let most = |mut boxes: Vec<DrawnBox>| {
        boxes.truncate(MOST_BOXES);
        Layer { boxes, ..Layer::default() }
    };
    Draft { summary, size: image.size, truth: most(truth), predicted: most(predicted), masks: None }
}

fn in_words(truth: &[DrawnBox], predicted: &[DrawnBox]) -> String {
    let count = |boxes: &[DrawnBox], mark: Mark| boxes.iter().filter(|own| own.mark == mark).count();
    let objects = truth.len() - count(truth, Mark::Ignored);
    let found = format!("{} of {objects} object{} found", count(truth, Mark::Right), if objects == 1 { "" } else { "s" });
    let mut parts = vec![if objects > 0 { found } else { "no object".to_owned() }];
    let wrong = [
        (count(truth, Mark::Alone), "missed".to_owned()),
        (count(truth, Mark::OtherClass), "of another class".to_owned()),
        (count(predicted, Mark::Alone), "predicted wrongly".to_owned()),
    ];
    parts.extend(wrong.into_iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")));
    let hidden = [truth, predicted].map(|boxes| boxes.len().saturating_sub(MOST_BOXES)).into_iter().sum::<usize>();
    if hidden > 0 {
        parts.push(format!("{hidden} boxes are not drawn"));
    }
    parts.join(", ")
}
