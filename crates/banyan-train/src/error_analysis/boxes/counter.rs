//! Counts what becomes of boxes.

use banyan_vision::boxes::Rectangle;

use super::draft::draft;
use super::{BoxErrors, ClassBoxes, Curve, NOTHING};
use crate::error_analysis::gallery::Chooser;
use crate::error_analysis::{Gallery, Images, MOST_ROWS, Pairs, shortened};
use crate::metrics::classes::mean;
use crate::metrics::coco::{ClassSummary, CocoMetrics, Coverage, Detection, ImageMatches, Outcome, Truth};

/// Classes with a precision-recall curve of their own.
const MOST_CURVES: usize = 12;
/// Least scores that are tried: multiples of a twentieth.
const LEVELS: usize = 19;
/// The least score where no prediction is right with any.
const FALLBACK: f64 = 0.25;

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
    images: u64,
    levels: Vec<Level>,
    gallery: Gallery,
}

/// What becomes of boxes with the predictions from one score on. Which score is best is only known at the end.
#[derive(Debug, Default)]
struct Level {
    least_score: f64,
    pairs: Pairs,
    chooser: Chooser,
    right: u64,
    /// Objects and predictions.
    all: u64,
}

impl BoxCounter {
    pub(crate) fn new(classes: &[String]) -> Self {
        let level = |place: usize| Level { least_score: place as f64 / 20.0, ..Level::default() };
        Self {
            names: classes.to_vec(),
            metrics: CocoMetrics::new(classes.len()),
            images: 0,
            levels: (1..=LEVELS).map(level).collect(),
            gallery: Gallery::default(),
        }
    }

    /// Adds an image, which is that of a row among all.
    pub(crate) fn add(&mut self, row: usize, image: &ImageBoxes<'_>) {
        self.metrics.add_image(self.images, image.truths, image.found, image.coverage);
        self.images += 1;
        let matches = ImageMatches::new(image.truths, image.found, image.coverage);
        for level in &mut self.levels {
            level.add(row, image, &matches.outcomes(level.least_score), &self.names);
        }
    }

    /// Chooses the images; afterwards none are added.
    pub(crate) fn illustrate(&mut self, images: Images<'_>) {
        self.gallery = std::mem::take(&mut self.best().chooser).illustrate(images);
    }

    /// The level with the highest F1 (half of it is the share of right ones), of equal ones the lowest.
    fn best(&mut self) -> &mut Level {
        let half_f1 = |level: &Level| level.right as f64 / level.all.max(1) as f64;
        let highest = self.levels.iter().map(half_f1).fold(0.0, f64::max);
        let is_best = |level: &Level| if highest > 0.0 { half_f1(level) == highest } else { level.least_score == FALLBACK };
        let place = self.levels.iter().position(is_best).unwrap_or(0);
        &mut self.levels[place]
    }

    pub(crate) fn finish(mut self) -> BoxErrors {
        let Level { least_score, pairs, .. } = std::mem::take(self.best());
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
            least_score,
            classes: found.iter().take(MOST_ROWS).map(row).collect(),
            left_out: found.len().saturating_sub(MOST_ROWS),
            curves: found.iter().take(MOST_CURVES).map(|(name, class)| Curve { name: shortened(name), precision: curve(class) }).collect(),
            mean: (0..points).map(mean_at).collect(),
            confusion: pairs.finish_with(&names, Some(names.len() - 1)),
            gallery: self.gallery,
        }
    }
}

impl Level {
    fn add(&mut self, row: usize, image: &ImageBoxes<'_>, outcomes: &[Outcome], names: &[String]) {
        let (mut error, nothing) = (0.0, names.len());
        for outcome in outcomes {
            let truth = outcome.truth.map(|place| image.truths[place].class);
            let found = outcome.detection.map(|place| &image.found[place]);
            let predicted = found.map(|found| found.class);
            self.pairs.add(truth.unwrap_or(nothing), predicted.unwrap_or(nothing), || None);
            self.all += u64::from(truth.is_some()) + u64::from(predicted.is_some());
            self.right += u64::from(truth == predicted);
            if truth != predicted {
                error += if truth.is_some() { 1.0 } else { 0.0 } + found.map_or(0.0, |found| found.score);
            }
        }
        self.chooser.add(row, error, || draft(image, outcomes, self.least_score, names));
    }
}

/// Four digits: a curve is drawn with fewer.
fn rounded(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error_analysis::{Layer, Mark};
    use crate::metrics::coco::TruthKind;

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
        let mut found = vec![
            // Right, though a dog lies on it better.
            found(0, 2.0, 0.9),
            found(1, 0.0, 0.9),
            // A cat taken for a dog, and a dog found with a score that is too low.
            found(1, 21.0, 0.9),
            found(1, 40.0, 0.2),
            // Neither right nor wrong: within a crowd, on an object that need not be found.
            found(1, 80.0, 0.6),
            found(1, 81.0, 0.6),
            found(0, 100.0, 0.6),
        ];
        // Too low, since of eight predictions more one would be right.
        found.extend((0..7).map(|_| super::tests::found(0, 150.0, 0.2)));
        let errors = count(&truths, &found, Coverage::Complete);
        assert_eq!((errors.least_score, errors.confusion.pairs.len()), (0.25, 1));
        assert_eq!(errors.confusion.classes, ["cat", "dog", NOTHING]);
        assert_eq!(errors.confusion.counts, [[1, 1, 0], [0, 0, 2], [0, 1, 0]]);

        let example = &errors.gallery.worst[0];
        assert_eq!((example.row, example.image.as_ref()), (5, None));
        assert_eq!(example.summary, "1 of 4 objects found, 2 missed, 1 of another class, 1 predicted wrongly");
        let marks = |layer: &Layer| layer.boxes.iter().map(|own| own.mark).collect::<Vec<_>>();
        use Mark::{Alone, Ignored, OtherClass, Right};
        assert_eq!(marks(&example.truth), [Right, OtherClass, Alone, Alone, Ignored, Ignored]);
        assert_eq!(marks(&example.predicted), [Right, Alone, OtherClass, Ignored, Ignored, Ignored], "weak ones are not drawn");
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
