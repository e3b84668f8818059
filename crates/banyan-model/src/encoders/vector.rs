//! Lists of numbers of one length.

use super::{Encoder, EncoderMethod};
use crate::view::{ViewSizes, Views};
use banyan_data::batch::{InputBatch, InputValues};
use banyan_data::schema::InputDetails;
use banyan_engine::{Activation, Graph};
use banyan_method::Method;
use banyan_nn::{LayerBuilder, Linear};

pub(super) const METHOD: EncoderMethod = EncoderMethod {
    method: Method::new("vector", "a list of numbers through two layers"),
    build: |builder, plan| {
        let InputDetails::Vector { mean, .. } = plan.details() else { return None };
        Some(Box::new(VectorEncoder::new(builder, mean.len(), plan.width, plan.dropout)))
    },
};

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
