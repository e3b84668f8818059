use banyan_engine::{Activation, Graph, ParameterId, Var};

/// `activation(x W + b)` over the last axis.
#[derive(Debug, Clone, Copy)]
pub struct Linear {
    /// `[in, out]`
    pub weight: ParameterId,
    /// `[out]`
    pub bias: Option<ParameterId>,
    /// What is applied to the sum.
    pub activation: Activation,
}

impl Linear {
    /// `[…, in]` to `[…, out]`.
    pub fn forward(&self, graph: &mut Graph<'_>, input: Var) -> Var {
        graph.linear(input, self.weight, self.bias, self.activation)
    }
}
