//! Which points learn which box.

use super::points::Point;
use banyan_vision::boxes::Rectangle;

/// A box that is to be learned.
#[derive(Debug, Clone, Copy)]
pub(super) struct Truth {
    pub(super) class: usize,
    pub(super) rectangle: Rectangle<f32>,
}

/// What a point learns: a box, and how good its score is to be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Learned {
    pub(super) truth: usize,
    pub(super) quality: f32,
}

fn least(sides: [f32; 4]) -> f32 {
    sides.into_iter().fold(f32::INFINITY, f32::min)
}

fn greatest(sides: [f32; 4]) -> f32 {
    sides.into_iter().fold(0.0, f32::max)
}

/// The static rule of FCOS (Tian et al., ICCV 2019) with center sampling: a point learns the smallest box whose middle is within 1.5 cells of it,
/// that it is in, and whose farthest side is between 4 and 8 cells away; on the finest and the coarsest level there is no such end. All are learned
/// with a quality of 1.
pub(super) fn fcos(points: &[Point], truths: &[Truth]) -> Vec<Option<Learned>> {
    let finest = points.iter().map(|point| point.stride).fold(f32::INFINITY, f32::min);
    let coarsest = points.iter().map(|point| point.stride).fold(0.0, f32::max);
    let one = |point: &Point| {
        let is_candidate = |truth: &&(usize, &Truth)| {
            let rectangle = &truth.1.rectangle;
            let (x, y) = ((rectangle.x1 + rectangle.x2) / 2.0, (rectangle.y1 + rectangle.y2) / 2.0);
            let sides = point.sides(rectangle);
            let is_near = (point.x - x).abs().max((point.y - y).abs()) < 1.5 * point.stride;
            let low = if point.stride == finest { 0.0 } else { 4.0 * point.stride };
            let high = if point.stride == coarsest { f32::INFINITY } else { 8.0 * point.stride };
            is_near && least(sides) > 0.0 && low < greatest(sides) && greatest(sides) < high
        };
        let all: Vec<(usize, &Truth)> = truths.iter().enumerate().collect();
        let candidates = all.iter().filter(is_candidate);
        candidates
            .min_by(|one, other| one.1.rectangle.area().total_cmp(&other.1.rectangle.area()))
            .map(|(truth, _)| Learned { truth: *truth, quality: 1.0 })
    };
    points.iter().map(one).collect()
}

/// A box whose sides are at least a little longer than the distance of the finest points, so that one of them is in it.
fn at_least(rectangle: &Rectangle<f32>, finest: f32) -> Rectangle<f32> {
    let grown = |low: f32, high: f32| {
        let (middle, half) = ((low + high) / 2.0, ((high - low) / 2.0).max(0.505 * finest));
        (middle - half, middle + half)
    };
    let ((x1, x2), (y1, y2)) = (grown(rectangle.x1, rectangle.x2), grown(rectangle.y1, rectangle.y2));
    Rectangle { x1, y1, x2, y2 }
}

/// How task-aligned assignment chooses.
#[derive(Debug, Clone, Copy)]
pub(super) struct Alignment {
    /// The powers of the score and of the overlap.
    pub(super) powers: [f32; 2],
    /// Points of a box.
    pub(super) points: usize,
}

/// Task-aligned assignment (Feng et al., "TOOD: Task-Aligned One-Stage Object Detection", ICCV 2021): each box takes the points in it at which its
/// score and the overlap of the predicted box are best together, `score^α · IoU^β`. A point that several boxes chose goes to the one that it overlaps
/// most. The quality of a box's best point is its greatest overlap, and that of the others goes with their alignment.
pub(super) fn task_aligned(
    points: &[Point],
    truths: &[Truth],
    alignment: Alignment,
    score: impl Fn(usize, usize) -> f32,
    predicted: &[Rectangle<f32>],
) -> Vec<Option<Learned>> {
    let [alpha, beta] = alignment.powers;
    let finest = points.iter().map(|point| point.stride).fold(f32::INFINITY, f32::min);
    let mut owner: Vec<Option<(usize, f32, f32)>> = vec![None; points.len()];
    let mut candidates: Vec<(f32, f32, usize)> = Vec::new();
    for (truth, own) in truths.iter().enumerate() {
        candidates.clear();
        let reach = at_least(&own.rectangle, finest);
        for (place, point) in points.iter().enumerate() {
            if least(point.sides(&reach)) <= 1e-6 {
                continue;
            }
            let overlap = predicted[place].iou(&own.rectangle);
            let aligned = score(place, own.class).powf(alpha) * overlap.powf(beta);
            if aligned > 0.0 {
                candidates.push((aligned, overlap, place));
            }
        }
        candidates.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.2.cmp(&other.2)));
        for &(aligned, overlap, place) in candidates.iter().take(alignment.points) {
            if owner[place].is_none_or(|(_, _, best)| overlap > best) {
                owner[place] = Some((truth, aligned, overlap));
            }
        }
    }
    let mut best = vec![(0.0_f32, 0.0_f32); truths.len()];
    for (truth, aligned, overlap) in owner.iter().flatten() {
        let (most_aligned, most_overlap) = &mut best[*truth];
        (*most_aligned, *most_overlap) = (most_aligned.max(*aligned), most_overlap.max(*overlap));
    }
    let quality = |(truth, aligned, _): (usize, f32, f32)| Learned { truth, quality: aligned / best[truth].0 * best[truth].1 };
    owner.into_iter().map(|owner| owner.map(quality)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::points;
    use super::*;

    fn fraction(x: f64) -> f64 {
        x - x.floor()
    }

    /// The scene of the reference: 64 × 64 pixels, three levels, three boxes, and predictions by formula.
    struct Scene {
        points: Vec<Point>,
        truths: Vec<Truth>,
        predicted: Vec<Rectangle<f32>>,
    }

    fn score(point: usize, class: usize) -> f32 {
        (0.05 + 0.9 * fraction(0.618_033_988_7 * (point + 1) as f64 + 0.37 * class as f64)) as f32
    }

    fn scene() -> Scene {
        let points: Vec<Point> = [16, 8, 4].into_iter().flat_map(|side| points::of_level([side, side], [64, 64])).collect();
        let truth = |class, x1, y1, x2, y2| Truth { class, rectangle: Rectangle { x1, y1, x2, y2 } };
        let around = |(place, point): (usize, &Point)| {
            let half = |factor: f64| 2.0 * f64::from(point.stride) * (1.0 + 0.5 * fraction(factor * (place + 1) as f64));
            let (rx, ry) = (half(0.7) as f32, half(0.45) as f32);
            Rectangle { x1: point.x - rx, y1: point.y - ry, x2: point.x + rx, y2: point.y + ry }
        };
        let predicted = points.iter().enumerate().map(around).collect();
        let truths = vec![truth(0, 8.0, 8.0, 24.0, 28.0), truth(1, 10.0, 6.0, 50.0, 58.0), truth(0, 40.0, 40.0, 45.0, 46.0)];
        Scene { points, truths, predicted }
    }

    fn of_truth(learned: &[Option<Learned>], truth: usize) -> Vec<(usize, f32)> {
        let all = learned.iter().enumerate().filter_map(|(place, learned)| Some((place, (*learned)?)));
        all.filter(|(_, learned)| learned.truth == truth).map(|(place, learned)| (place, learned.quality)).collect()
    }

    #[test]
    fn the_static_rule_chooses_as_in_the_reference() {
        let Scene { points, truths, .. } = scene();
        let learned = fcos(&points, &truths);
        let places = |truth| of_truth(&learned, truth).into_iter().map(|(place, _)| place).collect::<Vec<_>>();
        assert_eq!(places(0), [51, 52, 67, 68, 83, 84]);
        assert_eq!(places(1), [118, 119, 120, 134, 135, 136]);
        assert_eq!(places(2), [170]);
    }

    #[test]
    fn aligned_points_and_their_qualities_are_those_of_the_reference() {
        let Scene { points, truths, predicted } = scene();
        let learned = task_aligned(&points, &truths, Alignment { powers: [1.0, 6.0], points: 13 }, score, &predicted);
        let expected: [&[(usize, f32)]; 3] = [
            &[
                (36, 0.014_110_19),
                (50, 0.019_902_76),
                (51, 0.060_598_16),
                (52, 0.275_147_8),
                (53, 0.014_612_36),
                (66, 0.068_572_58),
                (67, 0.157_662_19),
                (68, 0.739_644_97),
                (69, 0.032_982_37),
                (83, 0.185_994_03),
                (84, 0.182_279_13),
                (99, 0.011_073_87),
                (100, 0.008_735_92),
            ],
            &[
                (274, 0.005_442_72),
                (275, 0.064_795_6),
                (276, 0.029_270_96),
                (282, 0.008_361_01),
                (283, 0.768_485_2),
                (284, 0.051_105_65),
                (290, 0.026_134_8),
                (291, 0.323_039_84),
                (292, 0.111_935_28),
                (299, 0.026_529_75),
                (300, 0.017_864_64),
                (307, 0.008_584_76),
                (325, 0.005_697_87),
            ],
            &[(170, 0.058_851_22), (301, 3.064e-5)],
        ];
        for (truth, expected) in expected.into_iter().enumerate() {
            let found = of_truth(&learned, truth);
            assert_eq!(found.len(), expected.len(), "box {truth}: {found:?}");
            for ((place, quality), (other, value)) in found.iter().zip(expected) {
                assert!(place == other && (quality - value).abs() < 1e-5, "box {truth}: {place} {quality} for {other} {value}");
            }
        }
        let sum: f32 = learned.iter().flatten().map(|learned| learned.quality).sum();
        assert!((sum - 3.277_446_3).abs() < 1e-4, "{sum}");
    }

    #[test]
    fn a_box_between_all_points_has_one_of_them() {
        let Scene { points, mut truths, predicted } = scene();
        truths.truncate(1);
        truths[0].rectangle = Rectangle { x1: 10.5, y1: 11.0, x2: 13.5, y2: 12.5 };
        let learned = task_aligned(&points, &truths, Alignment { powers: [1.0, 6.0], points: 13 }, score, &predicted);
        assert!(!of_truth(&learned, 0).is_empty());
    }

    #[test]
    fn one_point_a_box() {
        let Scene { points, truths, predicted } = scene();
        let learned = task_aligned(&points, &truths, Alignment { powers: [1.0, 6.0], points: 1 }, score, &predicted);
        let places: Vec<Vec<usize>> = (0..3).map(|truth| of_truth(&learned, truth).into_iter().map(|(place, _)| place).collect()).collect();
        assert_eq!(places, [[68], [283], [170]]);
    }
}
