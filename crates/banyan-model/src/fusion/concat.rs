//! Side by side, then a layer.

use super::{Fusion, side_by_side};
use crate::error::ModelError;
use crate::method::{Choice, MethodInfo};
use crate::view::Root;
use banyan_engine::{Activation, Graph, Var};
use banyan_nn::{LayerBuilder, Linear};

pub(super) const INFO: MethodInfo =
    MethodInfo { name: "concat", summary: "all inputs side by side (and which are there), then a layer", paper: "", options: &[] };

/// `z = relu(W [h_1; …; h_M; a] + b)`, `a` the availabilities.
#[derive(Debug)]
struct Concat {
    layer: Linear,
}

pub(super) fn build(builder: &mut LayerBuilder, roots: usize, width: usize, _: &Choice<'_>) -> Result<Box<dyn Fusion>, ModelError> {
    Ok(Box::new(Concat { layer: builder.linear("concat", roots * width + roots, width, Activation::Relu) }))
}

impl Fusion for Concat {
    fn forward(&self, graph: &mut Graph<'_>, roots: &[Root]) -> Var {
        let all = side_by_side(graph, roots);
        self.layer.forward(graph, all)
    }
}
