//! Rows of a value, in any order and as often as wanted: tokens from their pieces, the words at both ends of a span.

use super::Op;
use crate::graph::Graph;
use crate::shape::Shape;
use crate::simd;
use crate::sweep::Sweep;
use crate::tape::{Integers, Var};

/// The place of a row of zeros.
const NOWHERE: u32 = u32::MAX;

#[derive(Debug, Clone, Copy)]
pub(crate) struct Gather {
    input: Var,
    places: Integers,
}

impl Graph<'_> {
    /// Row `places[r]` of the input as row `r`: `[…, width]`, seen as rows of `width` numbers, to `[places.len(), width]`. A row
    /// may be read several times; the place `u32::MAX` gives a row of zeros.
    ///
    /// Rows may come from any sample. A backward pass that is to hold the samples with a task's labels alone needs values that
    /// can be cut into samples, though: where the number of places is no multiple of the chunk's samples, it is cut into fewer and
    /// larger parts, and fill up with `u32::MAX` brings the samples back.
    ///
    /// # Panics
    /// If a place is not a row of the input.
    pub fn gather(&mut self, input: Var, places: &[u32]) -> Var {
        let shape = self.shape(input);
        let (rows, width) = (shape.rows(), shape.last());
        let mut value = self.tape.pool.take(places.len() * width);
        let x = self.tape.value(input);
        for (to, &place) in value.chunks_exact_mut(width).zip(places) {
            if place == NOWHERE {
                to.fill(0.0);
            } else {
                assert!((place as usize) < rows, "row {place} of {rows}: {shape:?}");
                to.copy_from_slice(&x[place as usize * width..][..width]);
            }
        }
        let (reaches, rows) = (self.reaches(input), places.len());
        let places = self.tape.save_integers(places.iter().copied());
        self.tape.push(Op::Gather(Gather { input, places }), Shape::new(&[rows, width]), value, reaches)
    }
}

impl Gather {
    /// A tape is cut into as many parts as divide the first axis of every value (`Tape::samples`), this one's too, so that the span of
    /// the output's cotangent names whole rows. Its part `p` is not made of the input's part `p`, however: the rows that
    /// it read may lie anywhere. So the span never passes through; the input's is made anew, from the first row that was read to
    /// the last.
    pub(crate) fn backward(&self, sweep: &mut Sweep<'_>, output: Var) {
        let shape = sweep.shape(self.input);
        let (rows, width) = (shape.rows(), shape.last());
        let places = sweep.integers(self.places);
        for row in 0..sweep.rows() {
            let Some(cotangent) = sweep.take(output, row) else { continue };
            let own = cotangent.span.part(places);
            let read = || own.iter().filter(|&&place| place != NOWHERE).map(|&place| place as usize);
            if let (Some(first), Some(last)) = (read().min(), read().max()) {
                let span = sweep.all().of_rows(first..last + 1, rows);
                let mut back = sweep.fresh_zeros(self.input, span);
                let begin = span.range(rows).start;
                for (&place, c) in own.iter().zip(cotangent.chunks_exact(width)).filter(|(place, _)| **place != NOWHERE) {
                    simd::add(&mut back[(place as usize - begin) * width..][..width], c);
                }
                sweep.add(self.input, row, back);
            }
            sweep.give(cotangent.values);
        }
    }
}
