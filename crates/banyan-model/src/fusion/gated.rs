//! Gated multimodal units.

use super::{Fusion, FusionMethod, FusionPlan, side_by_side};
use crate::view::{Fused, Modality};
use banyan_engine::{Activation, Graph, Var};
use banyan_method::{Method, Settings};
use banyan_nn::{LayerBuilder, Linear};

pub(super) const METHOD: FusionMethod = FusionMethod {
    method: Method::new("gated", "a gate for each input and feature, computed from all inputs (GMU)")
        .paper("Arevalo et al., ICLR workshop 2017"),
    build,
};

/// `u_m = tanh(W_m h_m)`, `g_m = σ(V_m [h_1; …; h_M; a])`, `z = Σ_m g_m ⊙ u_m`; for two inputs one gate,
/// `z = g ⊙ u_1 + (1 - g) ⊙ u_2`. The availabilities `a` are Banyan's addition.
#[derive(Debug)]
struct Gated {
    values: Vec<Linear>,
    gates: Vec<Linear>,
}

fn build(builder: &mut LayerBuilder, plan: FusionPlan<'_>, _: &Settings) -> Box<dyn Fusion> {
    let (modalities, width) = (plan.modalities.len(), plan.width);
    let gates = if modalities == 2 { 1 } else { modalities };
    Box::new(Gated {
        values: (0..modalities).map(|place| builder.linear(&format!("value{place}"), width, width, Activation::Tanh)).collect(),
        gates: (0..gates)
            .map(|gate| builder.linear(&format!("gate{gate}"), modalities * (width + 1), width, Activation::Sigmoid))
            .collect(),
    })
}

impl Fusion for Gated {
    fn forward(&self, graph: &mut Graph<'_>, modalities: &[Modality]) -> Fused {
        let all = side_by_side(graph, modalities);
        let values: Vec<Var> = self.values.iter().zip(modalities).map(|(layer, modality)| layer.forward(graph, modality.pooled)).collect();
        let gates: Vec<Var> = self.gates.iter().map(|gate| gate.forward(graph, all)).collect();
        if let ([gate], [first, second]) = (&gates[..], &values[..]) {
            // g u_1 + (1 - g) u_2 = u_2 + g (u_1 - u_2)
            let minus = graph.sum(&[*second], -1.0);
            let difference = graph.sum(&[*first, minus], 1.0);
            let moved = graph.multiply(*gate, difference);
            return Fused::context(graph.sum(&[*second, moved], 1.0));
        }
        let gated: Vec<Var> = gates.into_iter().zip(values).map(|(gate, value)| graph.multiply(gate, value)).collect();
        Fused::context(graph.sum(&gated, 1.0))
    }
}
