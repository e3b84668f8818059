//! CAGrad: Liu, Liu, Jin, Stone & Liu, "Conflict-Averse Gradient Descent for Multi-task Learning", NeurIPS 2021.
//!
//! The direction that helps the worst-off task most in a ball around the mean gradient `g_0`:
//! `max_d min_i g_i · d` subject to `‖d - g_0‖ ≤ c ‖g_0‖`. Its dual is `min g_w · g_0 + c ‖g_0‖ ‖g_w‖` over the simplex,
//! `g_w = Jᵀ w`, and `d = g_0 + (c ‖g_0‖ / ‖g_w‖) g_w`. With `c < 1` it converges to a minimum of the mean loss, with
//! `c ≥ 1` it conflicts with no task. `rescale` 1 divides by `1 + c²`, 2 by `1 + c`, as the authors' code can.
//!
//! **How it is solved.** For a given ratio `τ = ‖g_w‖ / (c ‖g_0‖)`, `w` minimizes `½ ‖g_w + τ g_0‖²`: the point of least
//! norm in the hull of the shifted gradients `g_i + τ g_0`, which [`minimum_norm`] finds exactly. `‖g_w‖ / τ` falls as `τ`
//! grows, so that the ratio is found by bracketing, and since `w` is piecewise linear in `τ`, interpolating the weights
//! between the bracket's ends soon hits it exactly. Where the worst-off task is served as well as it can be inside the
//! ball, `τ` is 0 in the limit and `d` the solution nearest to `g_0`; stopping at `τ = 1e-4` keeps the weights below 1e4.

use super::{COMMON, balancer};
use crate::known::GramianRule;
use crate::math::{Matrix, dot, minimum_norm};
use crate::method::{BalanceMethod, Family, scale};
use crate::{Error, Gramian, StepContext};
use banyan_method::{Method, OptionSpec, Range};

pub(crate) const METHOD: BalanceMethod = BalanceMethod {
    method: Method::new("cagrad", "the direction near the mean gradient that helps the worst-off task most")
        .paper("Liu, Liu, Jin, Stone & Liu, NeurIPS 2021")
        .options(&[
            OptionSpec::number("c", "the ball's radius, in lengths of the mean gradient", 0.5, Range::between(0.0, 100.0)),
            OptionSpec::count("rescale", "0 leaves the step, 1 divides it by 1 + c^2, 2 by 1 + c", 0, 0..=2),
        ])
        .common_options(COMMON)
        .remarks(&[scale("mean, up to 1 + c times as long")]),
    family: Family::Aggregator,
    build: |settings, tasks, _| {
        let c = settings.number("c");
        let divisor = match settings.count("rescale") {
            1 => 1.0 + c * c,
            2 => 1.0 + c,
            _ => 1.0,
        };
        Ok(balancer(settings, tasks, CaGrad { c, divisor }))
    },
};

const SMALLEST_RATIO: f64 = 1e-4;
const MAXIMAL_ITERATIONS: usize = 100;
const TOLERANCE: f64 = 1e-11;

struct CaGrad {
    c: f64,
    divisor: f64,
}

impl GramianRule for CaGrad {
    fn weights(&mut self, _: &StepContext<'_>, _: &[usize], gramian: &Gramian, _: &[f64]) -> Result<Vec<f64>, Error> {
        let size = gramian.tasks();
        let mut weights = vec![1.0 / size as f64; size];
        let trace = gramian.trace();
        if trace >= f64::MIN_POSITIVE && self.c > 0.0 {
            let mut matrix = gramian.matrix();
            matrix.scale(1.0 / trace);
            if let Some(problem) = Problem::new(matrix, self.c) {
                let added = problem.solve();
                weights.iter_mut().zip(added).for_each(|(weight, added)| *weight += added);
            }
        }
        weights.iter_mut().for_each(|weight| *weight /= self.divisor);
        Ok(weights)
    }
}

/// A solution for one ratio `τ`.
struct Point {
    ratio: f64,
    weights: Vec<f64>,
    /// `‖g_w‖`
    norm: f64,
}

struct Problem {
    matrix: Matrix,
    /// `J g_0`
    products: Vec<f64>,
    /// `‖g_0‖²`
    mean_square: f64,
    /// `c ‖g_0‖`
    radius: f64,
}

impl Problem {
    /// `None` if the mean gradient is zero: then so is the ball.
    fn new(matrix: Matrix, c: f64) -> Option<Self> {
        let size = matrix.size();
        let products = matrix.times(&vec![1.0 / size as f64; size]);
        let mean_square = products.iter().sum::<f64>() / size as f64;
        // Below the rounding of single-precision gradients of trace 1.
        let radius = c * mean_square.max(0.0).sqrt();
        (mean_square > 1e-16).then_some(Problem { matrix, products, mean_square, radius })
    }

    fn norm(&self, weights: &[f64]) -> f64 {
        self.matrix.quadratic(weights).max(0.0).sqrt()
    }

    fn at(&self, ratio: f64) -> Point {
        let size = self.matrix.size();
        let mut shifted = self.matrix.clone();
        for i in 0..size {
            for j in 0..size {
                let cross = self.products[i] + self.products[j];
                shifted.add(i, j, ratio * (cross + ratio * self.mean_square));
            }
        }
        let weights = minimum_norm(&shifted);
        let norm = self.norm(&weights);
        Point { ratio, weights, norm }
    }

    /// Positive while the ratio is too small.
    fn excess(&self, point: &Point) -> f64 {
        point.norm - point.ratio * self.radius
    }

    /// The multiple of the dual's weights that is added to the mean's.
    fn solve(&self) -> Vec<f64> {
        let mut low = self.at(SMALLEST_RATIO);
        if self.excess(&low) <= 0.0 {
            return low.weights.iter().map(|weight| weight / low.ratio).collect();
        }
        let longest = (0..self.matrix.size()).map(|i| self.matrix.get(i, i)).fold(0.0, f64::max).sqrt();
        let mut high = self.at(1.001 * longest / self.radius + SMALLEST_RATIO);
        for iteration in 0..MAXIMAL_ITERATIONS {
            // Every third guess halves the bracket, which bounds their number where the weights bend often.
            let guess = if iteration % 3 == 2 {
                (low.ratio * high.ratio).sqrt()
            } else {
                self.interpolate(&low, &high).clamp(low.ratio, high.ratio)
            };
            let point = self.at(guess);
            let excess = self.excess(&point);
            let done = excess.abs() <= TOLERANCE * point.norm || high.ratio - low.ratio <= TOLERANCE * high.ratio;
            if excess > 0.0 {
                low = point;
            } else {
                high = point;
            }
            if done {
                break;
            }
        }
        let best = if self.excess(&low) <= -self.excess(&high) { low } else { high };
        best.weights.iter().map(|weight| weight * (self.radius / best.norm)).collect()
    }

    /// The ratio at which the weights on the line between two points would fit.
    fn interpolate(&self, low: &Point, high: &Point) -> f64 {
        let width = high.ratio - low.ratio;
        let slope: Vec<f64> = high.weights.iter().zip(&low.weights).map(|(h, l)| h - l).collect();
        let products = self.matrix.times(&slope);
        // With τ = low + x · width: ‖g_w‖² - τ² radius² as a quadratic polynomial in x on [0, 1].
        let square = self.radius * self.radius;
        let constant = low.norm * low.norm - square * low.ratio * low.ratio;
        let linear = 2.0 * (dot(&products, &low.weights) - square * low.ratio * width);
        let quadratic = dot(&products, &slope) - square * width * width;
        let root = (linear * linear - 4.0 * quadratic * constant).max(0.0).sqrt();
        // The polynomial falls from positive to negative: this is its one root between, in a form without
        // cancellation.
        let x = if linear <= 0.0 { 2.0 * constant / (root - linear) } else { (-linear - root) / (2.0 * quadratic) };
        low.ratio + width * if x.is_finite() { x } else { 0.5 }
    }
}
