//! A sum of values with learned factors: one row of a cross-stitch unit (Misra et al., 2016).

use super::Op;
use crate::graph::Graph;
use crate::parameters::ParameterId;
use crate::simd;
use crate::sweep::Sweep;
use crate::tape::{Integers, Var};

#[derive(Debug, Clone, Copy)]
pub(crate) struct Combine {
    parts: Integers,
    factors: ParameterId,
    row: usize,
}

impl Graph<'_> {
    /// `Σ_j factors[row, j] x_j`: `factors` is `[rows, parts]`, all parts have one shape.
    pub fn combine(&mut self, parts: &[Var], factors: ParameterId, row: usize) -> Var {
        let shape = self.shape(parts[0]);
        let mut value = self.tape.pool.zeros(shape.len());
        assert_eq!(self.parameters.info(factors).shape.last(), parts.len(), "a factor for each part");
        let own = &self.parameter(factors)[row * parts.len()..][..parts.len()];
        for (&part, &factor) in parts.iter().zip(own) {
            assert_eq!(self.shape(part), shape, "a combination of one shape");
            simd::add_scaled(&mut value, factor, self.tape.value(part));
        }
        let parts = self.tape.save_integers(parts.iter().map(|part| part.0));
        self.tape.push(Op::Combine(Combine { parts, factors, row }), shape, value, true)
    }
}

impl Combine {
    pub(crate) fn backward(&self, sweep: &mut Sweep<'_>, output: Var) {
        let count = sweep.integers(self.parts).len();
        let factors = &sweep.parameter(self.factors)[self.row * count..][..count];
        for row in 0..sweep.rows() {
            let Some(cotangent) = sweep.take(output, row) else { continue };
            for (index, part) in sweep.operands(self.parts).enumerate() {
                let along = simd::dot(&cotangent, cotangent.span.part(sweep.value(part)));
                sweep.gradient(self.factors, row)[self.row * count + index] += along;
                if sweep.wants(part) {
                    let mut back = sweep.fresh_zeros(part, cotangent.span);
                    simd::add_scaled(&mut back, factors[index], &cotangent);
                    sweep.add(part, row, back);
                }
            }
            sweep.give(cotangent.values);
        }
    }
}
