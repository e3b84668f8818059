//! One gradient out of what the lanes left.

use super::{Engine, Own, product, table};
use crate::matmul::Accumulate;
use crate::parameters::{ParameterId, Parameters, Scope};
use crate::simd;
use crate::workers::Work;

/// Numbers that are added up together: a few of them fit into the first-level cache.
const BLOCK: usize = 4096;

impl Engine {
    /// Makes the sum of the rows, weighted, the gradient.
    pub(super) fn gather(&mut self, parameters: &Parameters, weights: &[f32], own: Own) {
        let mut gradient = std::mem::take(&mut self.gradient);
        gradient.resize(parameters.trainable_len(), 0.0);
        self.gather_into(parameters, weights, own, &mut gradient);
        self.gradient = gradient;
    }

    /// Writes the sum of the rows, weighted, of the parameters that come first in `gradient`'s length.
    pub(super) fn gather_into(&mut self, parameters: &Parameters, weights: &[f32], own: Own, gradient: &mut [f32]) {
        let lanes = &self.lanes[..self.active];
        let factored = self.factored();
        let is_product = |id: ParameterId| factored.contains(&id) && !self.reads_rows(id);
        let work = Work::numbers(gradient.len() * (lanes.len() * weights.len() + 1));
        self.workers.blocks(work, BLOCK, [gradient], |begin, [block]| {
            let end = begin + block.len();
            for id in parameters.within(begin..end) {
                let range = &parameters.info(id).range;
                let (from, to) = (range.start.max(begin), range.end.min(end));
                let target = &mut block[from - begin..to - begin];
                let mut is_begun = false;
                for lane in lanes {
                    if !lane.gradients.has_sum(id) {
                        continue;
                    }
                    for (row, &weight) in row_weights(parameters, id, weights, own).iter().enumerate() {
                        let Some(sum) = lane.gradients.sum(parameters, id, row) else { continue };
                        let part = &sum[from - range.start..to - range.start];
                        if weight == 0.0 {
                            continue;
                        }
                        match (is_begun, weight == 1.0) {
                            (false, _) => simd::write_scaled(target, weight, part),
                            (true, true) => simd::add(target, part),
                            (true, false) => simd::add_scaled(target, weight, part),
                        }
                        is_begun = true;
                    }
                }
                // Where nothing was summed the products of factors, if any, replace what is there.
                if !is_begun && !(is_product(id)) {
                    target.fill(0.0);
                }
            }
        });
        for id in factored {
            let info = parameters.info(id);
            if info.range.end > gradient.len() {
                continue;
            }
            let gradient = &mut gradient[info.range.clone()];
            let weights = row_weights(parameters, id, weights, own);
            let reads_rows = self.reads_rows(id);
            if reads_rows {
                table::add_gradient(self, parameters, id, weights, gradient);
            }
            if self.multiplies(id) {
                let is_summed = self.lanes[..self.active].iter().any(|lane| lane.gradients.has_sum(id));
                let is_begun = reads_rows || is_summed && weights.iter().any(|&weight| weight != 0.0);
                let into = if is_begun { Accumulate::Add } else { Accumulate::Replace };
                product::add_gradient(self, parameters, id, weights, gradient, into);
            }
        }
    }
}

/// The weights of a parameter's rows: all, or the one of the task that it belongs to.
fn row_weights<'a>(parameters: &Parameters, id: ParameterId, weights: &'a [f32], own: Own) -> &'a [f32] {
    match (parameters.info(id).scope, own) {
        (Scope::Task(task), Own::Weighted) => &weights[task..=task],
        (Scope::Task(_), Own::AsTheyAre) => &[1.0],
        _ => weights,
    }
}
