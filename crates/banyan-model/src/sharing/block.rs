//! The layer that trunks and experts are made of.

use banyan_engine::{Activation, Graph, ParameterId, Var};
use banyan_nn::{LayerBuilder, LayerNorm, Linear};

/// `x + W_2 gelu(W_1 norm(x))`: a residual layer with a normalized branch (He et al., 2016; for tables
/// Gorishniy et al., NeurIPS 2021).
#[derive(Debug, Clone, Copy)]
pub(super) struct Block {
    norm: LayerNorm,
    first: Linear,
    second: Linear,
    dropout: f32,
}

impl Block {
    pub(super) fn new(builder: &mut LayerBuilder, name: &str, width: usize, dropout: f32) -> Self {
        builder.within(name, |b| Self {
            norm: b.layer_norm("norm", width),
            first: b.linear("first", width, 2 * width, Activation::Gelu),
            second: b.linear("second", 2 * width, width, Activation::None),
            dropout,
        })
    }

    pub(super) fn forward(&self, graph: &mut Graph<'_>, x: Var) -> Var {
        let normed = self.norm.forward(graph, x);
        let hidden = self.first.forward(graph, normed);
        let hidden = graph.dropout(hidden, self.dropout);
        let branch = self.second.forward(graph, hidden);
        graph.sum(&[x, branch], 1.0)
    }

    /// Every parameter, in a fixed order.
    pub(super) fn parameters(&self) -> Vec<ParameterId> {
        let layers = [self.first, self.second];
        layers.iter().flat_map(|layer| [Some(layer.weight), layer.bias]).flatten().chain([self.norm.gain, self.norm.bias]).collect()
    }
}
