//! A weight for each input that is there.

use super::{Fusion, FusionMethod, side_by_side};
use crate::view::Root;
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

fn build(builder: &mut LayerBuilder, roots: usize, width: usize, _: &Settings) -> Box<dyn Fusion> {
    Box::new(Attention {
        scores: builder.linear("scores", roots * width + roots, roots, Activation::None),
        projections: (0..roots).map(|root| builder.linear(&format!("project{root}"), width, width, Activation::None)).collect(),
    })
}

impl Fusion for Attention {
    fn forward(&self, graph: &mut Graph<'_>, roots: &[Root]) -> Var {
        let all = side_by_side(graph, roots);
        let scores = self.scores.forward(graph, all);
        let rows = roots[0].present.len();
        let keep: Vec<bool> = (0..rows).flat_map(|row| roots.iter().map(move |root| root.present[row])).collect();
        let weights = graph.softmax(scores, &keep);
        let projected: Vec<Var> =
            self.projections.iter().zip(roots).map(|(projection, root)| projection.forward(graph, root.pooled)).collect();
        graph.mixture(weights, &projected)
    }
}
