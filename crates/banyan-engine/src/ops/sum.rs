//! Sums of values with constant factors.

use super::Op;
use crate::graph::Graph;
use crate::simd;
use crate::sweep::Sweep;
use crate::tape::{Integers, Var};

#[derive(Debug, Clone, Copy)]
pub(crate) struct Sum {
    parts: Integers,
    factor: f32,
}

impl Graph<'_> {
    /// `factor (x_1 + x_2 + …)`, all of one shape; or of one vector a sample (`[samples, width]`), which is
    /// added at every position of its sample.
    pub fn sum(&mut self, parts: &[Var], factor: f32) -> Var {
        let shape = self.shape(parts[0]);
        let width = shape.last();
        let mut value = self.tape.pool.take(shape.len());
        for (index, &part) in parts.iter().enumerate() {
            let own = self.shape(part);
            let x = self.tape.value(part);
            assert!(own.samples() == shape.samples() && own.last() == width, "sum of {shape:?} and {own:?}");
            if index == 0 {
                simd::write_scaled(&mut value, factor, x); // its shape is the sum's
            } else if own.len() == shape.len() {
                simd::add_scaled(&mut value, factor, x);
            } else {
                assert_eq!(own.len(), own.samples() * width, "sum of {shape:?} and {own:?}");
                let per_sample = shape.len() / own.samples().max(1);
                for (positions, x) in value.chunks_exact_mut(per_sample).zip(x.chunks_exact(width)) {
                    for position in positions.chunks_exact_mut(width) {
                        simd::add_scaled(position, factor, x);
                    }
                }
            }
        }
        let reaches = parts.iter().any(|&part| self.reaches(part));
        let parts = self.tape.save_integers(parts.iter().map(|part| part.0));
        self.tape.push(Op::Sum(Sum { parts, factor }), shape, value, reaches)
    }
}

impl Sum {
    pub(crate) fn backward(&self, sweep: &mut Sweep<'_>, output: Var) {
        for row in 0..sweep.rows() {
            let Some(mut cotangent) = sweep.take(output, row) else { continue };
            if self.factor != 1.0 {
                simd::scale(&mut cotangent, self.factor);
            }
            // The last part of the sum's shape takes the cotangent as it is.
            let len = sweep.shape(output).len();
            let is_whole = |part: Var| sweep.shape(part).len() == len;
            let heir = sweep.operands(self.parts).enumerate().filter(|&(_, part)| sweep.wants(part) && is_whole(part)).last();
            for (index, part) in sweep.operands(self.parts).enumerate() {
                if !sweep.wants(part) || heir.is_some_and(|(last, _)| last == index) {
                    continue;
                }
                let shape = sweep.shape(part);
                let mut back = sweep.fresh(part, cotangent.span);
                if shape.len() == len {
                    back.copy_from_slice(&cotangent);
                } else {
                    back.fill(0.0);
                    let per_sample = len / shape.samples();
                    for (sum, positions) in back.chunks_exact_mut(shape.last()).zip(cotangent.chunks_exact(per_sample)) {
                        simd::add_column_sums(sum, positions);
                    }
                }
                sweep.add(part, row, back);
            }
            match heir {
                Some((_, part)) => sweep.add(part, row, cotangent),
                None => sweep.give(cotangent.values),
            }
        }
    }
}
