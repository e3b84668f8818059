//! The sum of what is there.

use super::{Fusion, FusionMethod, FusionPlan, presence};
use crate::view::{Fused, Modality};
use banyan_engine::{Activation, Graph, Var};
use banyan_method::{Method, Settings};
use banyan_nn::{LayerBuilder, Linear};

pub(super) const METHOD: FusionMethod =
    FusionMethod { method: Method::new("sum", "the sum of a projection of each input that is there"), build };

/// `z = Σ_m a_m P_m h_m`, `a_m` 1 where the input is there.
#[derive(Debug)]
struct Sum {
    projections: Vec<Linear>,
}

fn build(builder: &mut LayerBuilder, plan: FusionPlan<'_>, _: &Settings) -> Box<dyn Fusion> {
    let (modalities, width) = (plan.modalities.len(), plan.width);
    let projections = (0..modalities).map(|place| builder.linear(&format!("project{place}"), width, width, Activation::None)).collect();
    Box::new(Sum { projections })
}

impl Fusion for Sum {
    fn forward(&self, graph: &mut Graph<'_>, modalities: &[Modality]) -> Fused {
        let projected: Vec<Var> =
            self.projections.iter().zip(modalities).map(|(projection, modality)| projection.forward(graph, modality.pooled)).collect();
        let present = presence(graph, modalities);
        Fused::context(graph.mixture(present, &projected))
    }
}
