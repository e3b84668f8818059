use banyan_engine::{Graph, ParameterId, Var};

/// Layer normalization over the last axis.
#[derive(Debug, Clone, Copy)]
pub struct LayerNorm {
    /// `[width]`
    pub gain: ParameterId,
    /// `[width]`
    pub bias: ParameterId,
    /// What is added to the variance.
    pub epsilon: f32,
}

impl LayerNorm {
    /// A value of the same shape, normalized.
    pub fn forward(&self, graph: &mut Graph<'_>, input: Var) -> Var {
        graph.layer_norm_with(input, self.gain, self.bias, self.epsilon)
    }
}
