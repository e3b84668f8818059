use banyan_engine::{Activation, Graph, ParameterId, Var, Window};

/// `activation(x * W + b)` over a grid, channels last.
#[derive(Debug, Clone, Copy)]
pub struct Conv2d {
    /// `[kernel height, kernel width, in, out]`
    pub weight: ParameterId,
    /// `[out]`
    pub bias: ParameterId,
    /// How the kernel moves.
    pub window: Window,
    /// What is applied to the sum.
    pub activation: Activation,
}

impl Conv2d {
    /// `[samples, height, width, in]` to `[samples, height', width', out]`.
    pub fn forward(&self, graph: &mut Graph<'_>, input: Var) -> Var {
        graph.conv2d(input, self.weight, self.bias, self.window, self.activation)
    }
}
