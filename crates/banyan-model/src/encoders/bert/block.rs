//! One block of BERT.

use super::sizes::Sizes;
use super::windows::Windows;
use banyan_engine::{Activation, Graph, Var};
use banyan_nn::{LayerBuilder, LayerNorm, Linear, SelfAttention};

/// Self-attention and two layers, with normalization after each part: `y = norm(x + attention(x))`, then
/// `norm(y + contract(gelu(expand(y))))`.
#[derive(Debug)]
pub(super) struct Block {
    attention: SelfAttention,
    attention_norm: LayerNorm,
    expand: Linear,
    contract: Linear,
    output_norm: LayerNorm,
}

impl Block {
    pub(super) fn new(builder: &mut LayerBuilder, sizes: &Sizes, norm: impl Fn(&mut LayerBuilder, &str) -> LayerNorm) -> Self {
        let Sizes { width, heads, hidden, .. } = *sizes;
        Self {
            attention: builder.self_attention("attention", width, heads),
            attention_norm: norm(builder, "attention_norm"),
            expand: builder.linear("expand", width, hidden, Activation::Gelu),
            contract: builder.linear("contract", hidden, width, Activation::None),
            output_norm: norm(builder, "output_norm"),
        }
    }

    /// `[rows, positions of all windows, width]` to the same shape.
    pub(super) fn forward(&self, graph: &mut Graph<'_>, input: Var, windows: &Windows, dropout: f32) -> Var {
        let shape = graph.shape(input);
        let apart = graph.reshape(input, windows.apart(shape.last()));
        let attended = self.attention.forward(graph, apart, windows.kept());
        let attended = graph.reshape(attended, shape);
        let attended = graph.dropout(attended, dropout);
        let sum = graph.sum(&[input, attended], 1.0);
        let middle = self.attention_norm.forward(graph, sum);
        let hidden = self.expand.forward(graph, middle);
        let fed = self.contract.forward(graph, hidden);
        let fed = graph.dropout(fed, dropout);
        let sum = graph.sum(&[middle, fed], 1.0);
        self.output_norm.forward(graph, sum)
    }
}
