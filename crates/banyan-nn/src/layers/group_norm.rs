use banyan_engine::{Graph, ParameterId, Var};

/// Group normalization: over the positions of a sample and a group of its channels (Wu and He, 2018).
#[derive(Debug, Clone, Copy)]
pub struct GroupNorm {
    /// `[channels]`
    pub gain: ParameterId,
    /// `[channels]`
    pub bias: ParameterId,
    /// Into how many equal parts the channels are cut.
    pub groups: usize,
    /// What is added to the variance.
    pub epsilon: f32,
}

impl GroupNorm {
    /// `[samples, …, channels]` to the same shape, normalized.
    pub fn forward(&self, graph: &mut Graph<'_>, input: Var) -> Var {
        graph.group_norm_with(input, self.groups, self.gain, self.bias, self.epsilon)
    }
}
