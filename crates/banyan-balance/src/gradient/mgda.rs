//! MGDA: Désidéri, "Multiple-gradient descent algorithm (MGDA) for multiobjective optimization", C. R. Mathématique
//! 2012; Sener & Koltun, "Multi-Task Learning as Multi-Objective Optimization", NeurIPS 2018.
//!
//! `w = argmin ‖Jᵀ w‖` over the simplex: the shortest vector in the gradients' convex hull. It lowers every task
//! unless it is zero, and it is zero exactly where no direction does. Being the shortest, it leans towards the tasks
//! with the smallest gradients.
//!
//! Solved exactly by default. `solver = "frank-wolfe"` is the iteration of published code, which starts from equal
//! weights and stops once a step is shorter than `tolerance`. With `normalise`, the hull is that of the gradients
//! divided by their norms, their losses or both, and the weights, which apply to the gradients as they are, are
//! scaled to sum to 1: the direction still conflicts with no task.

use super::{COMMON, balancer};
use crate::known::GramianRule;
use crate::math::{Matrix, dot, minimum_norm};
use crate::method::{BalanceMethod, Family, scale};
use crate::{Error, Gramian, StepContext};
use banyan_method::{Method, OptionSpec, Range};

pub(crate) const METHOD: BalanceMethod = BalanceMethod {
    method: Method::new("mgda", "the shortest convex combination of the gradients")
        .paper("Désidéri, C. R. Mathématique 2012; Sener & Koltun, NeurIPS 2018")
        .options(&[
            OptionSpec::word(
                "normalise",
                "what each gradient is divided by: nothing, its norm, its loss, or both",
                &["none", "l2", "loss", "loss+"],
            ),
            OptionSpec::word("solver", "exact, or the approximation of published code", &["exact", "frank-wolfe"]),
            OptionSpec::number("tolerance", "step length at which frank-wolfe stops", 1e-3, Range::between(0.0, 1.0)),
            OptionSpec::count("iterations", "most steps of frank-wolfe", 100, 1..=1_000_000),
        ])
        .common_options(COMMON)
        .remarks(&[scale("mean: the weights sum to 1")]),
    family: Family::Aggregator,
    build: |settings, tasks, _| {
        let normalizer = match settings.word("normalise") {
            "l2" => Normalizer::Norm,
            "loss" => Normalizer::Loss,
            "loss+" => Normalizer::LossTimesNorm,
            _ => Normalizer::None,
        };
        let solver = match settings.word("solver") {
            "frank-wolfe" => Solver::FrankWolfe { tolerance: settings.number("tolerance"), iterations: settings.count("iterations") },
            _ => Solver::Exact,
        };
        Ok(balancer(settings, tasks, Mgda { normalizer, solver }))
    },
};

enum Normalizer {
    None,
    Norm,
    Loss,
    LossTimesNorm,
}

enum Solver {
    Exact,
    FrankWolfe { tolerance: f64, iterations: u64 },
}

/// Divisors below this would make one task's gradient infinitely long, and the direction blind to it.
const SMALLEST_LOSS: f64 = 1e-8;

struct Mgda {
    normalizer: Normalizer,
    solver: Solver,
}

impl Mgda {
    /// What each gradient is divided by.
    fn divisors(&self, tasks: &[usize], gramian: &Gramian, losses: &[f64]) -> Result<Vec<f64>, Error> {
        // A zero gradient stays zero whatever it is divided by.
        let norm = |row: usize| Some(gramian.get(row, row).sqrt()).filter(|norm| *norm > 0.0).unwrap_or(1.0);
        let loss = |row: usize| match (losses[row], tasks[row]) {
            (value, task) if !value.is_finite() => Err(Error::LossNotFinite { task, value }),
            (value, task) if value < 0.0 => Err(Error::LossTooSmall { method: METHOD.name(), task, bound: 0.0, value }),
            (value, _) => Ok(value.max(SMALLEST_LOSS)),
        };
        (0..tasks.len())
            .map(|row| match self.normalizer {
                Normalizer::None => Ok(1.0),
                Normalizer::Norm => Ok(norm(row)),
                Normalizer::Loss => loss(row),
                Normalizer::LossTimesNorm => Ok(loss(row)? * norm(row)),
            })
            .collect()
    }
}

impl GramianRule for Mgda {
    fn weights(&mut self, _: &StepContext<'_>, tasks: &[usize], gramian: &Gramian, losses: &[f64]) -> Result<Vec<f64>, Error> {
        let divisors = self.divisors(tasks, gramian, losses)?;
        let mut matrix = gramian.matrix();
        for row in 0..tasks.len() {
            let entries = matrix.row_mut(row).iter_mut().zip(&divisors);
            entries.for_each(|(value, divisor)| *value = *value / divisor / divisors[row]);
        }
        let mut weights = match self.solver {
            Solver::Exact => minimum_norm(&matrix),
            Solver::FrankWolfe { tolerance, iterations } => frank_wolfe(&matrix, tolerance, iterations),
        };
        weights.iter_mut().zip(&divisors).for_each(|(weight, divisor)| *weight /= divisor);
        let total: f64 = weights.iter().sum();
        weights.iter_mut().for_each(|weight| *weight /= total);
        Ok(weights)
    }
}

fn frank_wolfe(matrix: &Matrix, tolerance: f64, iterations: u64) -> Vec<f64> {
    let size = matrix.size();
    let mut weights = vec![1.0 / size as f64; size];
    for _ in 0..iterations {
        let slopes = matrix.times(&weights);
        let Some(towards) = (0..size).min_by(|&a, &b| slopes[a].total_cmp(&slopes[b])) else { break };
        let (product, square) = (slopes[towards], dot(&slopes, &weights));
        let length = if matrix.get(towards, towards) <= product {
            1.0
        } else if square <= product {
            0.0
        } else {
            (square - product) / (square + matrix.get(towards, towards) - 2.0 * product)
        };
        weights.iter_mut().for_each(|weight| *weight *= 1.0 - length);
        weights[towards] += length;
        if length < tolerance {
            break;
        }
    }
    weights
}
