//! Lists of numbers of one length.

use super::{Encoder, EncoderMethod};
use crate::blocks::Blocks;
use crate::view::{ViewSizes, Views};
use banyan_data::batch::{InputBatch, InputValues};
use banyan_data::inputs::{InputKind, VectorSchema};
use banyan_engine::{Activation, Graph};
use banyan_method::Method;
use banyan_nn::Linear;

pub(super) const METHOD: EncoderMethod =
    EncoderMethod::of_one(Method::new("vector", "a list of numbers through two layers"), &[InputKind::Vector], |builder, plan| {
        let (numbers, width) = (plan.schema::<VectorSchema>().width(), plan.width);
        Ok(Box::new(VectorEncoder {
            first: builder.linear("first", numbers, width, Activation::Relu),
            second: builder.linear("second", width, width, Activation::Relu),
            width,
            dropout: plan.dropout,
        }))
    });

/// Two layers over a vector.
#[derive(Debug)]
struct VectorEncoder {
    first: Linear,
    second: Linear,
    width: usize,
    dropout: f32,
}

impl Encoder for VectorEncoder {
    fn forward(&self, graph: &mut Graph<'_>, inputs: &[&InputBatch], _: &[Vec<bool>], blocks: &mut Blocks<'_>) -> Views {
        let InputValues::Vector(vectors) = &inputs[0].values else { panic!("a vector encoder reads vectors") };
        let x = graph.input([inputs[0].present.len(), vectors.width], &vectors.values);
        let hidden = self.first.forward(graph, x);
        let hidden = graph.dropout(hidden, self.dropout);
        let hidden = blocks.after(graph, hidden);
        Views::pooled(self.second.forward(graph, hidden))
    }

    fn sizes(&self) -> ViewSizes {
        ViewSizes { blocks: vec![self.width], ..ViewSizes::default() }
    }
}
