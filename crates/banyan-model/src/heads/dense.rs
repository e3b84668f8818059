//! `dense`: a number for each pixel of an image. The layers are those of [`pixels`](super::pixels).

use super::pixels::PixelDecoder;
use super::{Chunk, Head, HeadMethod, HeadPlan, Read};
use crate::error::ModelError;
use banyan_data::labels::Dense;
use banyan_data::values::Values;
use banyan_engine::{Graph, Residual, Var};
use banyan_method::{Method, OptionSpec, Range};
use banyan_nn::LayerBuilder;

/// Its entry in the table of heads.
pub(super) const HEAD: HeadMethod =
    HeadMethod::new(Method::new("dense", "a number for each pixel of an image, such as a depth").options(&[HUBER]), build);

const HUBER: OptionSpec = OptionSpec::number(
    "huber",
    "errors beyond so many standard deviations cost in proportion, not by their square; 0 for squares",
    0.0,
    Range::ANY.at_least(0.0),
);

#[derive(Debug)]
struct DenseHead {
    decoder: PixelDecoder,
    canvas: [usize; 2],
    residual: Residual,
}

fn build(builder: &mut LayerBuilder, plan: &HeadPlan<'_>) -> Result<Box<dyn Head>, ModelError> {
    let labels: &Dense = plan.labels();
    let delta = plan.settings.number(HUBER.name) as f32;
    Ok(Box::new(DenseHead {
        decoder: PixelDecoder::new(builder, plan, labels.canvas.size, 1),
        canvas: labels.canvas.size,
        residual: if delta > 0.0 { Residual::Huber(delta) } else { Residual::Square },
    }))
}

impl Head for DenseHead {
    /// `[rows, height, width, 1]`, at the canvas's size, in standard deviations.
    fn forward(&self, graph: &mut Graph<'_>, read: &Read, _: &Chunk<'_>) -> Vec<Var> {
        self.decoder.forward(graph, read)
    }

    fn losses(&self, graph: &mut Graph<'_>, outputs: &[Var], chunk: &Chunk<'_>, share: f32) -> Vec<Var> {
        let ((_, numbers), (_, known)) = (chunk.target.values.numbers_at(0), chunk.target.values.grids_at(1));
        let weights: Vec<f32> = known.iter().map(|known| share * f32::from(*known)).collect();
        vec![graph.regression_loss(outputs[0], numbers, &weights, self.residual)]
    }

    fn predict(&self, graph: &Graph<'_>, outputs: &[Var], _: &Chunk<'_>) -> Values {
        Values::numbers(self.canvas[0] * self.canvas[1], graph.value(outputs[0]).to_vec())
    }

    fn predict_nothing(&self, chunk: &Chunk<'_>) -> Values {
        let cells = self.canvas[0] * self.canvas[1];
        Values::numbers(cells, vec![0.0; chunk.rows.len() * cells])
    }
}
