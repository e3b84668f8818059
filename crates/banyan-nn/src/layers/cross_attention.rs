use super::Linear;
use banyan_engine::{Graph, Var};

/// Multi-head attention of one sequence to another (Vaswani et al., 2017): every position reads the context's that are kept.
#[derive(Debug, Clone, Copy)]
pub struct CrossAttention {
    /// `[width]` to queries, `[width]`
    pub queries: Linear,
    /// `[context width]` to keys and values side by side, `[2 width]`
    pub context: Linear,
    /// How many parts each of the three is cut into.
    pub heads: usize,
    /// `[width]` to `[width]`, after the heads
    pub output: Linear,
}

impl CrossAttention {
    /// `[samples, n, width]`, which reads a context of `[samples, m, context width]`, to the same shape.
    ///
    /// `keep_queries` and `keep_keys` have one entry a position of the one and of the other, or are empty where all are kept. What is not kept
    /// of the context is read by none. What is not kept of the input reads nothing, and neither does a sample without any
    /// context: there the result is the bias of the output, the same at every position.
    pub fn forward(&self, graph: &mut Graph<'_>, input: Var, context: Var, keep_queries: &[bool], keep_keys: &[bool]) -> Var {
        let queries = self.queries.forward(graph, input);
        let context = self.context.forward(graph, context);
        let mixed = graph.cross_attention(queries, context, self.heads, keep_queries, keep_keys);
        self.output.forward(graph, mixed)
    }
}
