use banyan_engine::{Graph, ParameterId, Parameters, Var, Viterbi};

/// A linear-chain conditional random field (Lafferty, McCallum and Pereira, 2001): tags of a sequence that depend on each other.
#[derive(Debug, Clone, Copy)]
pub struct Crf {
    /// `[tags + 2, tags]`: the scores from tag to tag, of the first tag and of the last
    pub transitions: ParameterId,
}

impl Crf {
    /// The weighted sum of the samples' negative log-likelihoods; operands as for [`Graph::crf`].
    pub fn loss(&self, graph: &mut Graph<'_>, emissions: Var, allowed: &[bool], targets: &[u32], lengths: &[u32], weights: &[f32]) -> Var {
        graph.crf(emissions, self.transitions, allowed, targets, lengths, weights)
    }

    /// Writes one sample's best tags to `path` and returns their score; operands as for [`Viterbi::best_path`].
    pub fn best_path(
        &self,
        parameters: &Parameters,
        viterbi: &mut Viterbi,
        emissions: &[f32],
        allowed: &[bool],
        path: &mut Vec<u32>,
    ) -> f64 {
        let tags = parameters.info(self.transitions).shape.last();
        viterbi.best_path(emissions, tags, parameters.get(self.transitions), allowed, path)
    }
}
