//! The equation `G w = w^(-p)`, `w > 0`, of Nash-MTL (p = 1) and FairGrad (p = 1/α).

use super::{Cholesky, Eigen, Matrix};
use crate::{Error, Gramian};

/// Eigenvalues of the cosine matrix are lifted to this. Gradients that cancel exactly would have an infinite
/// solution (any multiple of weights that combine to zero), and a Gramian made in single precision is indefinite
/// by about as much.
const SMALLEST_EIGENVALUE: f64 = 1e-7;

const MAXIMAL_ITERATIONS: usize = 1000;

/// Solves `G w = w^(-power)` for `w > 0`. Tasks with a zero gradient get weight 0.
///
/// It is the stationarity condition of the strictly convex `½ wᵀ G w - Σ ψ(w_i)`, `ψ'(x) = x^(-power)`, and solved
/// by damped Newton steps in `b_i = w_i ‖g_i‖`, where the matrix is that of the cosines, so that the scales of the
/// gradients do not matter to the numerics. A step goes as far as Newton's, or shrinks an entry to a tenth, if the
/// potential still falls there. Otherwise it shrinks no entry by more than `½ / (power + 1)` of itself: along such a
/// step the second derivative grows by less than a factor 1.7, so that the potential falls in any case.
pub(crate) fn fair_weights(method: &'static str, gramian: &Gramian, power: f64) -> Result<Vec<f64>, Error> {
    let norms = gramian.norms();
    let nonzero: Vec<usize> = (0..norms.len()).filter(|&task| norms[task] > 0.0).collect();
    let mut weights = vec![0.0; norms.len()];
    if nonzero.is_empty() {
        return Ok(weights);
    }
    // The unit of length: the geometric mean of the norms.
    let unit = (nonzero.iter().map(|&task| norms[task].ln()).sum::<f64>() / nonzero.len() as f64).exp();
    let lengths: Vec<f64> = nonzero.iter().map(|&task| norms[task] / unit).collect();
    let cosines = positive_definite(gramian.restrict(&nonzero));
    let pulls: Vec<f64> = lengths.iter().map(|length| length.powf(power - 1.0)).collect();
    let solution = newton(method, &cosines, &pulls, power)?;
    let rescale = unit.powf(-2.0 / (1.0 + power));
    for ((&task, value), length) in nonzero.iter().zip(solution).zip(lengths) {
        weights[task] = rescale * value / length;
    }
    Ok(weights)
}

fn positive_definite(gramian: Gramian) -> Matrix {
    let size = gramian.tasks();
    let cosines = Matrix::from_values(size, gramian.cosines());
    let mut lowered = cosines.clone();
    (0..size).for_each(|task| lowered.add(task, task, -SMALLEST_EIGENVALUE));
    // A factor of the lowered matrix proves that all eigenvalues are large enough, at a fraction of the cost.
    if Cholesky::of(&lowered, 0.0).is_some() {
        return cosines;
    }
    Eigen::of(&cosines).rebuild(|value| value.max(SMALLEST_EIGENVALUE))
}

/// Solves `C b = pulls · b^(-power)`.
fn newton(method: &'static str, matrix: &Matrix, pulls: &[f64], power: f64) -> Result<Vec<f64>, Error> {
    let size = pulls.len();
    // The solution for gradients at right angles.
    let mut point: Vec<f64> = pulls.iter().map(|pull| pull.powf(1.0 / (1.0 + power))).collect();
    let mut previous_change = f64::INFINITY;
    for _ in 0..MAXIMAL_ITERATIONS {
        let mut hessian = matrix.clone();
        let mut slopes = matrix.times(&point);
        let mut size_of_potential = 0.0;
        for task in 0..size {
            let pull = pulls[task] * point[task].powf(-power);
            hessian.add(task, task, power * pull / point[task]);
            slopes[task] = pull - slopes[task];
            size_of_potential += pull * point[task];
        }
        let Some(factor) = Cholesky::of(&hessian, 0.0) else { break };
        let mut step = slopes.clone();
        factor.solve(&mut step);
        let relative = |task: usize| step[task] / point[task];
        let shrink = (0..size).map(|task| -relative(task)).fold(0.0, f64::max);
        let change = (0..size).map(|task| relative(task).abs()).fold(0.0, f64::max);
        let moved = |length: f64| -> Vec<f64> { point.iter().zip(&step).map(|(value, step)| value + length * step).collect() };
        let safe = (0.5 / (power + 1.0) / shrink).min(1.0);
        let far = (0.9 / shrink).min(1.0);
        let trial = moved(far);
        // The derivative along the step, rather than the potential, which rounding blurs.
        let falls = || {
            let pulled = trial.iter().zip(pulls).map(|(value, pull)| pull * value.powf(-power));
            let slopes: Vec<f64> = pulled.zip(matrix.times(&trial)).map(|(pull, product)| pull - product).collect();
            super::dot(&slopes, &step) >= 0.0
        };
        let length = if far == safe || falls() { far } else { safe };
        point = if length == far { trial } else { moved(safe) };
        // Convergence is quadratic: steps shrink until nothing but rounding is left in them. Where gradients' lengths
        // differ by many orders of magnitude, the smallest entries are rounded by the largest, and steps stop
        // shrinking earlier, with no fall of the potential left in them.
        let settled = length == 1.0 && change > 0.5 * previous_change && super::dot(&slopes, &step) <= 1e-14 * size_of_potential;
        if change < 1e-8 || settled {
            return Ok(point);
        }
        previous_change = if length == 1.0 { change } else { f64::INFINITY };
    }
    Err(Error::NoConvergence { method, iterations: MAXIMAL_ITERATIONS })
}
