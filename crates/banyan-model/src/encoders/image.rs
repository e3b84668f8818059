//! Images.

use super::{Encoder, EncoderMethod, cnn::Cnn};
use crate::view::{ViewSizes, Views};
use banyan_data::batch::{InputBatch, InputValues};
use banyan_data::schema::InputDetails;
use banyan_engine::Graph;
use banyan_method::Method;
use banyan_nn::LayerBuilder;

pub(super) const METHOD: EncoderMethod = EncoderMethod {
    method: Method::new("image", "3x3 convolutions with pooling, then a layer over the last grid").paper("LeCun et al., Proc. IEEE 1998"),
    build: |builder, plan| {
        let InputDetails::Image { height, width, channels, .. } = plan.details() else { return None };
        Some(Box::new(ImageEncoder::new(builder, [*height, *width, *channels], plan.width, plan.dropout)))
    },
};

/// Convolutions over pixels; offers each stage's grid.
#[derive(Debug)]
pub(super) struct ImageEncoder {
    cnn: Cnn,
}

impl ImageEncoder {
    /// For images of `[height, width, channels]`.
    pub(super) fn new(builder: &mut LayerBuilder, size: [usize; 3], width: usize, dropout: f32) -> Self {
        Self { cnn: Cnn::new(builder, size, width, dropout) }
    }
}

impl Encoder for ImageEncoder {
    fn forward(&self, graph: &mut Graph<'_>, inputs: &[&InputBatch], _: &[Vec<bool>]) -> Views {
        let InputValues::Image { height, width, channels, pixels } = &inputs[0].values else { panic!("an image encoder reads images") };
        let x = graph.input([inputs[0].present.len(), *height, *width, *channels], pixels);
        let (pooled, grids) = self.cnn.forward(graph, x);
        Views { pooled, sequence: None, grids }
    }

    fn sizes(&self) -> ViewSizes {
        ViewSizes { sequence: None, grids: self.cnn.channels().to_vec() }
    }
}
