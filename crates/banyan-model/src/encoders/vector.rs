//! Lists of numbers of one length.

use super::Encoder;
use crate::view::{ViewSizes, Views};
use banyan_data::batch::{InputBatch, InputValues};
use banyan_engine::{Activation, Graph};
use banyan_nn::{LayerBuilder, Linear};

/// Two layers over a vector.
#[derive(Debug)]
pub(super) struct VectorEncoder {
    first: Linear,
    second: Linear,
    dropout: f32,
}

impl VectorEncoder {
    /// For vectors of `inputs` numbers.
    pub(super) fn new(builder: &mut LayerBuilder, inputs: usize, width: usize, dropout: f32) -> Self {
        Self {
            first: builder.linear("first", inputs, width, Activation::Relu),
            second: builder.linear("second", width, width, Activation::Relu),
            dropout,
        }
    }
}

impl Encoder for VectorEncoder {
    fn forward(&self, graph: &mut Graph<'_>, inputs: &[&InputBatch], _: &[Vec<bool>]) -> Views {
        let InputValues::Dense { width, values } = &inputs[0].values else { panic!("a vector encoder reads vectors") };
        let x = graph.input([inputs[0].present.len(), *width], values);
        let hidden = self.first.forward(graph, x);
        let hidden = graph.dropout(hidden, self.dropout);
        Views { pooled: self.second.forward(graph, hidden), sequence: None, grids: Vec::new() }
    }

    fn sizes(&self) -> ViewSizes {
        ViewSizes::default()
    }
}
