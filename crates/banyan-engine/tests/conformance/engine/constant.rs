//! `Graph::constant`: what lies before it is state, and has no gradient.

use crate::checks::engine;
use banyan_engine::{Activation, Context, Decay, Graph, ParameterId, Parameters, Program, Residual, Scope};

struct Frozen {
    frozen: ParameterId,
    trained: ParameterId,
}

impl Program for Frozen {
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
        let x = graph.input([1, 1], &[3.0]);
        let read = graph.linear(x, self.frozen, None, Activation::None);
        let read = graph.constant(read);
        let y = graph.linear(read, self.trained, None, Activation::None);
        let loss = graph.regression_loss(y, &[0.0], &[1.0], Residual::Square);
        graph.declare_loss(0, loss);
    }
}

#[test]
fn a_gradient_ends_at_a_constant() {
    let mut builder = Parameters::builder();
    let frozen = builder.add("frozen", [1, 1], Scope::State, Decay::No, vec![2.0]);
    let trained = builder.add("trained", [1, 1], Scope::Shared, Decay::No, vec![0.5]);
    let parameters = builder.build();
    let mut engine = engine(1);
    let losses = engine.weighted(&parameters, &Frozen { frozen, trained }, &[1.0]);
    // y = 3 * 2 * 0.5 = 3, and the loss y², or half of it.
    let factor = losses[0] as f32 / 9.0;
    assert_eq!(engine.gradient(), [factor * 2.0 * 3.0 * 6.0]);
}
