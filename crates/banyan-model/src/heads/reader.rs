//! What every head reads: the task's representation, and for a head on a view what stands at each place of it.

use crate::view::{Pyramid, PyramidSizes, View};
use banyan_engine::{Activation, Graph, Var};
use banyan_nn::{LayerBuilder, LayerNorm, Linear};

/// What a head reads of a chunk.
#[derive(Debug, Clone)]
pub struct Read {
    /// The task's representation, `[rows, width]`, or for a head on a sequence or grid what stands at each of its places, `[…, width]`.
    pub values: Var,
    /// For a head on a pyramid its grids, modulated by the representation.
    pub pyramid: Option<Pyramid>,
}

/// The places of a view, as it comes from an encoder.
#[derive(Debug, Clone)]
pub(crate) enum Local {
    None,
    Values(Var),
    Pyramid(Pyramid),
}

/// The sizes of the places of a view.
#[derive(Debug, Clone)]
pub(crate) enum Place {
    None,
    /// The width of a sequence or grid.
    Values(usize),
    Pyramid(PyramidSizes),
}

/// Brings what a head reads to the model's width.
#[derive(Debug)]
pub(crate) struct Reader {
    pub(crate) view: View,
    norm: LayerNorm,
    kind: Kind,
    dropout: f32,
}

#[derive(Debug)]
enum Kind {
    Pooled,
    /// The features of each place, and the representation that is added to each.
    Values(Linear, Linear),
    /// Factor and summand of each feature of the levels (FiLM: Perez et al., "Visual Reasoning with a General Conditioning Layer", AAAI 2018).
    Modulated(Linear, Linear),
}

impl Reader {
    pub(crate) fn new(builder: &mut LayerBuilder, view: View, width: usize, place: &Place, dropout: f32) -> Self {
        let norm = builder.layer_norm("norm", width);
        let kind = match place {
            Place::None => Kind::Pooled,
            Place::Values(local) => Kind::Values(
                builder.linear("local", *local, width, Activation::None),
                builder.linear_without_bias("context", width, width, Activation::None),
            ),
            Place::Pyramid(sizes) => {
                let channels = sizes.levels.first().map_or(0, |level| level.channels);
                // Nothing is changed at first.
                Kind::Modulated(builder.linear_of_zeros("factor", width, channels), builder.linear_of_zeros("summand", width, channels))
            }
        };
        Self { view, norm, kind, dropout }
    }

    /// What the last layers read: the representation, `[rows, width]`; or `[…, width]` at each place of a sequence or grid, to which the
    /// representation is added as context; or a pyramid `x (1 + factor) + summand`, both of the representation.
    pub(crate) fn forward(&self, graph: &mut Graph<'_>, representation: Var, local: Local) -> Read {
        let (values, pyramid) = match (&self.kind, local) {
            (Kind::Values(project, context), Local::Values(local)) => {
                let places = project.forward(graph, local);
                let context = context.forward(graph, representation);
                let both = graph.sum(&[places, context], 1.0);
                (graph.activate(both, Activation::Gelu), None)
            }
            (_, Local::Pyramid(pyramid)) => (representation, Some(pyramid)),
            _ => (representation, None),
        };
        let normed = self.norm.forward(graph, values);
        let values = graph.dropout(normed, self.dropout);
        let pyramid = pyramid.map(|pyramid| match &self.kind {
            Kind::Modulated(factor, summand) => {
                let (factor, summand) = (factor.forward(graph, values), summand.forward(graph, values));
                let modulate = |level: &Var| {
                    let product = graph.multiply(*level, factor);
                    graph.sum(&[product, *level, summand], 1.0)
                };
                Pyramid { levels: pyramid.levels.iter().map(modulate).collect(), ..pyramid }
            }
            Kind::Pooled | Kind::Values(..) => pyramid,
        });
        Read { values, pyramid }
    }
}
