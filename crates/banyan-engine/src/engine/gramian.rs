//! Inner products of all tasks' gradients of the shared parameters.

use super::inner_products::{BLOCK, add_parts, add_products};
use super::{Engine, product, table};
use crate::parameters::{ParameterId, Parameters, Scope};
use crate::workers::Work;
use crate::{scratch, simd};

/// Parts that are summed apart, and added in order: as many as the most threads that are of use.
const PARTS: usize = 32;

impl Engine {
    /// The `T×T` inner products of the rows' gradients of the shared parameters after a [`stacked`](Self::stacked) step, row-major.
    pub fn gramian(&mut self, parameters: &Parameters) -> Vec<f64> {
        let tasks = self.rows;
        let size = tasks * tasks;
        let mut gramian = vec![0.0; size];
        self.add_summed(parameters, &mut gramian);
        for id in self.factored() {
            if parameters.info(id).scope != Scope::Shared {
                continue;
            }
            if self.reads_rows(id) {
                table::add_gramian(self, parameters, id, &mut gramian);
            } else {
                product::add_gramian(self, parameters, id, &mut gramian);
            }
        }
        for i in 0..tasks {
            for j in 0..i {
                gramian[i * tasks + j] = gramian[j * tasks + i];
            }
        }
        gramian
    }

    /// Adds the products of the gradients that lanes have summed.
    fn add_summed(&mut self, parameters: &Parameters, gramian: &mut [f64]) {
        let (lanes, tasks) = (&self.lanes[..self.active], self.rows);
        let blocks = parameters.shared_len().div_ceil(BLOCK);
        let of_part = blocks.div_ceil(PARTS).max(1) * BLOCK;
        let mut parts = self.pool.take_doubles(PARTS * gramian.len());
        let size = gramian.len();
        let add_part = |part: usize, sums: &mut [f64]| {
            let end = parameters.shared_len().min((part + 1) * of_part);
            scratch::with(tasks * BLOCK, |memory| {
                for begin in (part * of_part..end).step_by(BLOCK) {
                    let end = end.min(begin + BLOCK);
                    for id in parameters.within(begin..end) {
                        let range = &parameters.info(id).range;
                        let (from, to) = (range.start.max(begin) - range.start, range.end.min(end) - range.start);
                        if !lanes.iter().any(|lane| lane.gradients.has_sum(id)) {
                            continue;
                        }
                        let rows = &mut memory[..tasks * (to - from)];
                        for (task, sum) in rows.chunks_exact_mut(to - from).enumerate() {
                            let mut parts = lanes.iter().filter_map(|lane| lane.gradients.sum(id, task));
                            match parts.next() {
                                Some(part) => sum.copy_from_slice(&part[from..to]),
                                None => sum.fill(0.0),
                            }
                            parts.for_each(|part| simd::add(sum, &part[from..to]));
                        }
                        add_products(rows, to - from, sums);
                    }
                }
            });
        };
        let mut places: [&mut [f64]; PARTS] = std::array::from_fn(|_| &mut [][..]);
        for (place, part) in places.iter_mut().zip(parts.chunks_exact_mut(size)) {
            *place = part;
        }
        let work = Work::numbers(parameters.shared_len() * tasks * (lanes.len() + tasks / 2));
        self.workers.each(work, &mut places, |part, sums| add_part(part, sums));
        add_parts(&parts, gramian);
        self.pool.give_doubles(parts);
    }

    /// Where a parameter's gradient is in more than one form (summed, an input's factors, a table's), the factors are multiplied
    /// out: their sum's products need one form.
    pub(super) fn settle(&mut self, parameters: &Parameters) {
        for id in self.factored() {
            let is_summed = self.lanes[..self.active].iter().any(|lane| lane.gradients.has_sum(id));
            let of_both_kinds = self.reads_rows(id) && self.multiplies(id);
            if parameters.info(id).scope == Scope::Shared && (is_summed || of_both_kinds) {
                self.lanes[..self.active].iter_mut().for_each(|lane| lane.gradients.multiply_out(parameters, id));
            }
        }
    }

    /// The parameters with factors, in order, each once.
    pub(super) fn factored(&self) -> Vec<ParameterId> {
        let mut ids: Vec<ParameterId> =
            self.lanes[..self.active].iter().flat_map(|lane| lane.gradients.factors()).map(|factor| factor.parameter).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }
}
