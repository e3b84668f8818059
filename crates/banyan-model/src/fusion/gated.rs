//! Gated multimodal units.

use super::{Fusion, FusionMethod, side_by_side};
use crate::view::Root;
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

fn build(builder: &mut LayerBuilder, roots: usize, width: usize, _: &Settings) -> Box<dyn Fusion> {
    let gates = if roots == 2 { 1 } else { roots };
    Box::new(Gated {
        values: (0..roots).map(|root| builder.linear(&format!("value{root}"), width, width, Activation::Tanh)).collect(),
        gates: (0..gates).map(|gate| builder.linear(&format!("gate{gate}"), roots * width + roots, width, Activation::Sigmoid)).collect(),
    })
}

impl Fusion for Gated {
    fn forward(&self, graph: &mut Graph<'_>, roots: &[Root]) -> Var {
        let all = side_by_side(graph, roots);
        let values: Vec<Var> = self.values.iter().zip(roots).map(|(layer, root)| layer.forward(graph, root.pooled)).collect();
        let gates: Vec<Var> = self.gates.iter().map(|gate| gate.forward(graph, all)).collect();
        if let ([gate], [first, second]) = (&gates[..], &values[..]) {
            // g u_1 + (1 - g) u_2 = u_2 + g (u_1 - u_2)
            let minus = graph.sum(&[*second], -1.0);
            let difference = graph.sum(&[*first, minus], 1.0);
            let moved = graph.multiply(*gate, difference);
            return graph.sum(&[*second, moved], 1.0);
        }
        let gated: Vec<Var> = gates.into_iter().zip(values).map(|(gate, value)| graph.multiply(gate, value)).collect();
        graph.sum(&gated, 1.0)
    }
}
