//! `segmentation`: a class for each pixel of an image.
//!
//! The layers are those of [`pixels`](super::pixels).

mod loss;

use super::options::BALANCED;
use super::pixels::PixelDecoder;
use super::slopes::loss_of_slopes;
use super::{Chunk, Head, HeadMethod, HeadPlan, Read};
use crate::error::ModelError;
use banyan_data::batch::UNKNOWN_CELL;
use banyan_data::labels::Segmentation;
use banyan_data::values::Values;
use banyan_engine::{Graph, Var};
use banyan_method::{Method, OptionSpec, Range};
use banyan_nn::LayerBuilder;
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
    decoder: PixelDecoder,
    classes: usize,
    canvas: [usize; 2],
    weights: Vec<f32>,
    costs: Costs,
}

fn build(builder: &mut LayerBuilder, plan: &HeadPlan<'_>) -> Result<Box<dyn Head>, ModelError> {
    let labels: &Segmentation = plan.labels();
    let classes = labels.classes.len();
    Ok(Box::new(SegmentationHead {
        decoder: PixelDecoder::new(builder, plan, labels.canvas.size, classes),
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

impl Head for SegmentationHead {
    /// `[rows, height, width, classes]`, at the canvas's size.
    fn forward(&self, graph: &mut Graph<'_>, read: &Read, _: &Chunk<'_>) -> Vec<Var> {
        self.decoder.forward(graph, read)
    }

    fn losses(&self, graph: &mut Graph<'_>, outputs: &[Var], chunk: &Chunk<'_>, share: f32) -> Vec<Var> {
        let (_, labels) = chunk.target.values.grids_at(0);
        let known = labels.iter().filter(|label| **label != UNKNOWN_CELL).count();
        let (loss, slopes) = of_pixels(graph.value(outputs[0]), labels, self.classes, &self.weights, self.costs);
        // The chunk's part of the pixels of the batch.
        vec![loss_of_slopes(graph, outputs[0], loss, &slopes, share * known as f32)]
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
        Values::grids(self.canvas, vec![UNKNOWN_CELL; chunk.rows.len() * self.canvas[0] * self.canvas[1]])
    }
}
