//! `regression`: one standardised number.

use super::{Chunk, Head, HeadMethod, HeadPlan};
use crate::error::ModelError;
use banyan_data::config::TaskKind;
use banyan_data::values::Values;
use banyan_engine::{Activation, Graph, Residual, Var};
use banyan_method::{Method, Settings};
use banyan_nn::{LayerBuilder, Linear};

/// Its entry in the table of heads.
pub(super) const HEAD: HeadMethod = HeadMethod {
    method: Method::new("regression", "a number: squared error, or Huber's loss").paper("Huber, Annals of Mathematical Statistics 1964"),
    kind: TaskKind::Regression,
    build,
};

/// Squared error, or Huber's loss, of the standardised label.
#[derive(Debug)]
struct Regression {
    output: Linear,
    residual: Residual,
}

fn build(builder: &mut LayerBuilder, plan: &HeadPlan<'_>, _: &Settings) -> Result<Box<dyn Head>, ModelError> {
    let output = builder.linear("output", plan.width, 1, Activation::None);
    Ok(Box::new(Regression { output, residual: plan.task.huber.map_or(Residual::Square, Residual::Huber) }))
}

impl Head for Regression {
    fn forward(&self, graph: &mut Graph<'_>, read: Var, _: &Chunk<'_>) -> Vec<Var> {
        vec![self.output.forward(graph, read)]
    }

    fn losses(&self, graph: &mut Graph<'_>, outputs: &[Var], chunk: &Chunk<'_>, share: f32) -> Vec<Var> {
        let (_, values) = chunk.target.values.numbers_at(0);
        vec![graph.regression_loss(outputs[0], values, &chunk.row_weights(share, &[], &[]), self.residual)]
    }

    /// The standardised value.
    fn predict(&self, graph: &Graph<'_>, outputs: &[Var], _: &Chunk<'_>) -> Values {
        Values::numbers(1, graph.value(outputs[0]).to_vec())
    }

    fn predict_nothing(&self, _: &Chunk<'_>) -> Values {
        Values::numbers(1, Vec::new())
    }
}
