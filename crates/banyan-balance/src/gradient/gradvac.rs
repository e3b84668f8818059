//! GradVac: Wang, Tsvetkov, Firat & Cao, "Gradient Vaccine: Investigating and Improving Multi-task Optimization in
//! Massively Multilingual Models", ICLR 2021.
//!
//! As PCGrad, with a moving target for each pair's cosine instead of 0: with `φ = cos(v, g_j)` and target `φ̂_ij`,
//! if `φ < φ̂_ij`: `v ← v + ‖v‖ (φ̂ √(1-φ²) - φ √(1-φ̂²)) / (‖g_j‖ √(1-φ̂²)) g_j`, which makes the cosine `φ̂`. In either
//! case `φ̂_ij ← (1-β) φ̂_ij + β φ`. The direction is the sum of the results.
//!
//! The targets, `T × T` from 0, are the method's memory. Here all shared parameters form one group. Near a target of 1
//! the step would be unbounded: `√(1-φ̂²)` counts as at least 1e-4.

use super::order::{ORDER, Order};
use super::{COMMON, balancer};
use crate::known::GramianRule;
use crate::math::dot;
use crate::method::{BalanceMethod, Family, scale};
use crate::{Error, Gramian, StepContext, Tensor};
use banyan_method::{Method, OptionSpec, Range};

pub(crate) const METHOD: BalanceMethod = BalanceMethod {
    method: Method::new("gradvac", "the sum of the gradients, each turned towards the others until their usual cosine is met")
        .paper("Wang, Tsvetkov, Firat & Cao, ICLR 2021")
        .options(&[OptionSpec::number("beta", "how fast the targets follow the cosines", 0.5, Range::between(0.0, 1.0)), ORDER])
        .common_options(COMMON)
        .remarks(&[scale("sum: weights are at least 1")]),
    family: Family::Aggregator,
    build: |settings, tasks, _| {
        Ok(balancer(
            settings,
            tasks,
            GradVac {
                beta: settings.number("beta"),
                order: Order::from_word(settings.word(ORDER.name)),
                all_tasks: tasks,
                targets: vec![0.0; tasks * tasks],
            },
        ))
    },
};

const SMALLEST_SINE: f64 = 1e-4;

struct GradVac {
    beta: f64,
    order: Order,
    all_tasks: usize,
    /// `φ̂`, row-major over all tasks.
    targets: Vec<f64>,
}

impl GramianRule for GradVac {
    fn weights(&mut self, step: &StepContext<'_>, tasks: &[usize], gramian: &Gramian, _: &[f64]) -> Result<Vec<f64>, Error> {
        let matrix = gramian.matrix();
        let norms = gramian.norms();
        let mut weights = vec![0.0; tasks.len()];
        for row in 0..tasks.len() {
            let mut coefficients = vec![0.0; tasks.len()];
            coefficients[row] = 1.0;
            for other in self.order.others(METHOD.name(), step, tasks, row) {
                let length = matrix.quadratic(&coefficients).max(0.0).sqrt();
                if length == 0.0 || norms[other] == 0.0 {
                    // A zero vector has no angle to turn, and none to learn from.
                    continue;
                }
                let cosine = (dot(matrix.row(other), &coefficients) / length / norms[other]).clamp(-1.0, 1.0);
                let target = &mut self.targets[tasks[row] * self.all_tasks + tasks[other]];
                if cosine < *target {
                    let (sine, target_sine) = ((1.0 - cosine * cosine).sqrt(), (1.0 - *target * *target).sqrt());
                    let turn = *target * sine - cosine * target_sine;
                    coefficients[other] += length * turn / (norms[other] * target_sine.max(SMALLEST_SINE));
                }
                *target = ((1.0 - self.beta) * *target + self.beta * cosine).clamp(-1.0, 1.0);
            }
            weights.iter_mut().zip(coefficients).for_each(|(weight, coefficient)| *weight += coefficient);
        }
        Ok(weights)
    }

    fn memory(&mut self) -> Vec<Tensor<'_>> {
        vec![Tensor { name: "targets".to_owned(), shape: vec![self.all_tasks, self.all_tasks], values: &mut self.targets }]
    }
}
