use banyan_engine::{Graph, ParameterId, Var};

/// A table of vectors, summed over bags of indices.
#[derive(Debug, Clone, Copy)]
pub struct Embedding {
    /// `[entries, width]`
    pub table: ParameterId,
}

impl Embedding {
    /// The sum of each bag's vectors, `[bags, width]`: bag `b` is `items[offsets[b]..offsets[b + 1]]`.
    pub fn forward(&self, graph: &mut Graph<'_>, offsets: &[u32], items: &[u32]) -> Var {
        graph.embedding_bag(self.table, offsets, items)
    }
}
