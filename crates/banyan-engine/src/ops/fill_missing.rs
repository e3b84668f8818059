//! A learned token in the place of what is missing.

use super::Op;
use crate::graph::Graph;
use crate::parameters::ParameterId;
use crate::simd;
use crate::sweep::Sweep;
use crate::tape::{Integers, Var};

#[derive(Debug, Clone, Copy)]
pub(crate) struct FillMissing {
    input: Var,
    token: ParameterId,
    /// The samples that are missing.
    missing: Integers,
}

impl Graph<'_> {
    /// `x[b]` where `present[b]`, elsewhere the token: `x` is `[samples, …, width]`, `token` is `[width]`
    /// and stands at every position of its sample.
    pub fn fill_missing(&mut self, input: Var, token: ParameterId, present: &[bool]) -> Var {
        let shape = self.shape(input);
        assert_eq!(present.len(), shape.samples(), "presence of each sample of {shape:?}");
        let values = self.parameter(token);
        assert_eq!(values.len(), shape.last(), "a token as wide as {shape:?}");
        let mut value = self.tape.pool.take(shape.len());
        value.copy_from_slice(self.tape.value(input));
        let per_sample = shape.len() / present.len().max(1);
        for (sample, _) in value.chunks_exact_mut(per_sample.max(1)).zip(present).filter(|(_, present)| !**present) {
            for position in sample.chunks_exact_mut(values.len()) {
                position.copy_from_slice(values);
            }
        }
        let missing = self.tape.save_integers((0..present.len() as u32).filter(|&sample| !present[sample as usize]));
        self.tape.push(Op::FillMissing(FillMissing { input, token, missing }), shape, value, true)
    }
}

impl FillMissing {
    pub(crate) fn backward(&self, sweep: &mut Sweep<'_>, output: Var) {
        let shape = sweep.shape(output);
        let per_sample = shape.len() / shape.samples().max(1);
        for row in 0..sweep.rows() {
            let Some(mut cotangent) = sweep.take(output, row) else { continue };
            let reached = cotangent.span.range(shape.samples());
            for sample in sweep.integers(self.missing).iter().map(|&sample| sample as usize).filter(|sample| reached.contains(sample)) {
                let own = &mut cotangent[(sample - reached.start) * per_sample..][..per_sample];
                simd::add_column_sums(sweep.gradient(self.token, row), own);
                own.fill(0.0);
            }
            if sweep.wants(self.input) {
                sweep.add(self.input, row, cotangent);
            } else {
                sweep.give(cotangent.values);
            }
        }
    }
}
