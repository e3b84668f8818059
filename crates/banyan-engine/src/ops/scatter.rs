//! Sums of rows by index: words from their pieces.

use super::Op;
use crate::graph::Graph;
use crate::shape::Shape;
use crate::simd;
use crate::sweep::Sweep;
use crate::tape::{Integers, Var};

/// The place of a row that is dropped.
const NOWHERE: u32 = u32::MAX;

#[derive(Debug, Clone, Copy)]
pub(crate) struct Scatter {
    input: Var,
    places: Integers,
}

impl Graph<'_> {
    /// Adds row `r` of the input to row `places[r]` of the result: `[…, width]`, seen as `places.len()` rows of `width` numbers, to
    /// `[rows, width]`. Rows of the result that nothing is added to are zeros; the place `u32::MAX` drops a row. The transpose of
    /// [`gather`](Self::gather), and PyTorch's `index_add` to zeros.
    ///
    /// Rows may go to any sample. As with `gather`, the backward pass is cheaper for tasks with few labels if `rows` is a multiple of the
    /// chunk's samples.
    ///
    /// # Panics
    /// If `places` has not one entry for each row of the input, or a place is not a row of the result.
    pub fn scatter_add(&mut self, input: Var, places: &[u32], rows: usize) -> Var {
        let shape = self.shape(input);
        let width = shape.last();
        assert_eq!(places.len(), shape.rows(), "places for the rows of {shape:?}");
        let mut value = self.tape.pool.zeros(rows * width);
        let x = self.tape.value(input);
        for (from, &place) in x.chunks_exact(width.max(1)).zip(places).filter(|(_, place)| **place != NOWHERE) {
            assert!((place as usize) < rows, "row {place} of {rows}");
            simd::add(&mut value[place as usize * width..][..width], from);
        }
        let reaches = self.reaches(input);
        let places = self.tape.save_integers(places.iter().copied());
        self.tape.push(Op::Scatter(Scatter { input, places }), Shape::new(&[rows, width]), value, reaches)
    }
}

impl Scatter {
    /// As with `gather`, samples of the output are not those of the input: the span of the input's cotangent goes from the first row that
    /// was added to a reached row to the last.
    pub(crate) fn backward(&self, sweep: &mut Sweep<'_>, output: Var) {
        let (rows, width) = (sweep.shape(output).samples(), sweep.shape(output).last());
        let places = sweep.integers(self.places);
        for row in 0..sweep.rows() {
            let Some(cotangent) = sweep.take(output, row) else { continue };
            let reached = cotangent.span.range(rows);
            let is_reached = |from: &usize| places[*from] != NOWHERE && reached.contains(&(places[*from] as usize));
            let (first, last) = ((0..places.len()).find(is_reached), (0..places.len()).rfind(is_reached));
            if let (Some(first), Some(last)) = (first, last) {
                let span = sweep.all().of_rows(first..last + 1, places.len());
                let mut back = sweep.fresh_zeros(self.input, span);
                let begin = span.range(places.len()).start;
                for from in (first..last + 1).filter(is_reached) {
                    let c = &cotangent[(places[from] as usize - reached.start) * width..][..width];
                    back[(from - begin) * width..][..width].copy_from_slice(c);
                }
                sweep.add(self.input, row, back);
            }
            sweep.give(cotangent.values);
        }
    }
}
