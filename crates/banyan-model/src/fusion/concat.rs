//! Side by side, then a layer.

use super::{Fusion, FusionMethod, FusionPlan, side_by_side};
use crate::view::{Fused, Modality};
use banyan_engine::{Activation, Graph};
use banyan_method::{Method, Settings};
use banyan_nn::{LayerBuilder, Linear};

pub(super) const METHOD: FusionMethod =
    FusionMethod { method: Method::new("concat", "all inputs side by side (and which are there), then a layer"), build };

/// `z = relu(W [h_1; …; h_M; a] + b)`, `a` the availabilities.
#[derive(Debug)]
struct Concat {
    layer: Linear,
}

fn build(builder: &mut LayerBuilder, plan: FusionPlan<'_>, _: &Settings) -> Box<dyn Fusion> {
    let (modalities, width) = (plan.modalities.len(), plan.width);
    Box::new(Concat { layer: builder.linear("concat", modalities * (width + 1), width, Activation::Relu) })
}

impl Fusion for Concat {
    fn forward(&self, graph: &mut Graph<'_>, modalities: &[Modality]) -> Fused {
        let all = side_by_side(graph, modalities);
        Fused::context(self.layer.forward(graph, all))
    }
}
