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

    /// A number a row to `[rows, out]`: the layer over the number and its piecewise-linear encoding by `edges`, of which there are as many as the
    /// layer has inputs, or none for one input (see [`Graph::piecewise_linear`]).
    pub fn forward_piecewise(&self, graph: &mut Graph<'_>, values: &[f32], edges: &[f32]) -> Var {
        graph.piecewise_linear(values, edges, self.weight, self.bias, self.activation)
    }
}
