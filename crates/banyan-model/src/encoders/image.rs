//! Images.

use super::{Encoder, cnn::Cnn};
use crate::view::{ViewSizes, Views};
use banyan_data::batch::{InputBatch, InputValues};
use banyan_engine::Graph;
use banyan_nn::LayerBuilder;

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
