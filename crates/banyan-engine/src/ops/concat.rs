//! Values side by side along the last axis.

use super::Op;
use crate::graph::Graph;
use crate::sweep::Sweep;
use crate::tape::{Integers, Var};

#[derive(Debug, Clone, Copy)]
pub(crate) struct Concat {
    parts: Integers,
}

impl Graph<'_> {
    /// Values of the same number of rows, side by side along the last axis.
    pub fn concat(&mut self, parts: &[Var]) -> Var {
        let first = self.shape(parts[0]);
        let rows = first.rows();
        let width: usize = parts.iter().map(|&part| self.shape(part).last()).sum();
        let mut value = self.tape.pool.take(rows * width);
        let mut at = 0;
        for &part in parts {
            let shape = self.shape(part);
            assert_eq!(shape.rows(), rows, "concatenation of {first:?} and {shape:?}");
            let own = shape.last();
            for (to, from) in value.chunks_exact_mut(width).zip(self.tape.value(part).chunks_exact(own)) {
                to[at..at + own].copy_from_slice(from);
            }
            at += own;
        }
        let reaches = parts.iter().any(|&part| self.reaches(part));
        let parts = self.tape.save_integers(parts.iter().map(|part| part.0));
        self.tape.push(Op::Concat(Concat { parts }), first.with_last(width), value, reaches)
    }
}

impl Concat {
    pub(crate) fn backward(&self, sweep: &mut Sweep<'_>, output: Var) {
        let width = sweep.shape(output).last();
        for row in 0..sweep.rows() {
            let Some(cotangent) = sweep.take(output, row) else { continue };
            let mut at = 0;
            for part in sweep.operands(self.parts) {
                let shape = sweep.shape(part);
                let own = shape.last();
                if sweep.wants(part) {
                    let mut back = sweep.fresh(part, cotangent.span);
                    for (to, from) in back.chunks_exact_mut(own).zip(cotangent.chunks_exact(width)) {
                        to.copy_from_slice(&from[at..at + own]);
                    }
                    sweep.add(part, row, back);
                }
                at += own;
            }
            sweep.give(cotangent.values);
        }
    }
}
