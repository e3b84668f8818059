use super::Linear;
use banyan_engine::{Direction, Graph, ParameterId, Var};

/// A long short-term memory (Hochreiter and Schmidhuber, 1997) that reads sequences from one end.
#[derive(Debug, Clone, Copy)]
pub struct Lstm {
    /// `[in]` to what an input brings to the gates, `[4 hidden]`
    pub project: Linear,
    /// `[hidden, 4 hidden]`: what the output of the step before brings to them
    pub weight: ParameterId,
    /// Which end is read first.
    pub direction: Direction,
}

impl Lstm {
    /// `[samples, length, in]` to `[samples, length, hidden]`. `lengths` has one entry a sample: what comes after so many positions is
    /// padding, which gives zeros.
    pub fn forward(&self, graph: &mut Graph<'_>, input: Var, lengths: &[u32]) -> Var {
        let projections = self.project.forward(graph, input);
        graph.lstm(projections, self.weight, lengths, self.direction)
    }
}

/// Two of them that read from both ends (Graves and Schmidhuber, 2005), side by side.
#[derive(Debug, Clone, Copy)]
pub struct BiLstm {
    /// What reads the first position first.
    pub forward: Lstm,
    /// What reads the last position first.
    pub backward: Lstm,
}

impl BiLstm {
    /// `[samples, length, in]` to `[samples, length, 2 hidden]`; `lengths` as for [`Lstm::forward`].
    pub fn forward(&self, graph: &mut Graph<'_>, input: Var, lengths: &[u32]) -> Var {
        let read = [self.forward, self.backward].map(|direction| direction.forward(graph, input, lengths));
        graph.concat(&read)
    }
}
