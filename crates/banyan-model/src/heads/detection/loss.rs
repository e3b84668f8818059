//! The loss of the points of one image.

use super::super::binary::sigmoid;
use super::assignment::{Alignment, Learned, Truth, fcos, task_aligned};
use super::points::Point;
use super::sides::Sides;
use banyan_vision::boxes::{Overlap, Rectangle};

/// The weight of boxes beside that of scores.
const BOXES: f32 = 2.0;

/// The outputs of all points of an image: for each the logit of every class, and those of its box.
#[derive(Debug, Clone, Copy)]
pub(super) struct Outputs<'a> {
    pub(super) points: &'a [Point],
    pub(super) values: &'a [f32],
    pub(super) classes: usize,
    pub(super) sides: Sides,
}

impl<'a> Outputs<'a> {
    /// Outputs of a point.
    pub(super) fn of_point(self) -> usize {
        self.classes + self.sides.outputs()
    }

    fn logits(self, point: usize) -> &'a [f32] {
        &self.values[point * self.of_point()..][..self.classes]
    }

    fn of_box(self, point: usize) -> &'a [f32] {
        &self.values[point * self.of_point()..][self.classes..self.of_point()]
    }

    pub(super) fn rectangle(self, point: usize) -> Rectangle<f32> {
        let own = self.points[point];
        own.around(self.sides.distances(own, self.of_box(point)))
    }

    pub(super) fn score(self, point: usize, class: usize) -> f32 {
        sigmoid(self.logits(point)[class])
    }
}

/// What is known of the objects of an image.
#[derive(Debug, Default)]
pub(super) struct Known {
    pub(super) truths: Vec<Truth>,
    /// Boxes in which nothing is learned but of the objects themselves: crowds, and what is not to count.
    pub(super) ignored: Vec<Rectangle<f32>>,
    /// Whether all objects of each class are known.
    pub(super) is_annotated: Vec<bool>,
}

/// Which points learn which boxes.
#[derive(Debug, Clone, Copy)]
pub(super) enum Rule {
    /// By where the points are, while predictions are still noise.
    Static,
    /// By what is predicted.
    Aligned(Alignment),
}

/// The quality focal loss of a logit (Li et al., "Generalized Focal Loss", NeurIPS 2020), `|t - p|² · BCE(z, t)`, and its derivative.
pub(super) fn quality_focal(z: f32, target: f32) -> (f32, f32) {
    let p = sigmoid(z);
    let entropy = z.max(0.0) + (-z.abs()).exp().ln_1p() - target * z;
    let difference = target - p;
    (difference * difference * entropy, difference * difference * (p - target) - 2.0 * difference * p * (1.0 - p) * entropy)
}

/// Adds the loss of an image's points, `Σ QFL(z, t) + 2 Σ t (1 - GIoU) + ¼ Σ t DFL`, where `t` is the quality that a point is to have; writes its derivatives by
/// the outputs into `slopes`, which are zeros. Returns the sum of the losses and that of the qualities, by which it is to be divided.
pub(super) fn of_image(outputs: Outputs<'_>, known: &Known, rule: Rule, slopes: &mut [f32]) -> [f64; 2] {
    let Outputs { points, classes, sides, .. } = outputs;
    let learned: Vec<Option<Learned>> = match rule {
        Rule::Static => fcos(points, &known.truths),
        Rule::Aligned(alignment) => {
            let predicted: Vec<Rectangle<f32>> = (0..points.len()).map(|point| outputs.rectangle(point)).collect();
            task_aligned(points, &known.truths, alignment, |point, class| outputs.score(point, class), &predicted)
        }
    };
    let (mut loss, mut quality) = (0.0_f64, 0.0_f64);
    for (point, learned) in learned.iter().enumerate() {
        let own = &mut slopes[point * outputs.of_point()..][..outputs.of_point()];
        let is_ignored =
            learned.is_none() && known.ignored.iter().any(|rectangle| points[point].sides(rectangle).iter().all(|side| *side > 0.0));
        let class_of = learned.map(|learned| known.truths[learned.truth].class);
        for (class, (slope, &z)) in own.iter_mut().zip(outputs.logits(point)).enumerate() {
            let target = if class_of == Some(class) { learned.map_or(0.0, |learned| learned.quality) } else { 0.0 };
            // Of a class that was not looked for only the objects that are known are learned.
            if class_of != Some(class) && (is_ignored || !known.is_annotated[class]) {
                continue;
            }
            let (value, derivative) = quality_focal(z, target);
            loss += f64::from(value);
            *slope = derivative;
        }
        let Some(Learned { truth, quality: own_quality }) = *learned else { continue };
        quality += f64::from(own_quality);
        let (value, edges) = Overlap::Giou.loss(&outputs.rectangle(point), &known.truths[truth].rectangle);
        let weight = BOXES * own_quality;
        loss += f64::from(weight * value);
        // A larger distance moves the left and upper edges back and the others on.
        let signs = [-weight, -weight, weight, weight];
        let by_distance = std::array::from_fn(|side| edges[side] * signs[side]);
        let (of_box, own) = (outputs.of_box(point), &mut own[classes..]);
        sides.pull_back(points[point], of_box, by_distance, own);
        loss += sides.loss(points[point], of_box, points[point].sides(&known.truths[truth].rectangle), own_quality, own);
    }
    [loss, quality]
}

#[cfg(test)]
mod tests {
    use super::super::points;
    use super::*;

    #[test]
    fn quality_focal_losses_are_those_of_the_reference() {
        for (target, expected) in [
            (
                0.0,
                [
                    [5.871_569_7e-6, 1.735_053e-5],
                    [0.022_658_058, 0.052_581_13],
                    [0.173_286_8, 0.298_286_8],
                    [0.377_411_6, 0.526_151_8],
                    [1.650_078_2, 1.076_713_7],
                    [3.874_907_2, 1.086_395_9],
                ],
            ),
            (
                0.3,
                [
                    [0.096_881_63, -0.034_564_576],
                    [0.000_591_573_9, -0.007_519_709_5],
                    [0.027_725_887, 0.077_314_72],
                    [0.085_687_54, 0.158_425_02],
                    [0.515_071_4, 0.382_141_56],
                    [1.310_842_2, 0.385_129_86],
                ],
            ),
            (
                0.8,
                [
                    [1.968_045_3, -0.567_138_3],
                    [0.313_965_64, -0.382_247_62],
                    [0.062_383_246, -0.130_972_08],
                    [0.018_095_302, -0.053_500_306],
                    [0.003_439_874_5, 0.009_467_502],
                    [0.027_104_505, 0.011_290_407],
                ],
            ),
        ] {
            for (z, [value, slope]) in [-4.0, -1.0, 0.0, 0.5, 2.0, 4.0].into_iter().zip(expected) {
                let found = quality_focal(z, target);
                assert!((found.0 - value).abs() < 1e-5 && (found.1 - slope).abs() < 1e-5, "{z}, {target}: {found:?} for {value}, {slope}");
            }
        }
    }

    /// Outputs near zero, two classes, and two objects.
    fn scene() -> (Vec<Point>, Vec<f32>, Known) {
        let points: Vec<Point> = [8, 4].into_iter().flat_map(|side| points::of_level([side, side], [32, 32])).collect();
        let values = (0..points.len() * 6).map(|place| ((place * 37 % 101) as f32 / 101.0 - 0.5) * 0.8).collect();
        let truth = |class, x1, y1, x2, y2| Truth { class, rectangle: Rectangle { x1, y1, x2, y2 } };
        let truths = vec![truth(0, 3.3, 4.1, 14.2, 17.7), truth(1, 11.3, 9.2, 29.6, 27.4)];
        (points, values, Known { truths, ignored: Vec::new(), is_annotated: vec![true; 2] })
    }

    /// With the qualities held fixed, as they are in the gradient; those of the static rule do not depend on the outputs.
    #[test]
    fn slopes_are_those_of_finite_differences() {
        let (points, values, known) = scene();
        let of = |values: &[f32], slopes: &mut [f32]| {
            of_image(Outputs { points: &points, values, classes: 2, sides: Sides::Logarithms }, &known, Rule::Static, slopes)
        };
        let mut slopes = vec![0.0; values.len()];
        of(&values, &mut slopes);
        // The overlap has a kink where two edges meet.
        let learned = fcos(&points, &known.truths);
        let is_smooth = |place: usize| {
            let own = Outputs { points: &points, values: &values, classes: 2, sides: Sides::Logarithms }.rectangle(place / 6).edges();
            let truth = learned[place / 6].map(|learned| known.truths[learned.truth].rectangle.edges());
            truth.is_none_or(|truth| own.iter().zip(truth).all(|(own, truth)| (own - truth).abs() > 0.3))
        };
        assert!((0..values.len()).filter(|place| is_smooth(*place)).count() > values.len() / 2);
        for place in (0..values.len()).filter(|place| is_smooth(*place)) {
            let moved = |by: f32| {
                let mut values = values.clone();
                values[place] += by;
                of(&values, &mut vec![0.0; values.len()])[0]
            };
            let difference = (moved(1e-2) - moved(-1e-2)) / 2e-2;
            assert!(
                (difference - f64::from(slopes[place])).abs() < 2e-3 * (1.0 + difference.abs()),
                "{place}: {difference} for {}",
                slopes[place]
            );
        }
    }

    #[test]
    fn a_class_that_was_not_looked_for_teaches_nothing_but_its_known_objects() {
        let (points, values, mut known) = scene();
        known.is_annotated[0] = false;
        let mut slopes = vec![0.0; values.len()];
        of_image(Outputs { points: &points, values: &values, classes: 2, sides: Sides::Logarithms }, &known, Rule::Static, &mut slopes);
        let learned = fcos(&points, &known.truths);
        for (point, own) in slopes.chunks_exact(6).enumerate() {
            assert_eq!(own[0] != 0.0, learned[point].is_some_and(|learned| learned.truth == 0), "point {point}");
            assert_ne!(own[1], 0.0, "point {point}");
        }
    }

    #[test]
    fn nothing_is_learned_in_a_crowd() {
        let (points, values, mut known) = scene();
        known.ignored.push(Rectangle { x1: 0.0, y1: 0.0, x2: 32.0, y2: 32.0 });
        let mut slopes = vec![0.0; values.len()];
        of_image(Outputs { points: &points, values: &values, classes: 2, sides: Sides::Logarithms }, &known, Rule::Static, &mut slopes);
        let learned = fcos(&points, &known.truths);
        assert!(slopes.chunks_exact(6).zip(&learned).all(|(own, learned)| own.iter().any(|slope| *slope != 0.0) == learned.is_some()));
    }
}
