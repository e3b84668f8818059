//! Operations that are not defined for all numbers.

use super::engine;
use banyan_engine::{Context, Decay, Graph, ParameterId, Parameters, Program, Residual, Scope, Tape, Var};

type Forward = fn(&mut Graph<'_>, Var) -> Var;

/// The operation applied to single numbers.
pub(crate) fn values(forward: Forward, inputs: &[f32]) -> Vec<f32> {
    let parameters = Parameters::builder().build();
    let mut tape = Tape::default();
    let mut graph = Graph::new(&mut tape, &parameters, Context::inference(), &[]);
    let x = graph.input([inputs.len(), 1], inputs);
    let y = forward(&mut graph, x);
    graph.value(y).to_vec()
}

/// Three rows, of which the one between the others has no label.
struct Rows {
    forward: Forward,
    table: ParameterId,
}

impl Program for Rows {
    fn chunks(&self) -> usize {
        1
    }

    fn context(&self) -> Context {
        Context::inference()
    }

    fn row_keys(&self, _: usize) -> &[u64] {
        &[]
    }

    fn forward(&self, _: usize, graph: &mut Graph<'_>) {
        let x = graph.embedding_bag(self.table, &[0, 1, 2, 3], &[0, 1, 2]);
        let y = (self.forward)(graph, x);
        let loss = graph.regression_loss(y, &[0.25; 3], &[1.0, 0.0, 1.0], Residual::Square);
        graph.declare_loss(0, loss);
    }
}

/// A row without a label may hold what the operation is not defined for, or what its derivative is infinite at: neither the loss nor the
/// gradient shows it.
pub(crate) fn rows_without_labels_leave_no_trace(forward: Forward, outside: &[f32]) {
    for &outside in outside {
        let mut builder = Parameters::builder();
        let table = builder.add("table", [3, 1], Scope::Shared, Decay::No, vec![1.0, outside, 2.0]);
        let parameters = builder.build();
        let mut engine = engine(1);
        let losses = engine.weighted(&parameters, &Rows { forward, table }, &[1.0]);
        let gradient = engine.gradient();
        assert!(losses[0].is_finite(), "{outside}: the loss is {losses:?}");
        assert!(gradient[0] != 0.0 && gradient[1] == 0.0 && gradient.iter().all(|g| g.is_finite()), "{outside}: {gradient:?}");
    }
}
