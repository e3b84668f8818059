//! How far two boxes overlap, and the loss of a predicted box.

use crate::Coordinate;

use super::Rectangle;

/// A measure of how far a predicted box `p` and a true box `g` agree; its loss is `1 −` the measure.
///
/// With the intersection `I`, the union `U`, the width `c_w`, height `c_h` and area `C` of the smallest box around both, and the distance `ρ`
/// of their centers:
///
/// - `IoU = I / U`, 0 where `U` is 0;
/// - `GIoU = IoU − (C − U) / C` (H. Rezatofighi et al.: Generalized Intersection over Union, CVPR 2019);
/// - `DIoU = IoU − ρ² / (c_w² + c_h²)`, and `CIoU = DIoU − α v` with `v = (4/π²)(atan(w_g/h_g) − atan(w_p/h_p))²` and
///   `α = v / ((1 − IoU) + v)`, which is a constant in the gradient (Z. Zheng et al.: Distance-IoU Loss, AAAI 2020). The authors' own code sets
///   α to 0 where the IoU is at most ½; here it is as in the paper, in torchvision and in YOLO.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Overlap {
    /// Intersection over union: no gradient where the boxes are apart.
    Iou,
    /// Generalized: boxes that are apart are pulled together.
    Giou,
    /// With the distance of the centers.
    Diou,
    /// With the distance of the centers and the ratio of the sides.
    Ciou,
}

impl Overlap {
    /// The measure of two boxes: 1 where they are equal. Their sides must not be negative.
    pub fn value<F: Coordinate>(self, predicted: &Rectangle<F>, truth: &Rectangle<F>) -> F {
        F::of(1.0) - self.loss(predicted, truth).0
    }

    /// `1 −` the measure, and its derivatives by `x1`, `y1`, `x2` and `y2` of the predicted box.
    ///
    /// Where edges of the boxes coincide the loss has a kink, and the derivative is that of one of its sides.
    pub fn loss<F: Coordinate>(self, predicted: &Rectangle<F>, truth: &Rectangle<F>) -> (F, [F; 4]) {
        let pair = Pair::new(predicted, truth);
        let (iou, slopes) = pair.iou();
        let (penalty, penalty_slopes) = match self {
            Self::Iou => Default::default(),
            Self::Giou => pair.empty_part(),
            Self::Diou => pair.distance(),
            Self::Ciou => {
                let (distance, mut distance_slopes) = pair.distance();
                let (shape, shape_slopes) = pair.shape(iou);
                (0..4).for_each(|edge| distance_slopes[edge] += shape_slopes[edge]);
                (distance + shape, distance_slopes)
            }
        };
        let slope = |edge: usize| penalty_slopes[edge] - slopes[edge];
        (F::of(1.0) - iou + penalty, [slope(0), slope(1), slope(2), slope(3)])
    }
}

/// A value and its derivatives by the edges of the predicted box.
type Sloped<F> = (F, [F; 4]);

/// Two boxes and what the measures share.
struct Pair<'a, F> {
    predicted: &'a Rectangle<F>,
    truth: &'a Rectangle<F>,
    /// The union.
    union: Sloped<F>,
    /// The intersection.
    shared: Sloped<F>,
    /// Width and height of the smallest box around both.
    around: [F; 2],
    /// The derivative of that width by `x1`, of that height by `y1`, of the width by `x2` and of the height by `y2`.
    around_slopes: [F; 4],
}

impl<'a, F: Coordinate> Pair<'a, F> {
    fn new(p: &'a Rectangle<F>, g: &'a Rectangle<F>) -> Self {
        let zero = F::default();
        let when = |condition: bool, slope: F| if condition { slope } else { zero };
        let width = (p.x2.smaller(g.x2) - p.x1.larger(g.x1)).larger(zero);
        let height = (p.y2.smaller(g.y2) - p.y1.larger(g.y1)).larger(zero);
        let meet = width > zero && height > zero;
        let shared_slopes = [
            when(meet && p.x1 > g.x1, -height),
            when(meet && p.y1 > g.y1, -width),
            when(meet && p.x2 < g.x2, height),
            when(meet && p.y2 < g.y2, width),
        ];
        let area_slopes = [-p.height(), -p.width(), p.height(), p.width()];
        let union_slopes = std::array::from_fn(|edge| area_slopes[edge] - shared_slopes[edge]);
        let one = F::of(1.0);
        Self {
            predicted: p,
            truth: g,
            union: (p.area() + g.area() - width * height, union_slopes),
            shared: (width * height, shared_slopes),
            around: [p.x2.larger(g.x2) - p.x1.smaller(g.x1), p.y2.larger(g.y2) - p.y1.smaller(g.y1)],
            around_slopes: [when(p.x1 < g.x1, -one), when(p.y1 < g.y1, -one), when(p.x2 > g.x2, one), when(p.y2 > g.y2, one)],
        }
    }

    /// `I / U`.
    fn iou(&self) -> Sloped<F> {
        quotient(self.shared, self.union)
    }

    /// `(C − U) / C`.
    fn empty_part(&self) -> Sloped<F> {
        let [width, height] = self.around;
        let area_slopes = std::array::from_fn(|edge| self.around_slopes[edge] * if edge % 2 == 0 { height } else { width });
        let empty_slopes = std::array::from_fn(|edge| area_slopes[edge] - self.union.1[edge]);
        quotient((width * height - self.union.0, empty_slopes), (width * height, area_slopes))
    }

    /// `ρ² / (c_w² + c_h²)`.
    fn distance(&self) -> Sloped<F> {
        let (p, g, [width, height]) = (self.predicted, self.truth, self.around);
        let (half, quarter, two) = (F::of(0.5), F::of(0.25), F::of(2.0));
        let (x, y) = (p.x1 + p.x2 - g.x1 - g.x2, p.y1 + p.y2 - g.y1 - g.y2);
        let between = ((x * x + y * y) * quarter, [x * half, y * half, x * half, y * half]);
        let diagonal_slopes = std::array::from_fn(|edge| two * self.around_slopes[edge] * if edge % 2 == 0 { width } else { height });
        quotient(between, (width * width + height * height, diagonal_slopes))
    }

    /// `α v`, with a constant α.
    fn shape(&self, iou: F) -> Sloped<F> {
        let (p, g, zero) = (self.predicted, self.truth, F::default());
        let scale = F::of(4.0 / (std::f64::consts::PI * std::f64::consts::PI));
        let turn = g.width().angle_over(g.height()) - p.width().angle_over(p.height());
        let v = scale * turn * turn;
        let rest = F::of(1.0) - iou + v;
        let square = p.width() * p.width() + p.height() * p.height();
        if !(v > zero && rest > zero && square > zero) {
            return Default::default();
        }
        let alpha = v / rest;
        let step = F::of(2.0) * scale * turn * alpha / square;
        let (by_width, by_height) = (-step * p.height(), step * p.width());
        (alpha * v, [-by_width, -by_height, by_width, by_height])
    }
}

/// A fraction and its derivatives; 0 where the denominator is.
fn quotient<F: Coordinate>(numerator: Sloped<F>, denominator: Sloped<F>) -> Sloped<F> {
    let whole = denominator.0;
    if whole > F::default() {
        let value = numerator.0 / whole;
        (value, std::array::from_fn(|edge| (numerator.1[edge] - value * denominator.1[edge]) / whole))
    } else {
        Default::default()
    }
}

#[cfg(test)]
mod tests {
    use super::Overlap::{Ciou, Diou, Giou, Iou};
    use super::*;
    use proptest::prelude::*;

    const OVERLAP: [Rectangle; 2] = [Rectangle::new(10.0, 10.0, 50.0, 40.0), Rectangle::new(20.0, 15.0, 60.0, 45.0)];
    const DISJOINT: [Rectangle; 2] = [Rectangle::new(0.0, 0.0, 10.0, 10.0), Rectangle::new(20.0, 20.0, 40.0, 30.0)];
    const INSIDE: [Rectangle; 2] = [Rectangle::new(0.0, 0.0, 40.0, 40.0), Rectangle::new(10.0, 10.0, 20.0, 30.0)];
    const EQUAL: [Rectangle; 2] = [Rectangle::new(5.0, 5.0, 25.0, 35.0), Rectangle::new(5.0, 5.0, 25.0, 35.0)];

    fn close(value: f64, expected: f64) -> bool {
        (value - expected).abs() < 1e-10
    }

    #[test]
    fn values() {
        let table = [
            (OVERLAP, [0.4545454545, 0.3974025974, 0.4209884076, 0.4209884076]),
            (DISJOINT, [0.0, -0.75, -0.41, -0.4116894609]),
            (INSIDE, [0.125, 0.125, 0.1171875, 0.1152677309]),
            (EQUAL, [1.0, 1.0, 1.0, 1.0]),
        ];
        for ([predicted, truth], expected) in table {
            for (overlap, expected) in [Iou, Giou, Diou, Ciou].into_iter().zip(expected) {
                let value = overlap.value(&predicted, &truth);
                assert!(close(value, expected), "{overlap:?} of {predicted:?} and {truth:?}: {value}");
                let single = overlap.value(&predicted.to_f32(), &truth.to_f32());
                assert!((f64::from(single) - expected).abs() < 1e-5, "{overlap:?} in f32: {single}");
            }
            assert!(close(predicted.iou(&truth), expected[0]));
        }
    }

    #[test]
    fn gradients() {
        let inside = [-0.003125, -0.003125, 0.003125, 0.003125];
        let table = [
            (OVERLAP, Iou, [-0.0082644628, -0.0110192837, -0.0137741047, -0.0154269972]),
            (OVERLAP, Giou, [-0.0099787485, -0.0151009164, -0.0166312475, -0.0211412830]),
            (OVERLAP, Diou, [-0.0100481662, -0.0117309634, -0.0164586684, -0.0167692791]),
            (OVERLAP, Ciou, [-0.0100481662, -0.0117309634, -0.0164586684, -0.0167692791]),
            (DISJOINT, Iou, [0.0; 4]),
            (DISJOINT, Giou, [0.0020833333, 0.0, -0.0083333333, -0.0083333333]),
            (DISJOINT, Diou, [0.00312, 0.00184, -0.01, -0.008]),
            (DISJOINT, Ciou, [0.0036450841, 0.0013149159, -0.0105250841, -0.0074749159]),
            (INSIDE, Iou, inside),
            (INSIDE, Giou, inside),
            (INSIDE, Diou, [-0.0013671875, -0.0029296875, 0.0044921875, 0.0029296875]),
            (INSIDE, Ciou, [-0.0015163534, -0.0027805216, 0.0046413534, 0.0027805216]),
        ];
        for ([predicted, truth], overlap, expected) in table {
            let (_, gradient) = overlap.loss(&predicted, &truth);
            let right = gradient.iter().zip(expected).all(|(&slope, expected)| close(slope, expected));
            assert!(right, "{overlap:?} of {predicted:?} and {truth:?}: {gradient:?}");
        }
    }

    #[test]
    fn boxes_without_an_area_give_numbers() {
        let flat = Rectangle::new(5.0, 5.0, 5.0, 5.0);
        for overlap in [Iou, Giou, Diou, Ciou] {
            for (predicted, truth) in [(flat, flat), (flat, EQUAL[0]), (EQUAL[0], flat)] {
                let (loss, gradient) = overlap.loss(&predicted, &truth);
                assert!(loss.is_finite() && gradient.iter().all(|slope| slope.is_finite()), "{overlap:?}: {loss} {gradient:?}");
            }
        }
    }

    /// A box whose sides are in [8, 40], from numbers in [0, 1].
    fn rectangle([x, y, width, height]: [f64; 4]) -> Rectangle {
        Rectangle::from_corner([40.0 * x, 40.0 * y, 8.0 + 32.0 * width, 8.0 + 32.0 * height])
    }

    proptest! {
        #[test]
        fn gradients_are_finite_differences(p in prop::array::uniform4(0.0..1.0_f64), g in prop::array::uniform4(0.0..1.0_f64)) {
            const STEP: f64 = 1e-5;
            let (predicted, truth) = (rectangle(p), rectangle(g));
            let [p, g] = [predicted, truth].map(Rectangle::edges);
            // There are kinks where edges coincide, or touch.
            let kink = |edge: usize| [g[edge], g[(edge + 2) % 4]].into_iter().any(|other| (p[edge] - other).abs() < 1e-3);
            prop_assume!(!(0..4).any(kink));
            let angle = |p: &Rectangle| (truth.width().atan2(truth.height()) - p.width().atan2(p.height())).powi(2);
            let v = 4.0 / std::f64::consts::PI.powi(2) * angle(&predicted);
            let alpha = v / (1.0 - predicted.iou(&truth) + v);
            for overlap in [Iou, Giou, Diou, Ciou] {
                // What of the loss depends on the box, where α does not.
                let loss = |p: &Rectangle| match overlap {
                    Iou | Giou | Diou => overlap.loss(p, &truth).0,
                    Ciou => Diou.loss(p, &truth).0 + alpha * 4.0 / std::f64::consts::PI.powi(2) * angle(p),
                };
                prop_assert!((loss(&predicted) - overlap.loss(&predicted, &truth).0).abs() < 1e-12);
                for edge in 0..4 {
                    let moved = |step: f64| {
                        let mut edges = p;
                        edges[edge] += step;
                        let [x1, y1, x2, y2] = edges;
                        loss(&Rectangle::new(x1, y1, x2, y2))
                    };
                    let slope = (moved(STEP) - moved(-STEP)) / (2.0 * STEP);
                    let (_, gradient) = overlap.loss(&predicted, &truth);
                    prop_assert!((gradient[edge] - slope).abs() < 1e-8, "{:?}, edge {}: {} and {}", overlap, edge, gradient[edge], slope);
                }
            }
        }
    }
}
