//! Boxes of objects: what each was taken for, and the figures of each class.

use banyan_vision::boxes::Rectangle;
use serde::{Deserialize, Serialize};

use super::gallery::{Chooser, Draft, DrawnBox, Gallery, Images, Layer, Mark};
use super::{Confusion, MOST_ROWS, Pairs, shortened};
use crate::metrics::classes::mean;
use crate::metrics::coco::{ClassSummary, CocoMetrics, Coverage, Detection, Outcome, Truth, TruthKind, outcomes};

/// The score from which on a prediction is in the confusion of classes and in the gallery.
pub const CONFIDENT: f64 = 0.25;
/// The class that is none: an object that was missed is taken for it, and a prediction of nothing lies on it.
pub(crate) const NOTHING: &str = "(nothing)";
/// Classes with a precision-recall curve of their own.
const MOST_CURVES: usize = 12;
/// Boxes that are drawn on an image.
const MOST_BOXES: usize = 40;

/// The errors in boxes.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct BoxErrors {
    /// The score from which on predictions are in `confusion` and `gallery`.
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

/// An image with its boxes.
pub(crate) struct ImageBoxes<'a> {
    /// Its row among those at hand.
    pub(crate) row: usize,
    pub(crate) truths: &'a [Truth<Rectangle>],
    pub(crate) found: &'a [Detection<Rectangle>],
    pub(crate) coverage: Coverage<'a>,
    /// Height and width of the canvas.
    pub(crate) size: [usize; 2],
    /// A box of the image on the canvas.
    pub(crate) on_canvas: &'a dyn Fn([f64; 4]) -> [f64; 4],
}

/// Counts what becomes of boxes, image by image.
pub(crate) struct BoxCounter {
    names: Vec<String>,
    metrics: CocoMetrics,
    pairs: Pairs,
    images: u64,
    chooser: Chooser,
    gallery: Gallery,
}

impl BoxCounter {
    pub(crate) fn new(classes: &[String]) -> Self {
        let metrics = CocoMetrics::new(classes.len());
        Self {
            names: classes.to_vec(),
            metrics,
            pairs: Pairs::default(),
            images: 0,
            chooser: Chooser::default(),
            gallery: Gallery::default(),
        }
    }

    /// Adds an image, which is that of a row among all.
    pub(crate) fn add(&mut self, row: usize, image: &ImageBoxes<'_>) {
        self.metrics.add_image(self.images, image.truths, image.found, image.coverage);
        self.images += 1;
        let outcomes = outcomes(image.truths, image.found, image.coverage, CONFIDENT);
        let (mut error, nothing) = (0.0, self.names.len());
        for outcome in &outcomes {
            let truth = outcome.truth.map(|place| image.truths[place].class);
            let found = outcome.detection.map(|place| &image.found[place]);
            let predicted = found.map(|found| found.class);
            self.pairs.add(truth.unwrap_or(nothing), predicted.unwrap_or(nothing), || None);
            if truth != predicted {
                error += if truth.is_some() { 1.0 } else { 0.0 } + found.map_or(0.0, |found| found.score);
            }
        }
        self.chooser.add(row, error, || draft(image, &outcomes, &self.names));
    }

    /// Chooses the images; afterwards none are added.
    pub(crate) fn illustrate(&mut self, images: Images<'_>) {
        self.gallery = std::mem::take(&mut self.chooser).illustrate(images);
    }

    pub(crate) fn finish(self) -> BoxErrors {
        let summary = self.metrics.summarize();
        let mut found: Vec<(&String, &ClassSummary)> =
            self.names.iter().zip(&summary.classes).filter_map(|(name, class)| Some((name, class.as_ref()?))).collect();
        found.sort_by_key(|(_, class)| std::cmp::Reverse(class.truths));
        let curve = |class: &ClassSummary| class.curve.iter().map(|point| rounded(point.precision)).collect();
        let points = found.first().map_or(0, |(_, class)| class.curve.len());
        let mean_at = |point: usize| mean(found.iter().map(|(_, class)| class.curve[point].precision)).map_or(0.0, rounded);
        let row = |(name, class): &(&String, &ClassSummary)| ClassBoxes {
            name: shortened(name),
            objects: class.truths,
            ap50: class.ap50(),
            ap: class.average_precision(),
            precision: class.best.map(|best| best.precision),
            recall: class.best.map(|best| best.recall),
            f1: class.best.map(|best| best.f1()),
            score: class.best.and_then(|best| best.score),
        };
        let names: Vec<String> = self.names.iter().map(|name| shortened(name)).chain([NOTHING.to_owned()]).collect();
        BoxErrors {
            least_score: CONFIDENT,
            classes: found.iter().take(MOST_ROWS).map(row).collect(),
            left_out: found.len().saturating_sub(MOST_ROWS),
            curves: found.iter().take(MOST_CURVES).map(|(name, class)| Curve { name: shortened(name), precision: curve(class) }).collect(),
            mean: (0..points).map(mean_at).collect(),
            confusion: self.pairs.finish_with(&names, Some(names.len() - 1)),
            gallery: self.gallery,
        }
    }
}

/// Four digits: a curve is drawn with fewer.
fn rounded(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}

fn draft(image: &ImageBoxes<'_>, outcomes: &[Outcome], names: &[String]) -> Draft {
    let mark =
        |own: &dyn Fn(&Outcome) -> bool| match outcomes.iter().find(|outcome| own(outcome)) {
            None => Mark::Ignored,
            Some(Outcome { truth: Some(truth), detection: Some(detection) }) => {
                if image.truths[*truth].class == image.found[*detection].class { Mark::Right } else { Mark::OtherClass }
            }
            Some(_) => Mark::Alone,
        };
    let drawn = |class: usize, shape: &Rectangle, score: Option<f64>, mark: Mark| {
        let corners = (image.on_canvas)(shape.edges()).map(|place| (place * 10.0).round() / 10.0);
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
    let confident = image.found.iter().enumerate().filter(|(_, own)| own.score >= CONFIDENT);
    let predicted: Vec<DrawnBox> = confident
        .map(|(place, own)| drawn(own.class, &own.shape, Some(own.score), mark(&|outcome| outcome.detection == Some(place))))
        .collect();
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
        (count(predicted, Mark::Alone), "predicted on nothing".to_owned()),
    ];
    parts.extend(wrong.into_iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")));
    let hidden = [truth, predicted].map(|boxes| boxes.len().saturating_sub(MOST_BOXES)).into_iter().sum::<usize>();
    if hidden > 0 {
        parts.push(format!("{hidden} boxes are not drawn"));
    }
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(left: f64) -> Rectangle {
        Rectangle::from_corner([left, 0.0, 10.0, 10.0])
    }

    fn truth(class: usize, left: f64, kind: TruthKind) -> Truth<Rectangle> {
        Truth { class, shape: square(left), area: 100.0, kind }
    }

    fn found(class: usize, left: f64, score: f64) -> Detection<Rectangle> {
        Detection { class, shape: square(left), score }
    }

    fn count(truths: &[Truth<Rectangle>], found: &[Detection<Rectangle>], coverage: Coverage<'_>) -> BoxErrors {
        let mut counter = BoxCounter::new(&["cat".to_owned(), "dog".to_owned()]);
        counter.add(4, &ImageBoxes { row: 0, truths, found, coverage, size: [20, 200], on_canvas: &|corners| corners });
        counter.illustrate(Images { picture: &|_| None, number: &|row| row + 1, bytes: 1000 });
        counter.finish()
    }

    #[test]
    fn confusion_by_hand() {
        let truths = [
            truth(0, 0.0, TruthKind::Object),
            truth(0, 20.0, TruthKind::Object),
            truth(1, 40.0, TruthKind::Object),
            truth(1, 60.0, TruthKind::Object),
            truth(1, 80.0, TruthKind::Crowd),
            truth(0, 100.0, TruthKind::Difficult),
        ];
        let found = [
            // Right, though a dog lies on it better.
            found(0, 2.0, 0.9),
            found(1, 0.0, 0.8),
            // A cat taken for a dog, and a dog found with a score that is too low.
            found(1, 21.0, 0.7),
            found(1, 40.0, 0.2),
            // Neither right nor wrong: within a crowd, on an object that need not be found.
            found(1, 80.0, 0.6),
            found(1, 81.0, 0.6),
            found(0, 100.0, 0.6),
        ];
        let errors = count(&truths, &found, Coverage::Complete);
        assert_eq!(errors.confusion.classes, ["cat", "dog", NOTHING]);
        assert_eq!(errors.confusion.counts, [[1, 1, 0], [0, 0, 2], [0, 1, 0]]);

        let example = &errors.gallery.worst[0];
        assert_eq!((example.row, example.image.as_ref()), (5, None));
        assert_eq!(example.summary, "1 of 4 objects found, 2 missed, 1 of another class, 1 predicted on nothing");
        let marks = |layer: &Layer| layer.boxes.iter().map(|own| own.mark).collect::<Vec<_>>();
        use Mark::{Alone, Ignored, OtherClass, Right};
        assert_eq!(marks(&example.truth), [Right, OtherClass, Alone, Alone, Ignored, Ignored]);
        assert_eq!(marks(&example.predicted), [Right, Alone, OtherClass, Ignored, Ignored, Ignored], "the weak one is not drawn");
    }

    #[test]
    fn classes_that_an_image_is_not_annotated_for_do_not_count() {
        let truths = [truth(0, 0.0, TruthKind::Object)];
        let found = [found(1, 0.0, 0.9), found(1, 50.0, 0.9)];
        let counts = |coverage| count(&truths, &found, coverage).confusion.counts;
        assert_eq!(counts(Coverage::Complete), [[0, 1, 0], [0, 0, 0], [0, 1, 0]]);
        assert_eq!(counts(Coverage::Partial { absent: &[], not_exhaustive: &[1] }), [[0, 1], [0, 0]], "cat and nothing: the cat is missed");
        assert_eq!(counts(Coverage::Partial { absent: &[1], not_exhaustive: &[] }), [[0, 1, 0], [0, 0, 0], [0, 1, 0]]);
    }

    /// The curve's mean is the metric, and the best threshold is that of the figures by hand: right, wrong, right of three objects.
    #[test]
    fn curves_are_those_of_the_metric() {
        let truths = [0.0, 20.0, 40.0].map(|left| truth(0, left, TruthKind::Object));
        let found = [found(0, 0.0, 0.9), found(0, 90.0, 0.8), found(0, 20.0, 0.7)];
        let errors = count(&truths, &found, Coverage::Complete);
        let curve = &errors.curves[0].precision;
        // Precision 1 up to a recall of 1/3, 2/3 up to 2/3, and 0 from there on.
        assert_eq!((curve[0], curve[33], curve[34], curve[66], curve[67], curve[100]), (1.0, 1.0, 0.6667, 0.6667, 0.0, 0.0));
        let class = &errors.classes[0];
        assert!((curve.iter().sum::<f64>() / 101.0 - class.ap50).abs() < 1e-4);
        assert!((class.ap50 - (34.0 + 33.0 * 2.0 / 3.0) / 101.0).abs() < 1e-9);
        let third = 2.0 / 3.0;
        let close = |value: Option<f64>, expected: f64| value.is_some_and(|value| (value - expected).abs() < 1e-9);
        assert!(close(class.precision, third) && close(class.recall, third) && close(class.f1, third), "{class:?}");
        assert_eq!((class.score, class.objects, errors.classes.len()), (Some(0.7), 3, 1), "dogs have no object");
        assert_eq!(errors.mean, *curve);
    }
}
