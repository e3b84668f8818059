//! One gradient out of what the lanes left.

use super::combination::Combination;
use super::{Engine, product, table};
use crate::gradients::Gradients;
use crate::matmul::Accumulate;
use crate::parameters::{ParameterId, Parameters};
use crate::simd;
use crate::workers::Work;

/// Numbers that are added up together: a few of them fit into the first-level cache.
const BLOCK: usize = 4096;

impl Engine {
    /// Makes a combination of the rows the gradient.
    pub(super) fn gather(&mut self, parameters: &Parameters, combination: Combination<'_>) {
        let mut gradient = std::mem::take(&mut self.gradient);
        gradient.resize(parameters.trainable_len(), 0.0);
        self.gather_into(parameters, combination, &mut gradient);
        self.gradient = gradient;
    }

    /// Writes a combination of the rows, of the parameters that come first in `gradient`'s length.
    pub(super) fn gather_into(&mut self, parameters: &Parameters, combination: Combination<'_>, gradient: &mut [f32]) {
        let lanes = &self.lanes[..self.active];
        let factored = self.factored();
        let is_product = |id: ParameterId| factored.contains(&id) && !self.reads_rows(id);
        let work = Work::numbers(gradient.len() * (lanes.len() * combination.places() + 1));
        self.workers.blocks(work, BLOCK, [gradient], |begin, [block]| {
            let end = begin + block.len();
            for id in parameters.within(begin..end) {
                let info = parameters.info(id);
                let range = &info.range;
                let (from, to) = (range.start.max(begin), range.end.min(end));
                let target = &mut block[from - begin..to - begin];
                let mut is_begun = false;
                for lane in lanes {
                    if !lane.gradients.has_sum(id) {
                        continue;
                    }
                    for (place, weight) in combination.terms(info.scope) {
                        let Some(sum) = lane.gradients.sum(id, place) else { continue };
                        let part = &sum[from - range.start..to - range.start];
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
            let reads_rows = self.reads_rows(id);
            if reads_rows {
                table::add_gradient(self, parameters, id, combination, gradient);
            }
            if self.multiplies(id) {
                let counts = |gradients: &Gradients| combination.terms(info.scope).any(|(place, _)| gradients.sum(id, place).is_some());
                let is_begun = reads_rows || self.lanes[..self.active].iter().any(|lane| counts(&lane.gradients));
                let into = if is_begun { Accumulate::Add } else { Accumulate::Replace };
                product::add_gradient(self, parameters, id, combination, gradient, into);
            }
        }
    }
}
