//! `segmentation`: a class for each pixel of an image.
//!
//! All levels of the pyramid are brought to the finest one's size and added (Kirillov et al., "Panoptic Feature Pyramid Networks", CVPR 2019). From
//! there the grid grows to that of the first layers, whose details are added on the way, and a last layer scores the classes.

mod loss;

use super::options::BALANCED;
use super::{Chunk, Head, HeadMethod, HeadPlan, Read};
use crate::encoders::conv::Normed;
use crate::error::ModelError;
use banyan_data::labels::Segmentation;
use banyan_data::values::Values;
use banyan_engine::{Activation, Graph, Interpolation, Var};
use banyan_method::{Method, OptionSpec, Range};
use banyan_nn::{Conv2d, LayerBuilder};
use loss::{Costs, of_pixels};

/// Its entry in the table of heads.
pub(super) const HEAD: HeadMethod = HeadMethod::new(
    Method::new("segmentation", "a class for each pixel of an image")
        .paper("Kirillov et al., CVPR 2019")
        .options(&[DICE, LOVASZ, FOCUS, BALANCED]),
    build,
);

const DICE: OptionSpec =
    OptionSpec::number("dice", "the weight of the Dice loss beside the cross-entropy", 0.5, Range::ANY.at_least(0.0).at_most(100.0));
const LOVASZ: OptionSpec = OptionSpec::number(
    "lovasz",
    "the weight of the Lovász-Softmax loss beside the cross-entropy",
    0.0,
    Range::ANY.at_least(0.0).at_most(100.0),
);
const FOCUS: OptionSpec = OptionSpec::number(
    "focus",
    "the power of the focal loss, which gives easy pixels less weight",
    0.0,
    Range::ANY.at_least(0.0).at_most(10.0),
);

#[derive(Debug)]
struct SegmentationHead {
    /// Over the sum of the levels.
    first: Normed,
    /// For each fine grid, from coarse to fine: what brings the grid to its channels, and what brings it in.
    ups: Vec<(Normed, Normed)>,
    last: Normed,
    output: Conv2d,
    classes: usize,
    canvas: [usize; 2],
    weights: Vec<f32>,
    costs: Costs,
}

fn build(builder: &mut LayerBuilder, plan: &HeadPlan<'_>) -> Result<Box<dyn Head>, ModelError> {
    let labels: &Segmentation = plan.labels();
    let sizes = plan.pyramid.cloned().unwrap_or_default();
    let mut channels = sizes.levels.first().map_or(plan.width, |level| level.channels);
    let first = Normed::new(builder, "first", (3, channels, channels), 1, Activation::Relu);
    let mut ups = Vec::new();
    for (place, fine) in sizes.fine.iter().enumerate().rev() {
        let down = Normed::new(builder, &format!("up{place}"), (1, channels, fine.channels), 1, Activation::None);
        let lateral = Normed::new(builder, &format!("fine{place}"), (1, fine.channels, fine.channels), 1, Activation::None);
        ups.push((down, lateral));
        channels = fine.channels;
    }
    let classes = labels.classes.len();
    Ok(Box::new(SegmentationHead {
        first,
        ups,
        last: Normed::new(builder, "last", (3, channels, channels), 1, Activation::Relu),
        output: builder.conv2d("output", (1, 1), channels, classes, Activation::None),
        classes,
        canvas: labels.canvas.size,
        weights: plan.class_weights(),
        costs: Costs {
            dice: plan.settings.number(DICE.name) as f32,
            lovasz: plan.settings.number(LOVASZ.name) as f32,
            focus: plan.settings.number(FOCUS.name) as f32,
        },
    }))
}

/// Height and width of a grid.
fn size(graph: &Graph<'_>, grid: Var) -> (usize, usize) {
    let [_, height, width, _] = *graph.shape(grid).axes() else { unreachable!("a grid has four axes") };
    (height, width)
}

impl Head for SegmentationHead {
    /// `[rows, height, width, classes]`, at the canvas's size.
    fn forward(&self, graph: &mut Graph<'_>, read: &Read, _: &Chunk<'_>) -> Vec<Var> {
        let Some(pyramid) = &read.pyramid else { return Vec::new() };
        let finest = size(graph, pyramid.levels[0]);
        let levels: Vec<Var> = pyramid
            .levels
            .iter()
            .map(|&level| if size(graph, level) == finest { level } else { graph.resize2d(level, finest, Interpolation::Bilinear) })
            .collect();
        let sum = graph.sum(&levels, 1.0);
        let mut x = self.first.forward(graph, sum);
        for ((down, lateral), &fine) in self.ups.iter().zip(pyramid.fine.iter().rev()) {
            let narrow = down.forward(graph, x);
            let larger = graph.resize2d(narrow, size(graph, fine), Interpolation::Bilinear);
            let details = lateral.forward(graph, fine);
            let both = graph.sum(&[larger, details], 1.0);
            x = graph.activate(both, Activation::Relu);
        }
        let x = self.last.forward(graph, x);
        let logits = self.output.forward(graph, x);
        let canvas = (self.canvas[0], self.canvas[1]);
        vec![if size(graph, logits) == canvas { logits } else { graph.resize2d(logits, canvas, Interpolation::Bilinear) }]
    }

    fn losses(&self, graph: &mut Graph<'_>, outputs: &[Var], chunk: &Chunk<'_>, share: f32) -> Vec<Var> {
        let (_, labels) = chunk.target.values.grids_at(0);
        let known = labels.iter().filter(|label| **label != banyan_data::batch::UNKNOWN_CELL).count();
        let (loss, slopes) = of_pixels(graph.value(outputs[0]), labels, self.classes, &self.weights, self.costs);
        // The chunk's part of the pixels of the batch.
        let weight = share * known as f32;
        let weights = vec![weight; slopes.len()];
        vec![graph.pointwise_loss(outputs[0], &weights, |element, _| (if element == 0 { loss as f32 } else { 0.0 }, slopes[element]))]
    }

    /// The most probable class of each pixel.
    fn predict(&self, graph: &Graph<'_>, outputs: &[Var], _: &Chunk<'_>) -> Values {
        let best = |pixel: &[f32]| {
            let better = |best: usize, class: usize| if pixel[class] > pixel[best] { class } else { best };
            (0..pixel.len()).fold(0, better) as u8
        };
        Values::grids(self.canvas, graph.value(outputs[0]).chunks_exact(self.classes).map(best).collect())
    }

    fn predict_nothing(&self, chunk: &Chunk<'_>) -> Values {
        Values::grids(self.canvas, vec![banyan_data::batch::UNKNOWN_CELL; chunk.rows.len() * self.canvas[0] * self.canvas[1]])
    }
}
