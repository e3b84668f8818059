use super::{LayerNorm, Linear, SelfAttention};
use banyan_engine::{Graph, Var};

/// One block of a transformer with normalization before each part (Xiong et al., 2020):
/// `y = x + attention(norm(x))`, then `y + contract(gelu(expand(norm(y))))`.
#[derive(Debug, Clone, Copy)]
pub struct TransformerBlock {
    /// Before the attention.
    pub attention_norm: LayerNorm,
    /// What lets positions read each other.
    pub attention: SelfAttention,
    /// Before the feed-forward part.
    pub feed_forward_norm: LayerNorm,
    /// `[width]` to `[hidden]`, with GELU.
    pub expand: Linear,
    /// `[hidden]` to `[width]`
    pub contract: Linear,
}

impl TransformerBlock {
    /// `[samples, length, width]` to the same shape; `keep` as for [`SelfAttention::forward`].
    pub fn forward(&self, graph: &mut Graph<'_>, input: Var, keep: &[bool]) -> Var {
        let normed = self.attention_norm.forward(graph, input);
        let attended = self.attention.forward(graph, normed, keep);
        let middle = graph.sum(&[input, attended], 1.0);
        let normed = self.feed_forward_norm.forward(graph, middle);
        let hidden = self.expand.forward(graph, normed);
        let fed = self.contract.forward(graph, hidden);
        graph.sum(&[middle, fed], 1.0)
    }
}
