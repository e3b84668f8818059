//! Images.

use super::conv::from_scratch_only;
use super::convolutions::Convolutions;
use super::{Encoder, EncoderMethod, Meeting};
use crate::blocks::Blocks;
use crate::view::{ViewSizes, Views};
use banyan_data::batch::{InputBatch, InputValues};
use banyan_data::inputs::{ImageSchema, InputKind};
use banyan_engine::Graph;
use banyan_method::Method;

pub(super) const METHOD: EncoderMethod = EncoderMethod {
    method: Method::new("image", "3x3 convolutions with pooling, then a layer over the last grid").paper("LeCun et al., Proc. IEEE 1998"),
    reads: &[InputKind::Image],
    meeting: Meeting::One,
    check: from_scratch_only,
    build: |builder, plan| {
        let ImageSchema { height, width, channels, .. } = *plan.schema();
        let convolutions = Convolutions::new(builder, [height, width, channels], plan.width, plan.dropout);
        Ok(Box::new(ImageEncoder { convolutions, pixels: height * width }))
    },
};

/// Convolutions over pixels; offers each stage's grid.
#[derive(Debug)]
struct ImageEncoder {
    convolutions: Convolutions,
    /// Of an image.
    pixels: usize,
}

impl Encoder for ImageEncoder {
    fn forward(&self, graph: &mut Graph<'_>, inputs: &[&InputBatch], _: &[Vec<bool>], blocks: &mut Blocks<'_>) -> Views {
        let InputValues::Image(images) = &inputs[0].values else { panic!("an image encoder reads images") };
        let x = graph.input([inputs[0].present.len(), images.height, images.width, images.channels], &images.pixels);
        let (pooled, grids) = self.convolutions.forward(graph, x, blocks);
        Views { grids, ..Views::pooled(pooled) }
    }

    fn sizes(&self) -> ViewSizes {
        ViewSizes { grids: self.convolutions.channels().to_vec(), blocks: self.convolutions.channels().to_vec(), ..ViewSizes::default() }
    }

    fn cells(&self) -> usize {
        self.pixels
    }
}
