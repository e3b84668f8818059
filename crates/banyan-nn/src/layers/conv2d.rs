use banyan_engine::{Activation, Convolution, Graph, ParameterId, Var};

/// `activation(x * W + b)` over a grid, channels last.
#[derive(Debug, Clone, Copy)]
pub struct Conv2d {
    /// `[kernel height, kernel width, in / groups, out]`
    pub weight: ParameterId,
    /// `[out]`
    pub bias: ParameterId,
    /// How the kernel moves: stride, padding, dilation and groups.
    pub convolution: Convolution,
    /// What is applied to the sum.
    pub activation: Activation,
}

impl Conv2d {
    /// `[samples, height, width, in]` to `[samples, height', width', out]`.
    pub fn forward(&self, graph: &mut Graph<'_>, input: Var) -> Var {
        graph.conv2d(input, self.weight, self.bias, self.convolution, self.activation)
    }
}
