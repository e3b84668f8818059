//! Side by side, then a layer.

use super::{Fusion, FusionMethod, side_by_side};
use crate::view::Root;
use banyan_engine::{Activation, Graph, Var};
use banyan_method::{Method, Settings};
use banyan_nn::{LayerBuilder, Linear};

pub(super) const METHOD: FusionMethod =
    FusionMethod { method: Method::new("concat", "all inputs side by side (and which are there), then a layer"), build };

/// `z = relu(W [h_1; …; h_M; a] + b)`, `a` the availabilities.
#[derive(Debug)]
struct Concat {
    layer: Linear,
}

fn build(builder: &mut LayerBuilder, roots: usize, width: usize, _: &Settings) -> Box<dyn Fusion> {
    Box::new(Concat { layer: builder.linear("concat", roots * width + roots, width, Activation::Relu) })
}

impl Fusion for Concat {
    fn forward(&self, graph: &mut Graph<'_>, roots: &[Root]) -> Var {
        let all = side_by_side(graph, roots);
        self.layer.forward(graph, all)
    }
}
