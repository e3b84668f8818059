//! `regression`: one standardized number.

use super::{Chunk, Head, HeadMethod, HeadPlan, Read};
use crate::error::ModelError;
use banyan_data::values::Values;
use banyan_engine::{Activation, Graph, Residual, Var};
use banyan_method::{Method, OptionKind, OptionSpec, Range};
use banyan_nn::{LayerBuilder, Linear};

/// Its entry in the table of heads.
pub(super) const HEAD: HeadMethod = HeadMethod::new(Method::new("regression", "a number").options(&[HUBER]), build);

/// The width of the squared part of Huber's loss.
const HUBER: OptionSpec = OptionSpec::optional(
    "huber",
    "where the loss turns from squared to absolute, in standard deviations of the label",
    OptionKind::Number(Range::ANY.above(0.0)),
    "never",
);

/// Squared error, or Huber's loss, of the standardized label.
#[derive(Debug)]
struct Regression {
    output: Linear,
    residual: Residual,
}

fn build(builder: &mut LayerBuilder, plan: &HeadPlan<'_>) -> Result<Box<dyn Head>, ModelError> {
    let output = builder.linear("output", plan.width, 1, Activation::None);
    let residual = plan.settings.number_if_set(HUBER.name).map_or(Residual::Square, |delta| Residual::Huber(delta as f32));
    Ok(Box::new(Regression { output, residual }))
}

impl Head for Regression {
    fn forward(&self, graph: &mut Graph<'_>, read: &Read, _: &Chunk<'_>) -> Vec<Var> {
        vec![self.output.forward(graph, read.values)]
    }

    fn losses(&self, graph: &mut Graph<'_>, outputs: &[Var], chunk: &Chunk<'_>, share: f32) -> Vec<Var> {
        let (_, values) = chunk.target.values.numbers_at(0);
        vec![graph.regression_loss(outputs[0], values, &chunk.row_weights(share, &[], &[]), self.residual)]
    }

    /// The standardized value.
    fn predict(&self, graph: &Graph<'_>, outputs: &[Var], _: &Chunk<'_>) -> Values {
        Values::numbers(1, graph.value(outputs[0]).to_vec())
    }

    fn predict_nothing(&self, _: &Chunk<'_>) -> Values {
        Values::numbers(1, Vec::new())
    }
}
