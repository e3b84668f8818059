//! Fully connected layers with ReLU.

use crate::plan::Plan;
use banyan_engine::{Activation, Graph, Var};
use banyan_nn::{LayerBuilder, Linear};

#[derive(Debug)]
pub(crate) struct Mlp {
    inputs: usize,
    layers: Vec<Linear>,
}

impl Mlp {
    pub(crate) fn new(builder: &mut LayerBuilder, plan: &Plan) -> Self {
        let inputs = |layer| if layer == 0 { plan.inputs } else { plan.width };
        let layers =
            (0..plan.layers).map(|layer| builder.linear(&layer.to_string(), inputs(layer), plan.width, Activation::Relu)).collect();
        Self { inputs: plan.inputs, layers }
    }

    /// `[samples, width]`
    pub(crate) fn forward(&self, graph: &mut Graph<'_>, values: &[f32]) -> Var {
        let input = graph.input([values.len() / self.inputs, self.inputs], values);
        self.layers.iter().fold(input, |value, layer| layer.forward(graph, value))
    }
}
