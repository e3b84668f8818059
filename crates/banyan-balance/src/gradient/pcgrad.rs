//! PCGrad: Yu, Kumar, Gupta, Levine, Hausman & Finn, "Gradient Surgery for Multi-Task Learning", NeurIPS 2020.
//!
//! Each gradient goes through the others in random order, and where it conflicts with one, its part along that one is
//! removed: `v ← v - (v·g_j / ‖g_j‖²) g_j` if `v·g_j < 0`. The direction is the sum of the results. With two tasks it
//! conflicts with neither; with more, a later projection can undo an earlier one.
//!
//! In weights: `v = Jᵀ c` starts at `c = e_i`, and removing its part along `g_j` changes `c_j` only.

use super::order::{ORDER, Order};
use super::{COMMON, balancer};
use crate::known::GramianRule;
use crate::math::dot;
use crate::method::{BalanceMethod, Family, scale};
use crate::{Error, Gramian, StepContext};
use banyan_method::Method;

pub(crate) const METHOD: BalanceMethod = BalanceMethod {
    method: Method::new("pcgrad", "the sum of the gradients, each projected off those it conflicts with, one by one")
        .paper("Yu, Kumar, Gupta, Levine, Hausman & Finn, NeurIPS 2020")
        .options(&[ORDER])
        .common_options(COMMON)
        .remarks(&[scale("sum: without conflict every weight is 1")]),
    family: Family::Aggregator,
    build: |settings, tasks, _| Ok(balancer(settings, tasks, PcGrad { order: Order::from_word(settings.word(ORDER.name)) })),
};

struct PcGrad {
    order: Order,
}

impl GramianRule for PcGrad {
    fn weights(&mut self, step: &StepContext<'_>, tasks: &[usize], gramian: &Gramian, _: &[f64]) -> Result<Vec<f64>, Error> {
        let matrix = gramian.matrix();
        let mut weights = vec![0.0; tasks.len()];
        for row in 0..tasks.len() {
            let mut coefficients = vec![0.0; tasks.len()];
            coefficients[row] = 1.0;
            for other in self.order.others(METHOD.name(), step, tasks, row) {
                let product = dot(matrix.row(other), &coefficients);
                // The square is positive but for rounding, since the product is not zero.
                let square = matrix.get(other, other);
                if product < 0.0 && square > 0.0 {
                    coefficients[other] -= product / square;
                }
            }
            weights.iter_mut().zip(coefficients).for_each(|(weight, coefficient)| *weight += coefficient);
        }
        Ok(weights)
    }
}
