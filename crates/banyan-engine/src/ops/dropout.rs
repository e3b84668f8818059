//! Dropout (Srivastava et al., 2014), each row with randomness of its own.

use super::Op;
use crate::graph::{Graph, Purpose};
use crate::random::{self, Stream};
use crate::simd;
use crate::sweep::Sweep;
use crate::tape::{Saved, Var};

#[derive(Debug, Clone, Copy)]
pub(crate) struct Dropout {
    input: Var,
    factors: Saved,
}

impl Graph<'_> {
    /// In training, sets elements to zero with this probability and divides the rest by what is left of 1;
    /// at prediction, the input itself. What is dropped depends on the seed, the step, the row's key and the place of the
    /// operation in the pass, not on how the batch was cut.
    ///
    /// # Panics
    /// If the probability is not in `[0, 1)`, or the first axis is not that of the rows.
    pub fn dropout(&mut self, input: Var, probability: f32) -> Var {
        self.dropout_by(input, probability, self.row_keys)
    }

    /// The same of a value whose first axis is that of other things than the chunk's rows, parts of these for instance, each of which has a key of
    /// its own.
    ///
    /// # Panics
    /// If the probability is not in `[0, 1)`, or the first axis is not that of the keys.
    pub fn dropout_by(&mut self, input: Var, probability: f32, keys: &[u64]) -> Var {
        assert!((0.0..1.0).contains(&probability), "a dropout of {probability}");
        self.tape.random_operations += 1;
        if self.context.purpose == Purpose::Inference || probability == 0.0 {
            return input;
        }
        let shape = self.shape(input);
        assert_eq!(shape.samples(), keys.len(), "dropout of {shape:?} needs a key for each row");
        let mut factors = self.tape.pool.take(shape.len());
        let scale = 1.0 / (1.0 - probability);
        // Four draws of 16 bits from each word: the probability is exact to 1/65536.
        let threshold = (probability * 65536.0) as u64;
        let per_row = shape.len() / keys.len().max(1);
        let place = random::key(&[self.context.seed, self.context.step, self.tape.random_operations]);
        for (row, &key) in factors.chunks_exact_mut(per_row.max(1)).zip(keys) {
            let mut stream = Stream::new(&[place, key]);
            for group in row.chunks_mut(4) {
                let mut bits = stream.bits();
                for factor in group {
                    *factor = if bits & 0xFFFF < threshold { 0.0 } else { scale };
                    bits >>= 16;
                }
            }
        }
        let mut value = self.tape.pool.take(shape.len());
        value.copy_from_slice(self.tape.value(input));
        simd::multiply(&mut value, &factors);
        let factors = self.tape.save(factors);
        let reaches = self.reaches(input);
        self.tape.push(Op::Dropout(Dropout { input, factors }), shape, value, reaches)
    }
}

impl Dropout {
    pub(crate) fn backward(&self, sweep: &mut Sweep<'_>, output: Var) {
        for row in 0..sweep.rows() {
            let Some(mut cotangent) = sweep.take(output, row) else { continue };
            let factors = cotangent.span.part(sweep.saved(self.factors));
            simd::multiply(&mut cotangent, factors);
            sweep.add(self.input, row, cotangent);
        }
    }
}
