//! The scale on which pretrained weights expect an image's levels.

use banyan_data::inputs::ImageSchema;
use banyan_engine::{Graph, Var};

/// Mean and standard deviation of red, green and blue, on the scale 0 to 1.
pub(super) type Scale = [[f32; 3]; 2];

/// Those of the images of ImageNet, as torchvision takes them.
pub(super) const IMAGENET: Scale = [[0.485, 0.456, 0.406], [0.229, 0.224, 0.225]];
/// Levels from -1 to 1, as TensorFlow's image networks take them: less 127, over 128.
pub(super) const SYMMETRIC: Scale = [[127.0 / 255.0; 3], [128.0 / 255.0; 3]];

/// From levels that are standardized by the training images to those that weights expect.
#[derive(Debug)]
pub(super) struct Levels {
    factors: [f32; 3],
    summands: [f32; 3],
}

impl Levels {
    pub(super) fn new(schema: &ImageSchema, [means, stds]: Scale) -> Self {
        let own = |values: &[f64], channel: usize| values[channel % values.len().max(1)];
        let each = |of: &dyn Fn(usize) -> f64| std::array::from_fn(|channel| of(channel) as f32);
        let std = |channel: usize| f64::from(stds[channel]);
        Self {
            factors: each(&|channel| own(&schema.std, channel) / std(channel)),
            summands: each(&|channel| (own(&schema.mean, channel) - f64::from(means[channel])) / std(channel)),
        }
    }

    /// `[rows, height, width, 3]` to the same.
    pub(super) fn forward(&self, graph: &mut Graph<'_>, image: Var) -> Var {
        let rows = graph.shape(image).samples();
        let [factors, summands] = [self.factors, self.summands].map(|values| graph.input([rows, 3], &values.repeat(rows)));
        let product = graph.multiply(image, factors);
        graph.sum(&[product, summands], 1.0)
    }
}
