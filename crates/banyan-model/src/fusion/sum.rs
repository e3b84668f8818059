//! The sum of what is there.

use super::{Fusion, presence};
use crate::error::ModelError;
use crate::method::{Choice, MethodInfo};
use crate::view::Root;
use banyan_engine::{Activation, Graph, Var};
use banyan_nn::{LayerBuilder, Linear};

pub(super) const INFO: MethodInfo =
    MethodInfo { name: "sum", summary: "the sum of a projection of each input that is there", paper: "", options: &[] };

/// `z = Σ_m a_m P_m h_m`, `a_m` 1 where the input is there.
#[derive(Debug)]
struct Sum {
    projections: Vec<Linear>,
}

pub(super) fn build(builder: &mut LayerBuilder, roots: usize, width: usize, _: &Choice<'_>) -> Result<Box<dyn Fusion>, ModelError> {
    let projections = (0..roots).map(|root| builder.linear(&format!("project{root}"), width, width, Activation::None)).collect();
    Ok(Box::new(Sum { projections }))
}

impl Fusion for Sum {
    fn forward(&self, graph: &mut Graph<'_>, roots: &[Root]) -> Var {
        let projected: Vec<Var> =
            self.projections.iter().zip(roots).map(|(projection, root)| projection.forward(graph, root.pooled)).collect();
        let present = presence(graph, roots);
        graph.mixture(present, &projected)
    }
}
