//! From a pyramid to outputs at every pixel, which heads on pixels share.
//!
//! All levels of the pyramid are brought to the finest one's size and added (Kirillov et al., "Panoptic Feature Pyramid Networks", CVPR 2019). From
//! there the grid grows to that of the first layers, whose details are added on the way, and a last layer gives the outputs.

use super::{HeadPlan, Read};
use crate::encoders::conv::{Norm, Normed};
use banyan_engine::{Activation, Graph, Interpolation, Var};
use banyan_nn::{Conv2d, LayerBuilder};

/// The layers between a pyramid and outputs at every pixel.
#[derive(Debug)]
pub(super) struct PixelDecoder {
    /// Over the sum of the levels.
    first: Normed,
    /// For each fine grid, from coarse to fine: what brings the coarser grid to its channels, and what brings it in.
    ups: Vec<(Normed, Normed)>,
    last: Normed,
    pub(super) output: Conv2d,
    canvas: [usize; 2],
}

impl PixelDecoder {
    pub(super) fn new(builder: &mut LayerBuilder, plan: &HeadPlan<'_>, canvas: [usize; 2], outputs: usize) -> Self {
        let sizes = plan.pyramid.cloned().unwrap_or_default();
        let mut channels = sizes.levels.first().map_or(plan.width, |level| level.channels);
        let first = Normed::new(builder, "first", (3, channels, channels), 1, (Norm::Batch, Activation::Relu));
        let mut ups = Vec::new();
        for (place, fine) in sizes.fine.iter().enumerate().rev() {
            let down = Normed::new(builder, &format!("up{place}"), (1, channels, fine.channels), 1, (Norm::Batch, Activation::None));
            let lateral =
                Normed::new(builder, &format!("fine{place}"), (1, fine.channels, fine.channels), 1, (Norm::Batch, Activation::None));
            ups.push((down, lateral));
            channels = fine.channels;
        }
        let last = Normed::new(builder, "last", (3, channels, channels), 1, (Norm::Batch, Activation::Relu));
        Self { first, ups, last, output: builder.conv2d("output", (1, 1), channels, outputs, Activation::None), canvas }
    }

    /// `[rows, height, width, outputs]`, at the canvas's size; nothing where there is no pyramid.
    pub(super) fn forward(&self, graph: &mut Graph<'_>, read: &Read) -> Vec<Var> {
        let Some(pyramid) = &read.pyramid else { return Vec::new() };
        let (finest, present) = (size(graph, pyramid.levels[0]), &pyramid.present);
        let mut levels = Vec::with_capacity(pyramid.levels.len());
        for &level in &pyramid.levels {
            levels.push(if size(graph, level) == finest { level } else { graph.resize2d(level, finest, Interpolation::Bilinear) });
        }
        let sum = graph.sum(&levels, 1.0);
        let mut x = self.first.forward(graph, sum, present);
        for ((down, lateral), &fine) in self.ups.iter().zip(pyramid.fine.iter().rev()) {
            let narrow = down.forward(graph, x, present);
            let larger = graph.resize2d(narrow, size(graph, fine), Interpolation::Bilinear);
            let details = lateral.forward(graph, fine, present);
            let both = graph.sum(&[larger, details], 1.0);
            x = graph.activate(both, Activation::Relu);
        }
        let x = self.last.forward(graph, x, present);
        let outputs = self.output.forward(graph, x);
        let canvas = (self.canvas[0], self.canvas[1]);
        vec![if size(graph, outputs) == canvas { outputs } else { graph.resize2d(outputs, canvas, Interpolation::Bilinear) }]
    }
}

/// Height and width of a grid.
fn size(graph: &Graph<'_>, grid: Var) -> (usize, usize) {
    let [_, height, width, _] = *graph.shape(grid).axes() else { unreachable!("a grid has four axes") };
    (height, width)
}
