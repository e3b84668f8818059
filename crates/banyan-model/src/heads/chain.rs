//! Labels of a sentence that are learned and chosen together, by a conditional random field (Lafferty, McCallum and Pereira, ICML 2001).

use super::Chunk;
use super::tokens::rows;
use banyan_data::batch::Ragged;
use banyan_engine::{Graph, Var, Viterbi};
use banyan_nn::{Crf, LayerBuilder};

/// What it costs to go from one label to another, and which may follow which.
#[derive(Debug)]
pub(super) struct Chain {
    crf: Crf,
    /// `(labels + 2) × labels`: for each label, and for the beginning and the end, which labels may stand beside it.
    allowed: Vec<bool>,
    labels: usize,
}

impl Chain {
    pub(super) fn new(builder: &mut LayerBuilder, labels: usize, allowed: Vec<bool>) -> Self {
        Self { crf: builder.crf("transitions", labels), allowed, labels }
    }

    /// The loss of a chunk's sentences, each token of which counts `share`. `scores` is `[rows, length, labels]`.
    pub(super) fn loss(&self, graph: &mut Graph<'_>, scores: Var, chunk: &Chunk<'_>, labels: &Ragged, share: f32) -> Var {
        let layout = chunk.layout();
        let weights = chunk.row_weights(share, &[], &[]);
        self.crf.loss(graph, scores, &self.allowed, &layout.padded(labels), &layout.lengths, &weights)
    }

    /// The best labels of each sentence.
    pub(super) fn best(&self, graph: &Graph<'_>, scores: Var, lengths: &[u32]) -> Ragged {
        let (mut viterbi, mut path, mut decoded) = (Viterbi::default(), Vec::new(), Ragged::default());
        for own in rows(graph.value(scores), self.labels, lengths) {
            self.crf.best_path(graph.parameters(), &mut viterbi, own, &self.allowed, &mut path);
            // Scores that are not finite have no best path; the loss says so.
            path.resize(own.len() / self.labels, 0);
            decoded.push(path.iter().copied());
        }
        decoded
    }
}
