//! A weight for each input that is there.

use super::{Fusion, FusionMethod, FusionPlan, side_by_side};
use crate::view::{Fused, Modality};
use banyan_engine::{Activation, Graph, Var};
use banyan_method::{Method, Settings};
use banyan_nn::{LayerBuilder, Linear};

pub(super) const METHOD: FusionMethod = FusionMethod {
    method: Method::new("attention", "a softmax weight for each input that is there, computed from all inputs")
        .paper("Singh et al., CVPR 2022 (FLAVA's library, TorchMultimodal)"),
    build,
};

/// `α = softmax(W [h_1; …; h_M; a] + b)` over the inputs that are there, `z = Σ_m α_m P_m h_m`.
#[derive(Debug)]
struct Attention {
    scores: Linear,
    projections: Vec<Linear>,
}

fn build(builder: &mut LayerBuilder, plan: FusionPlan<'_>, _: &Settings) -> Box<dyn Fusion> {
    let (modalities, width) = (plan.modalities.len(), plan.width);
    Box::new(Attention {
        scores: builder.linear("scores", modalities * (width + 1), modalities, Activation::None),
        projections: (0..modalities).map(|place| builder.linear(&format!("project{place}"), width, width, Activation::None)).collect(),
    })
}

impl Fusion for Attention {
    fn forward(&self, graph: &mut Graph<'_>, modalities: &[Modality]) -> Fused {
        let all = side_by_side(graph, modalities);
        let scores = self.scores.forward(graph, all);
        let rows = modalities[0].present.len();
        let keep: Vec<bool> = (0..rows).flat_map(|row| modalities.iter().map(move |modality| modality.present[row])).collect();
        let weights = graph.softmax(scores, &keep);
        let projected: Vec<Var> =
            self.projections.iter().zip(modalities).map(|(projection, modality)| projection.forward(graph, modality.pooled)).collect();
        Fused::context(graph.mixture(weights, &projected))
    }
}
