//! Sums of rows of a table: the embedding of a bag of indices.

use super::Op;
use crate::graph::Graph;
use crate::parameters::ParameterId;
use crate::shape::Shape;
use crate::simd;
use crate::sweep::Sweep;
use crate::tape::{Integers, Var};

#[derive(Debug, Clone, Copy)]
pub(crate) struct EmbeddingBag {
    table: ParameterId,
    offsets: Integers,
    items: Integers,
}

impl Graph<'_> {
    /// For each bag the sum of the table's rows that it names: `table` is `[rows, width]`, bag `b` is
    /// `items[offsets[b]..offsets[b + 1]]` (an empty one gives zeros); the result is `[bags, width]`.
    ///
    /// # Panics
    /// If an item is not a row of the table.
    pub fn embedding_bag(&mut self, table: ParameterId, offsets: &[u32], items: &[u32]) -> Var {
        let [entries, width] = *self.parameters.info(table).shape.axes() else { panic!("an embedding table has two axes") };
        let bags = offsets.len().saturating_sub(1);
        let mut value = self.tape.pool.zeros(bags * width);
        let weights = self.parameter(table);
        for (bag, sum) in value.chunks_exact_mut(width).enumerate() {
            for &item in &items[offsets[bag] as usize..offsets[bag + 1] as usize] {
                assert!((item as usize) < entries, "embedding {item} of a table of {entries}");
                simd::add(sum, &weights[item as usize * width..][..width]);
            }
        }
        let offsets = self.tape.save_integers(offsets.iter().copied());
        let items = self.tape.save_integers(items.iter().copied());
        self.tape.push(Op::EmbeddingBag(EmbeddingBag { table, offsets, items }), Shape::new(&[bags, width]), value, true)
    }
}

impl EmbeddingBag {
    pub(crate) fn backward(&self, sweep: &mut Sweep<'_>, output: Var) {
        // A table has many rows and a batch reads few: its gradient is never written out for each task.
        sweep.keep_bags(self.table, self.offsets, self.items);
        for row in 0..sweep.rows() {
            if let Some(cotangent) = sweep.take(output, row) {
                sweep.factor(row, cotangent);
            }
        }
    }
}
