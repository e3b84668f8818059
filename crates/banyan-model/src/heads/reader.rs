//! What every head reads: the task's representation, and for a head on a view what stands at each place of it.

use crate::view::View;
use banyan_engine::{Activation, Graph, Var};
use banyan_nn::{LayerBuilder, LayerNorm, Linear};

/// Brings what a head reads to the model's width.
#[derive(Debug)]
pub(crate) struct Reader {
    pub(crate) view: View,
    norm: LayerNorm,
    /// For heads on a sequence or a grid: its features, and the representation that is added to each of its places.
    local: Option<(Linear, Linear)>,
    dropout: f32,
}

impl Reader {
    /// `local_width` is the width of the sequence or grid that the head reads, if it does.
    pub(crate) fn new(builder: &mut LayerBuilder, view: View, width: usize, local_width: Option<usize>, dropout: f32) -> Self {
        let norm = builder.layer_norm("norm", width);
        let local = local_width.map(|local| {
            (
                builder.linear("local", local, width, Activation::None),
                builder.linear_without_bias("context", width, width, Activation::None),
            )
        });
        Self { view, norm, local, dropout }
    }

    /// What the last layers read: the representation, `[rows, width]`, or `[…, width]` at each place of `local`, to which the
    /// representation is added as context.
    pub(crate) fn forward(&self, graph: &mut Graph<'_>, representation: Var, local: Option<Var>) -> Var {
        let read = match (&self.local, local) {
            (Some((project, context)), Some(local)) => {
                let places = project.forward(graph, local);
                let context = context.forward(graph, representation);
                let both = graph.sum(&[places, context], 1.0);
                graph.activate(both, Activation::Gelu)
            }
            (None, _) | (_, None) => representation,
        };
        let normed = self.norm.forward(graph, read);
        graph.dropout(normed, self.dropout)
    }
}
