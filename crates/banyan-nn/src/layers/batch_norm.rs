use banyan_engine::{BatchNormParameters, Graph, Var};

/// Batch normalization: over the rows and positions of a chunk in training, by running statistics at prediction (Ioffe and Szegedy, 2015).
#[derive(Debug, Clone, Copy)]
pub struct BatchNorm(pub BatchNormParameters);

impl BatchNorm {
    /// `[samples, …, channels]` to the same shape, normalized. Statistics are of the samples that are `present`.
    pub fn forward(&self, graph: &mut Graph<'_>, input: Var, present: &[bool]) -> Var {
        graph.batch_norm_of(input, self.0, present)
    }
}
