use super::Linear;
use banyan_engine::{Graph, Var};

/// Multi-head self-attention (Vaswani et al., 2017): every position reads all that are kept.
#[derive(Debug, Clone, Copy)]
pub struct SelfAttention {
    /// `[width]` to queries, keys and values side by side, `[3 width]`
    pub project: Linear,
    /// How many parts each of the three is cut into.
    pub heads: usize,
    /// `[width]` to `[width]`, after the heads
    pub output: Linear,
}

impl SelfAttention {
    /// `[samples, length, width]` to the same shape. `keep` has one entry a position, `[samples × length]`, or is empty where
    /// all are kept; positions that are not kept are read by none.
    pub fn forward(&self, graph: &mut Graph<'_>, input: Var, keep: &[bool]) -> Var {
        let projected = self.project.forward(graph, input);
        let mixed = graph.attention(projected, self.heads, keep);
        self.output.forward(graph, mixed)
    }
}
