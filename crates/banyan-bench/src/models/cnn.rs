//! 3×3 convolutions with ReLU, the maximum over 2×2 after all but the last, and the mean over what is left of the picture.

use crate::plan::Plan;
use banyan_engine::{Activation, Graph, Var};
use banyan_nn::{Conv2d, LayerBuilder};

#[derive(Debug)]
pub(crate) struct Cnn {
    side: usize,
    layers: Vec<Conv2d>,
}

impl Cnn {
    pub(crate) fn new(builder: &mut LayerBuilder, plan: &Plan) -> Self {
        let channels = |layer: usize| if layer == 0 { 3 } else { plan.width << (layer - 1) };
        let conv = |layer: usize| builder.conv2d(&layer.to_string(), (3, 3), channels(layer), channels(layer + 1), Activation::Relu);
        let layers = (0..plan.layers).map(conv).collect();
        Self { side: plan.inputs, layers }
    }

    /// `[samples, channels of the last layer]`
    pub(crate) fn forward(&self, graph: &mut Graph<'_>, values: &[f32]) -> Var {
        let mut grid = graph.input([values.len() / (self.side * self.side * 3), self.side, self.side, 3], values);
        for (index, layer) in self.layers.iter().enumerate() {
            grid = layer.forward(graph, grid);
            if index + 1 < self.layers.len() {
                grid = graph.max_pool2d(grid, (2, 2));
            }
        }
        graph.mean_pool(grid, &[])
    }
}
