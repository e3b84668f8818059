//! Losses whose derivatives a head computes itself.

use banyan_engine::{Graph, Var};

/// `weight · loss`, a scalar, of which `slopes` are the derivatives of `loss` by each element of `output`.
pub(super) fn loss_of_slopes(graph: &mut Graph<'_>, output: Var, loss: f64, slopes: &[f32], weight: f32) -> Var {
    // The value stands at the first element.
    let value = |element: usize| if element == 0 { loss as f32 } else { 0.0 };
    graph.pointwise_loss(output, &vec![weight; slopes.len()], |element, _| (value(element), slopes[element]))
}
