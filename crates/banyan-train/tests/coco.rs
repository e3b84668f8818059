//! COCO's detection metrics against those of pycocotools.

#[path = "coco/generator.rs"]
mod generator;

use banyan_train::metrics::coco::{CocoMetrics, Coverage, Detection, ImageMatches, Outcome, Summary, Truth, TruthKind};
use banyan_vision::boxes::Rectangle;
use banyan_vision::masks::RunLength;
use generator::{Image, Parameters};

fn truth(class: usize, corner: [f64; 4]) -> Truth<Rectangle> {
    Truth { class, shape: Rectangle::from_corner(corner), area: corner[2] * corner[3], kind: TruthKind::Object }
}

fn detection(class: usize, corner: [f64; 4], score: f64) -> Detection<Rectangle> {
    Detection { class, shape: Rectangle::from_corner(corner), score }
}

fn image(number: u64, truths: Vec<Truth<Rectangle>>, detections: Vec<Detection<Rectangle>>) -> Image {
    Image { number, truths, detections }
}

fn summary(classes: usize, images: &[Image]) -> Summary {
    let mut metrics = CocoMetrics::new(classes);
    images.iter().for_each(|image| metrics.add_image(image.number, &image.truths, &image.detections, Coverage::Complete));
    metrics.summarize()
}

/// The twelve figures as COCO writes them.
fn stats(summary: &Summary) -> [f64; 12] {
    summary.stats.map(|value| value.unwrap_or(-1.0))
}

#[track_caller]
fn assert_close(values: &[f64], expected: &[f64]) {
    assert_eq!(values.len(), expected.len());
    let close = values.iter().zip(expected).all(|(value, expected)| (value - expected).abs() < 1e-9);
    assert!(close, "{values:?}\ninstead of\n{expected:?}");
}

fn golden_a() -> Vec<Image> {
    let crowd = Truth { kind: TruthKind::Crowd, ..truth(0, [0.0, 90.0, 128.0, 38.0]) };
    vec![
        image(
            1,
            vec![truth(0, [10.0, 10.0, 40.0, 40.0]), truth(0, [60.0, 60.0, 20.0, 20.0]), truth(1, [5.0, 70.0, 50.0, 50.0])],
            vec![
                detection(0, [12.0, 11.0, 40.0, 38.0], 0.9),
                detection(0, [58.0, 62.0, 22.0, 18.0], 0.8),
                detection(0, [11.0, 10.0, 41.0, 42.0], 0.8),
                detection(1, [5.0, 68.0, 48.0, 55.0], 0.7),
            ],
        ),
        image(
            2,
            vec![truth(0, [20.0, 20.0, 60.0, 80.0]), crowd],
            vec![
                detection(0, [22.0, 24.0, 55.0, 78.0], 0.6),
                detection(0, [5.0, 95.0, 30.0, 30.0], 0.55),
                detection(0, [100.0, 100.0, 20.0, 20.0], 0.5),
                detection(0, [100.0, 10.0, 20.0, 20.0], 0.95),
            ],
        ),
        image(
            3,
            vec![truth(1, [30.0, 30.0, 32.0, 32.0]), truth(0, [0.0, 0.0, 100.0, 100.0])],
            vec![
                detection(1, [31.0, 29.0, 30.0, 34.0], 0.65),
                detection(1, [80.0, 80.0, 20.0, 20.0], 0.65),
                detection(0, [4.0, 4.0, 90.0, 80.0], 0.4),
            ],
        ),
        image(4, vec![], vec![detection(0, [0.0, 0.0, 50.0, 50.0], 0.85), detection(1, [10.0, 10.0, 10.0, 10.0], 0.3)]),
    ]
}

const STATS_A: [f64; 12] = [0.5910419613, 0.7857142857, 0.6881188119, 0.575, 0.700990099, 0.5, 0.5625, 0.75, 0.75, 0.75, 0.8, 0.5];

#[test]
fn golden_a_by_hand() {
    let summary = summary(2, &golden_a());
    assert_close(&stats(&summary), &STATS_A);
    let classes: Vec<_> = summary.classes.iter().flatten().collect();
    assert_close(&[classes[0].average_precision(), classes[1].average_precision()], &[0.3820839227, 0.8]);
    let (half, fewer, few) = (0.5714285714, 0.3762376238, 0.2112211221);
    assert_close(&classes[0].precision, &[half, half, half, half, half, fewer, fewer, few, 0.0, 0.0]);
    assert_close(&classes[1].precision, &[1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0]);
    assert_close(&classes[0].recall, &[1.0, 1.0, 1.0, 1.0, 1.0, 0.75, 0.75, 0.5, 0.0, 0.0]);
    assert_eq!((classes[0].truths, classes[1].truths), (4, 2));
    assert_eq!(summary.get("ap_small"), summary.stats[3]);

    let curve = &classes[0].curve;
    assert!(curve.len() == 101 && (curve.iter().map(|point| point.precision).sum::<f64>() / 101.0 - half).abs() < 1e-9);
    assert_eq!((curve[100].recall, curve[100].score), (1.0, Some(0.4)));

    // From the highest score down: wrong, right, wrong, right, wrong, right, right, of four objects.
    let best = |class: usize| classes[class].best.unwrap();
    assert_close(&[best(0).precision, best(0).recall, best(0).f1()], &[4.0 / 7.0, 1.0, 8.0 / 11.0]);
    // Right, right, wrong, wrong: the second and the third have one score, so the precision at it is not the best at that recall.
    assert_close(&[best(1).precision, best(1).recall, best(1).f1()], &[2.0 / 3.0, 1.0, 0.8]);
    assert_eq!((best(0).score, best(1).score, classes[1].curve[100].precision), (Some(0.4), Some(0.65), 1.0));
}

#[test]
fn images_come_in_any_order() {
    let mut images = golden_a();
    images.reverse();
    assert_close(&stats(&summary(2, &images)), &STATS_A);
}

#[test]
fn masks_as_boxes() {
    let mask = |rectangle: &Rectangle| {
        let [x, y, width, height] = rectangle.to_corner().map(|value| value as usize);
        let mut pixels = vec![0_u8; 128 * 128];
        (y..y + height).for_each(|row| pixels[row * 128 + x..row * 128 + x + width].fill(1));
        RunLength::encode(&pixels, 128, 128).unwrap()
    };
    let mut metrics = CocoMetrics::new(2);
    for Image { number, truths, detections } in golden_a() {
        let truths: Vec<_> = truths
            .iter()
            .map(|truth| Truth { class: truth.class, shape: mask(&truth.shape), area: truth.area, kind: truth.kind })
            .collect();
        let detections: Vec<_> = detections
            .iter()
            .map(|detection| Detection { class: detection.class, shape: mask(&detection.shape), score: detection.score })
            .collect();
        metrics.add_image(number, &truths, &detections, Coverage::Complete);
    }
    assert_close(&stats(&metrics.summarize()), &STATS_A);
}

#[test]
fn golden_b_with_ties_and_crowds() {
    let (images, state) = generator::images(12345, &Parameters::GOLDEN);
    let truths: Vec<_> = images.iter().flat_map(|image| &image.truths).collect();
    let crowds = truths.iter().filter(|truth| truth.kind == TruthKind::Crowd).count();
    let detections: Vec<_> = images.iter().flat_map(|image| &image.detections).collect();
    assert_eq!((truths.len(), crowds, detections.len(), state), (113, 5, 192, 2_646_258_723));
    assert_eq!((truths[0].class, truths[0].shape.to_corner()), (2, [68.0, 20.0, 67.0, 88.0]));
    assert_eq!(**detections.last().unwrap(), detection(0, [17.0, 12.0, 19.0, 50.0], 0.59));

    let forward = summary(3, &images);
    let expected = [
        0.2107062794,
        0.4327975104,
        0.1500952432,
        0.039435891,
        0.2897184672,
        -1.0,
        0.2368981481,
        0.4032407407,
        0.4032407407,
        0.1136904762,
        0.4625872332,
        -1.0,
    ];
    assert_close(&stats(&forward), &expected);
    let classes: Vec<_> = forward.classes.iter().flatten().collect();
    let of_classes = |figure: &dyn Fn(usize) -> f64| [figure(0), figure(1), figure(2)];
    assert_close(&of_classes(&|class| classes[class].average_precision()), &[0.2495545488, 0.1914750340, 0.1910892553]);
    assert_close(&of_classes(&|class| classes[class].ap50()), &[0.4544440207, 0.4244889101, 0.4194596004]);
    assert_close(&of_classes(&|class| classes[class].ap75()), &[0.2124203104, 0.1464962757, 0.0913691437]);
    assert_close(&of_classes(&|class| classes[class].recall[0]), &[0.71875, 0.675, 0.6388888889]);
    let thresholds: Vec<f64> = (0..10).map(|threshold| classes.iter().map(|class| class.precision[threshold]).sum::<f64>() / 3.0).collect();
    let expected_thresholds =
        [0.4327975104, 0.4130698366, 0.3740772327, 0.338630425, 0.2474178132, 0.1500952432, 0.1048711043, 0.0424990691, 0.0036045593, 0.0];
    assert_close(&thresholds, &expected_thresholds);

    // Among equal scores the order of the detections decides.
    let reversed: Vec<Image> =
        images.into_iter().map(|image| Image { detections: image.detections.into_iter().rev().collect(), ..image }).collect();
    let mut expected = expected;
    (expected[0], expected[4]) = (0.2107034626, 0.2902329643);
    assert_close(&stats(&summary(3, &reversed)), &expected);
}

#[test]
fn two_hundred_random_sets_as_pycocotools() {
    let expected: Vec<[f64; 12]> = serde_json::from_str(include_str!("fixtures/metrics/coco.json")).unwrap();
    assert_eq!(expected.len(), 200);
    for (number, expected) in expected.iter().enumerate() {
        let parameters = Parameters::of_set(number as u32);
        let (images, _) = generator::images(1000 + number as u32, &parameters);
        let stats = stats(&summary(parameters.classes as usize, &images));
        let close = stats.iter().zip(expected).all(|(value, expected)| (value - expected).abs() < 1e-9);
        assert!(close, "set {number}: {stats:?} instead of {expected:?}");
    }
}

const SQUARE: [f64; 4] = [0.0, 0.0, 20.0, 20.0];
const ELSEWHERE: [f64; 4] = [60.0, 60.0, 20.0, 20.0];

fn ap50(classes: usize, images: &[Image]) -> f64 {
    summary(classes, images).get("ap50").expect("a class with truths")
}

#[test]
fn equal_scores_in_two_images() {
    let pair = |wrong: u64, right: u64| {
        let wrong = image(wrong, vec![truth(0, SQUARE)], vec![detection(0, ELSEWHERE, 0.5)]);
        ap50(1, &[wrong, image(right, vec![truth(0, SQUARE)], vec![detection(0, SQUARE, 0.5)])])
    };
    assert_close(&[pair(1, 2), pair(2, 1)], &[0.2524752475, 0.5049504950]);
}

#[test]
fn the_most_detections_of_an_image() {
    let corner = |place: u32| [f64::from(place % 5) * 30.0, f64::from(place / 5) * 30.0, 20.0, 20.0];
    let truths = (0..20).map(|place| truth(0, corner(place))).collect();
    let detections = (0..20).map(|place| detection(0, corner(place), 0.9)).collect();
    let summary = summary(1, &[image(1, truths, detections)]);
    assert_close(&["ar1", "ar10", "ar100"].map(|name| summary.get(name).unwrap()), &[0.05, 0.5, 1.0]);
}

#[test]
fn an_overlap_of_exactly_the_threshold_counts() {
    let half = image(1, vec![truth(0, SQUARE)], vec![detection(0, [0.0, 0.0, 20.0, 10.0], 0.9)]);
    let summary = summary(1, &[half]);
    assert_close(&[summary.get("ap50").unwrap(), summary.get("ap").unwrap()], &[1.0, 0.1]);
}

#[test]
fn a_truth_that_is_not_found_counts_unless_it_is_difficult() {
    let pair = |kind: TruthKind| {
        let missed = Truth { kind, ..truth(0, ELSEWHERE) };
        ap50(1, &[image(1, vec![truth(0, SQUARE), missed], vec![detection(0, SQUARE, 0.9)])])
    };
    assert_close(&[pair(TruthKind::Object), pair(TruthKind::Difficult)], &[0.5049504950, 1.0]);

    // One detection of a difficult object is ignored, of a crowd any number.
    let twice = |kind: TruthKind| {
        let truths = vec![truth(0, SQUARE), Truth { kind, ..truth(0, ELSEWHERE) }];
        let found = vec![detection(0, ELSEWHERE, 0.9), detection(0, ELSEWHERE, 0.8), detection(0, SQUARE, 0.7)];
        ap50(1, &[image(1, truths, found)])
    };
    assert_close(&[twice(TruthKind::Difficult), twice(TruthKind::Crowd)], &[0.5, 1.0]);
}

#[test]
fn classes_without_truths_and_sets_without_anything() {
    let found = image(1, vec![truth(0, SQUARE)], vec![detection(0, SQUARE, 0.9), detection(1, SQUARE, 0.95)]);
    let with_other = summary(2, &[found]);
    assert_close(&[with_other.get("ap").unwrap()], &[1.0]);
    assert!(with_other.classes[1].is_none());
    assert_eq!(summary(2, &[image(1, vec![], vec![detection(1, SQUARE, 0.9)])]).stats, [None; 12]);
    assert_eq!(summary(0, &[]).stats, [None; 12]);
    assert_eq!(summary(1, &[image(1, vec![truth(0, SQUARE)], vec![])]).get("ap"), Some(0.0));
    let not_a_number = image(1, vec![truth(0, SQUARE)], vec![detection(0, SQUARE, f64::NAN)]);
    assert_close(&[summary(1, &[not_a_number]).get("ap").unwrap()], &[1.0]);
}

/// The average precision of detections that are right or wrong, from the highest score down, of so many truths.
fn of_ranking(right: &[bool], truths: u32) -> f64 {
    let place = |number: usize| [number as f64 * 30.0, 0.0, 20.0, 20.0];
    let truths = (0..truths as usize).map(|number| truth(0, place(number))).collect();
    let score = |rank: usize| 0.9 - rank as f64 / 100.0;
    let corner =
        |rank: usize| if right[rank] { place(right[..rank].iter().filter(|&&right| right).count()) } else { [0.0, 60.0, 20.0, 20.0] };
    ap50(1, &[image(1, truths, (0..right.len()).map(|rank| detection(0, corner(rank), score(rank))).collect())])
}

#[test]
fn rankings_for_which_other_programs_have_other_averages() {
    assert!((of_ranking(&[true, false, true, true, false], 5) - 0.504950).abs() < 1e-6);
    assert!((of_ranking(&[false, true, false, true, false, true, true], 4) - 0.571429).abs() < 1e-6);
}

#[test]
fn an_area_at_both_ends_of_a_range_counts_twice() {
    let at = |side: f64| summary(1, &[image(1, vec![truth(0, [0.0, 0.0, side, side])], vec![])]);
    let named = |summary: &Summary| ["ap_small", "ap_medium", "ap_large"].map(|name| summary.get(name));
    assert_eq!(named(&at(32.0)), [Some(0.0), Some(0.0), None]);
    assert_eq!(named(&at(96.0)), [None, Some(0.0), Some(0.0)]);
}

/// Class 0 is annotated and found, but a wrong detection comes first.
fn partly(coverage: Coverage<'_>, class_of_wrong: usize) -> Summary {
    let mut metrics = CocoMetrics::new(2);
    let detections = [detection(class_of_wrong, ELSEWHERE, 0.9), detection(0, SQUARE, 0.8)];
    metrics.add_image(1, &[truth(0, SQUARE)], &detections, coverage);
    metrics.add_image(2, &[truth(1, SQUARE)], &[detection(1, SQUARE, 0.8)], Coverage::Complete);
    metrics.summarize()
}

/// Of what each object was taken for the right ones are those that the recall is made of.
#[test]
fn outcomes_are_those_of_the_metric() {
    for set in 0..50 {
        let parameters = Parameters::of_set(set);
        let (images, _) = generator::images(1000 + set, &parameters);
        let summary = summary(parameters.classes as usize, &images);
        for (class, figures) in summary.classes.iter().enumerate() {
            let Some(figures) = figures else { continue };
            let right = |image: &Image| {
                let all = ImageMatches::new(&image.truths, &image.detections, Coverage::Complete).outcomes(f64::NEG_INFINITY);
                all.iter().filter(|outcome| is_right(image, outcome, class)).count()
            };
            let found: usize = images.iter().map(right).sum();
            assert_close(&[found as f64 / figures.truths as f64], &[figures.recall[0]]);
        }
    }
}

fn is_right(image: &Image, outcome: &Outcome, class: usize) -> bool {
    let (truth, detection) =
        (outcome.truth.map(|place| image.truths[place].class), outcome.detection.map(|place| image.detections[place].class));
    truth == Some(class) && detection == Some(class)
}

#[test]
fn images_of_which_some_classes_are_annotated() {
    let ap50 = |coverage, class: usize| partly(coverage, class).classes[class].as_ref().unwrap().ap50();
    assert_close(&[ap50(Coverage::Complete, 0), ap50(Coverage::Complete, 1)], &[0.5, 0.5]);
    let neither = Coverage::Partial { absent: &[], not_exhaustive: &[] };
    assert_close(&[ap50(neither, 0), ap50(neither, 1)], &[0.5, 1.0]);
    let absent = Coverage::Partial { absent: &[1], not_exhaustive: &[] };
    assert_close(&[ap50(absent, 1)], &[0.5]);
    let not_exhaustive = Coverage::Partial { absent: &[1], not_exhaustive: &[0, 1] };
    assert_close(&[ap50(not_exhaustive, 0), ap50(not_exhaustive, 1)], &[1.0, 1.0]);
}
