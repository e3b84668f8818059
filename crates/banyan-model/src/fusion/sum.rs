//! The sum of what is there.

use super::{Fusion, FusionMethod, presence};
use crate::view::Root;
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

fn build(builder: &mut LayerBuilder, roots: usize, width: usize, _: &Settings) -> Box<dyn Fusion> {
    let projections = (0..roots).map(|root| builder.linear(&format!("project{root}"), width, width, Activation::None)).collect();
    Box::new(Sum { projections })
}

impl Fusion for Sum {
    fn forward(&self, graph: &mut Graph<'_>, roots: &[Root]) -> Var {
        let projected: Vec<Var> =
            self.projections.iter().zip(roots).map(|(projection, root)| projection.forward(graph, root.pooled)).collect();
        let present = presence(graph, roots);
        graph.mixture(present, &projected)
    }
}
