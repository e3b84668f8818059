//! `lemmas`: for each token the script that makes its lemma.

use super::start::{log_shares, set_bias};
use super::tokens::{cross_entropy, empty_lists, rows};
use super::{Chunk, Head, HeadMethod, HeadPlan, Read};
use crate::error::ModelError;
use banyan_data::batch::{Ragged, TokenValues};
use banyan_data::labels::Lemmas;
use banyan_data::values::Values;
use banyan_engine::{Activation, Graph, Parameters, Var};
use banyan_method::Method;
use banyan_nn::{LayerBuilder, Linear};
use banyan_text::lemmas::Scripts;

/// Its entry in the table of heads.
pub(super) const HEAD: HeadMethod =
    HeadMethod::new(Method::new("lemmas", "the base form of each token").paper("Straka, CoNLL 2018"), build);

#[derive(Debug)]
struct LemmasHead {
    output: Linear,
    counts: Vec<usize>,
    /// For each script the characters that a word must have for it to apply.
    fewest: Vec<usize>,
}

fn build(builder: &mut LayerBuilder, plan: &HeadPlan<'_>) -> Result<Box<dyn Head>, ModelError> {
    let labels: &Lemmas = plan.labels();
    let output = builder.linear("output", plan.width, labels.scripts.len(), Activation::None);
    Ok(Box::new(LemmasHead { output, counts: labels.counts.clone(), fewest: Scripts::new(&labels.scripts).fewest() }))
}

impl Head for LemmasHead {
    fn forward(&self, graph: &mut Graph<'_>, read: &Read, _: &Chunk<'_>) -> Vec<Var> {
        vec![self.output.forward(graph, read.values)]
    }

    fn losses(&self, graph: &mut Graph<'_>, outputs: &[Var], chunk: &Chunk<'_>, share: f32) -> Vec<Var> {
        vec![cross_entropy(graph, outputs[0], chunk, chunk.target.values.lists_at(0), &[], (share, 0.0))]
    }

    /// The best script that applies to each token.
    fn predict(&self, graph: &Graph<'_>, outputs: &[Var], chunk: &Chunk<'_>) -> Values {
        let scripts = chunk.words.as_ref().map(|words| best(graph.value(outputs[0]), words.lengths(), words.tokens, &self.fewest));
        Values::lists(scripts.unwrap_or_else(|| empty_lists(chunk)))
    }

    fn predict_nothing(&self, chunk: &Chunk<'_>) -> Values {
        Values::lists(empty_lists(chunk))
    }

    fn start_from_frequencies(&self, parameters: &mut Parameters) {
        set_bias(parameters, &self.output, &log_shares(&self.counts));
    }
}

/// For each token the best script that applies to it: `scores` is `[rows, length, scripts]`, of which each row's first tokens count, and
/// `fewest` the characters that a word must have for each script.
fn best(scores: &[f32], lengths: &[u32], tokens: &TokenValues, fewest: &[usize]) -> Ragged {
    let mut best = Ragged::default();
    for (row, own) in rows(scores, fewest.len(), lengths).enumerate() {
        let first = tokens.offsets[row] as usize;
        best.push((first..).zip(own.chunks_exact(fewest.len())).map(|(token, scores)| {
            // Of long words only a part is read, which is more than any script needs.
            let characters = tokens.characters.list(token).len();
            let applying = (0..scores.len()).rev().filter(|&script| fewest[script] <= characters);
            applying.max_by(|&a, &b| scores[a].total_cmp(&scores[b])).unwrap_or(0) as u32
        }));
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_script_is_one_that_applies() {
        let mut tokens = TokenValues { offsets: vec![0, 2, 3], ..TokenValues::default() };
        [&[1, 2, 3][..], &[1], &[1, 2]].into_iter().for_each(|word| tokens.characters.push(word.iter().copied()));
        let scores = [0.1, 0.2, 0.7, 0.1, 0.2, 0.7, 0.3, 0.3, 0.9, 9.0, 9.0, 9.0];
        let found = best(&scores, &[2, 1], &tokens, &[1, 2, 3]);
        assert_eq!((found.list(0), found.list(1)), (&[2, 0][..], &[0][..]));
    }
}
