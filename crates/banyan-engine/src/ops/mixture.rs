//! A sum of vectors weighted by a gate of each sample: experts, modalities.

use super::Op;
use crate::graph::Graph;
use crate::simd;
use crate::sweep::Sweep;
use crate::tape::{Integers, Var};

#[derive(Debug, Clone, Copy)]
pub(crate) struct Mixture {
    gates: Var,
    values: Integers,
}

impl Graph<'_> {
    /// `y[b] = Σ_e gates[b, e] values[e][b]`: `gates` is `[rows, E]`, each of the `E` values `[rows, width]`.
    pub fn mixture(&mut self, gates: Var, values: &[Var]) -> Var {
        let gate_shape = self.shape(gates);
        assert_eq!(gate_shape.last(), values.len(), "a gate for each value");
        let shape = self.shape(values[0]);
        assert_eq!(shape.rows(), gate_shape.rows(), "a gate for each row");
        let (experts, width) = (values.len(), shape.last());
        let mut value = self.tape.pool.zeros(shape.len());
        let g = self.tape.value(gates);
        for (expert, &part) in values.iter().enumerate() {
            assert_eq!(self.shape(part), shape, "a mixture of one shape");
            let x = self.tape.value(part);
            for (row, (y, x)) in value.chunks_exact_mut(width).zip(x.chunks_exact(width)).enumerate() {
                simd::add_scaled(y, g[row * experts + expert], x);
            }
        }
        let reaches = self.reaches(gates) || values.iter().any(|&part| self.reaches(part));
        let values = self.tape.save_integers(values.iter().map(|part| part.0));
        self.tape.push(Op::Mixture(Mixture { gates, values }), shape, value, reaches)
    }
}

impl Mixture {
    pub(crate) fn backward(&self, sweep: &mut Sweep<'_>, output: Var) {
        let width = sweep.shape(output).last();
        let g = sweep.value(self.gates);
        let experts = sweep.shape(self.gates).last();
        for row in 0..sweep.rows() {
            let Some(cotangent) = sweep.take(output, row) else { continue };
            let span = cotangent.span;
            let g = span.part(g);
            if sweep.wants(self.gates) {
                let mut back = sweep.fresh(self.gates, span);
                for (expert, part) in sweep.operands(self.values).enumerate() {
                    let x = span.part(sweep.value(part));
                    for (sample, (c, x)) in cotangent.chunks_exact(width).zip(x.chunks_exact(width)).enumerate() {
                        back[sample * experts + expert] = simd::dot(c, x);
                    }
                }
                sweep.add(self.gates, row, back);
            }
            for (expert, part) in sweep.operands(self.values).enumerate() {
                if sweep.wants(part) {
                    let mut back = sweep.fresh_zeros(part, span);
                    for (sample, (b, c)) in back.chunks_exact_mut(width).zip(cotangent.chunks_exact(width)).enumerate() {
                        simd::add_scaled(b, g[sample * experts + expert], c);
                    }
                    sweep.add(part, row, back);
                }
            }
            sweep.give(cotangent.values);
        }
    }
}
