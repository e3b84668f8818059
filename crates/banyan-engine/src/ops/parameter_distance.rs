//! The squared distance between parameters: what soft sharing penalizes (Duong et al., 2015).

use super::Op;
use crate::graph::Graph;
use crate::parameters::ParameterId;
use crate::shape::Shape;
use crate::simd;
use crate::sweep::Sweep;
use crate::tape::{Integers, Var};

#[derive(Debug, Clone, Copy)]
pub(crate) struct ParameterDistance {
    ids: Integers,
}

impl Graph<'_> {
    /// `Σ_{i<j} ‖W_i - W_j‖²` over parameters of one size, a scalar. It reads no row: a loss of it belongs to the batch, and is
    /// declared in [`Program::penalties`](crate::Program::penalties).
    ///
    /// # Panics
    /// If the parameters differ in size.
    pub fn parameter_distance(&mut self, ids: &[ParameterId]) -> Var {
        let len = ids.first().map_or(0, |&id| self.parameter(id).len());
        assert!(ids.iter().all(|&id| self.parameter(id).len() == len), "a distance between parameters of one size");
        // Σ_{i<j} ‖W_i - W_j‖² = n Σ_i ‖W_i - mean‖², where differences are taken first: parameters drawn together lie close.
        let mut squares = 0.0;
        for place in 0..len {
            let values = ids.iter().map(|&id| f64::from(self.parameter(id)[place]));
            let mean = values.clone().sum::<f64>() / ids.len() as f64;
            squares += values.map(|value| (value - mean) * (value - mean)).sum::<f64>();
        }
        let mut value = self.tape.pool.take(1);
        value[0] = (ids.len() as f64 * squares) as f32;
        let ids = self.tape.save_integers(ids.iter().map(|id| id.0));
        self.tape.push(Op::ParameterDistance(ParameterDistance { ids }), Shape::new(&[]), value, true)
    }
}

impl ParameterDistance {
    /// The derivative by `W_i` is `2 Σ_j (W_i - W_j) = 2 (n W_i - Σ_j W_j)`.
    pub(crate) fn backward(&self, sweep: &mut Sweep<'_>, output: Var) {
        let ids = sweep.integers(self.ids).iter().map(|&id| ParameterId(id));
        let (Some(first), count) = (ids.clone().next(), ids.len() as f32) else { return };
        let mut sums = sweep.zeros(sweep.parameter(first).len());
        for id in ids.clone() {
            simd::add(&mut sums, sweep.parameter(id));
        }
        for row in 0..sweep.rows() {
            let Some(cotangent) = sweep.take(output, row) else { continue };
            let factor = 2.0 * cotangent[0];
            for id in ids.clone() {
                let own = sweep.parameter(id);
                for ((gradient, &own), &sum) in sweep.gradient(id, row).iter_mut().zip(own).zip(sums.iter()) {
                    *gradient += factor * (count * own - sum);
                }
            }
            sweep.give(cotangent.values);
        }
        sweep.give(sums);
    }
}
