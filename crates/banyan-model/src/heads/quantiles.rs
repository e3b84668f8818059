//! `quantiles`: an output for each level.

use super::start::set_bias;
use super::{Chunk, Head, HeadMethod, HeadPlan, Read};
use crate::error::ModelError;
use banyan_data::labels::Quantiles;
use banyan_data::values::Values;
use banyan_engine::{Activation, Graph, Parameters, Var};
use banyan_method::Method;
use banyan_nn::{LayerBuilder, Linear};

/// Its entry in the table of heads.
pub(super) const HEAD: HeadMethod = HeadMethod::new(
    Method::new("quantiles", "quantiles of a number, and with them a prediction interval").paper("Koenker and Bassett, Econometrica 1978"),
    build,
);

/// The pinball loss of each level, of which a row's loss is the mean. Predictions are put into rising order, which makes none of them worse
/// (Chernozhukov, Fernández-Val and Galichon, Econometrica 2010): quantiles do not cross.
#[derive(Debug)]
struct QuantilesHead {
    output: Linear,
    levels: Vec<f32>,
    /// The quantiles of the standardized training labels.
    start: Vec<f32>,
}

fn build(builder: &mut LayerBuilder, plan: &HeadPlan<'_>) -> Result<Box<dyn Head>, ModelError> {
    let labels: &Quantiles = plan.labels();
    Ok(Box::new(QuantilesHead {
        output: builder.linear("output", plan.width, labels.levels.len(), Activation::None),
        levels: labels.levels.iter().map(|&level| level as f32).collect(),
        start: labels.training.iter().map(|quantile| ((quantile - labels.number.mean) / labels.number.std) as f32).collect(),
    }))
}

/// The cost of a quantile, and its derivative by the quantile.
fn pinball(level: f32, quantile: f32, value: f32) -> (f32, f32) {
    if value >= quantile { (level * (value - quantile), -level) } else { ((1.0 - level) * (quantile - value), 1.0 - level) }
}

impl Head for QuantilesHead {
    fn forward(&self, graph: &mut Graph<'_>, read: &Read, _: &Chunk<'_>) -> Vec<Var> {
        vec![self.output.forward(graph, read.values)]
    }

    fn losses(&self, graph: &mut Graph<'_>, outputs: &[Var], chunk: &Chunk<'_>, share: f32) -> Vec<Var> {
        let (_, values) = chunk.target.values.numbers_at(0);
        let count = self.levels.len();
        let rows = chunk.row_weights(share / count as f32, &[], &[]);
        let weights: Vec<f32> = rows.into_iter().flat_map(|weight| std::iter::repeat_n(weight, count)).collect();
        vec![
            graph.pointwise_loss(outputs[0], &weights, |place, quantile| {
                pinball(self.levels[place % count], quantile, values[place / count])
            }),
        ]
    }

    /// The quantiles of the standardized number, rising.
    fn predict(&self, graph: &Graph<'_>, outputs: &[Var], _: &Chunk<'_>) -> Values {
        let mut quantiles = graph.value(outputs[0]).to_vec();
        quantiles.chunks_exact_mut(self.levels.len()).for_each(|row| row.sort_by(f32::total_cmp));
        Values::numbers(self.levels.len(), quantiles)
    }

    fn predict_nothing(&self, _: &Chunk<'_>) -> Values {
        Values::numbers(self.levels.len(), Vec::new())
    }

    /// The quantiles of the training labels.
    fn start_from_frequencies(&self, parameters: &mut Parameters) {
        set_bias(parameters, &self.output, &self.start);
    }
}

#[cfg(test)]
mod tests {
    use super::pinball;

    #[test]
    fn too_small_costs_the_level_and_too_large_the_rest() {
        assert_eq!(pinball(0.75, 1.0, 3.0), (1.5, -0.75));
        assert_eq!(pinball(0.75, 3.0, 1.0), (0.5, 0.25));
    }
}
