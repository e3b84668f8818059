//! `dependencies`: for each token the score of every token as its head, and of every relation to the head that it has.

mod tree;

use super::tokens::{best_of_each, cross_entropy, empty_lists};
use super::{Chunk, Head, HeadMethod, HeadPlan, Read};
use crate::encoders::Layout;
use crate::error::ModelError;
use banyan_data::batch::{Ragged, UNKNOWN_TAG};
use banyan_data::labels::{Dependencies, LONGEST_TREE, TreeValues};
use banyan_data::values::Values;
use banyan_engine::{Activation, Graph, Purpose, Var};
use banyan_method::Method;
use banyan_nn::{LayerBuilder, Linear};
use tree::Trees;

/// Its entry in the table of heads.
pub(super) const HEAD: HeadMethod = HeadMethod::new(
    Method::new("dependencies", "the token that each token depends on, and how").paper("Dozat & Manning, ICLR 2017"),
    build,
);

/// Numbers of a token as a head, and as a dependent.
const ARC_WIDTH: usize = 256;
/// The same for relations.
const RELATION_WIDTH: usize = 128;
/// What a head in the padding scores: no probability, and no infinity to make a loss of.
const NO_HEAD: f32 = -1e9;

/// A biaffine classifier of heads (Dozat and Manning, ICLR 2017), and a small network for the relation to a head.
///
/// Its outputs are the scores of heads, `[rows, length, length + 1]`, the root first, and of relations, `[rows, length, relations]`: in
/// training those to the labels' heads, else, in the second stage, those to the heads of the best tree.
#[derive(Debug)]
struct DependenciesHead {
    arc_head: Linear,
    arc_dependent: Linear,
    /// To the space of heads, where an inner product scores; its bias is how likely a token is a head at all.
    arc: Linear,
    root: Linear,
    relation_head: Linear,
    relation_dependent: Linear,
    relation_both: Linear,
    relation: Linear,
    relations: usize,
}

fn build(builder: &mut LayerBuilder, plan: &HeadPlan<'_>) -> Result<Box<dyn Head>, ModelError> {
    let relations = plan.labels::<Dependencies>().relations.len();
    let mut gelu = |name: &str, outputs: usize| builder.linear(name, plan.width, outputs, Activation::Gelu);
    Ok(Box::new(DependenciesHead {
        arc_head: gelu("arc.head", ARC_WIDTH),
        arc_dependent: gelu("arc.dependent", ARC_WIDTH),
        relation_head: gelu("relation.head", RELATION_WIDTH),
        relation_dependent: gelu("relation.dependent", RELATION_WIDTH),
        arc: builder.linear("arc.both", ARC_WIDTH, ARC_WIDTH, Activation::None),
        root: builder.linear("arc.root", ARC_WIDTH, 1, Activation::None),
        relation_both: builder.linear("relation.both", 3 * RELATION_WIDTH, RELATION_WIDTH, Activation::Gelu),
        relation: builder.linear("relation.output", RELATION_WIDTH, relations, Activation::None),
        relations,
    }))
}

impl DependenciesHead {
    fn head_scores(&self, graph: &mut Graph<'_>, read: Var, layout: &Layout) -> Var {
        let (rows, length) = (layout.rows, layout.length);
        let heads = self.arc_head.forward(graph, read);
        let dependents = self.arc_dependent.forward(graph, read);
        let turned = self.arc.forward(graph, dependents);
        let of_tokens = graph.pair_scores(turned, heads);
        let of_root = self.root.forward(graph, dependents);
        let scores = graph.concat(&[of_root, of_tokens]);
        let beyond = graph.input_with([rows, length, length + 1], |values| {
            for (row, values) in values.chunks_exact_mut(length * (length + 1)).enumerate() {
                let own = layout.lengths[row] as usize;
                values.chunks_exact_mut(length + 1).for_each(|token| token[own + 1..].fill(NO_HEAD));
            }
        });
        graph.sum(&[scores, beyond], 1.0)
    }

    fn relation_scores(&self, graph: &mut Graph<'_>, read: Var, layout: &Layout, heads: &Ragged) -> Var {
        let relation_heads = self.relation_head.forward(graph, read);
        let relation_dependents = self.relation_dependent.forward(graph, read);
        let chosen = graph.gather(relation_heads, &places(heads, layout));
        let chosen = graph.reshape(chosen, [layout.rows, layout.length, RELATION_WIDTH]);
        let both = graph.multiply(chosen, relation_dependents);
        let all = graph.concat(&[chosen, relation_dependents, both]);
        let hidden = self.relation_both.forward(graph, all);
        self.relation.forward(graph, hidden)
    }
}

impl Head for DependenciesHead {
    fn forward(&self, graph: &mut Graph<'_>, read: &Read, chunk: &Chunk<'_>) -> Vec<Var> {
        if chunk.layout().length > LONGEST_TREE {
            // A training refuses such a sentence beforehand. Long ones stand alone in their chunk, so that no other row goes without.
            return Vec::new();
        }
        let mut outputs = vec![self.head_scores(graph, read.values, chunk.layout())];
        if graph.context().purpose == Purpose::Training {
            outputs.push(self.relation_scores(graph, read.values, chunk.layout(), TreeValues::of(&chunk.target.values).heads));
        }
        outputs
    }

    fn refine(&self, graph: &mut Graph<'_>, read: &Read, outputs: &[Var], chunk: &Chunk<'_>) -> Vec<Var> {
        let Some(&scores) = outputs.first() else { return Vec::new() };
        let heads = best_heads(graph.value(scores), chunk.layout());
        vec![self.relation_scores(graph, read.values, chunk.layout(), &heads)]
    }

    /// For each token that of its head and that of its relation.
    fn losses(&self, graph: &mut Graph<'_>, outputs: &[Var], chunk: &Chunk<'_>, share: f32) -> Vec<Var> {
        let TreeValues { heads, relations } = TreeValues::of(&chunk.target.values);
        let labels = [heads, relations].into_iter().zip(outputs);
        labels.map(|(labels, &scores)| cross_entropy(graph, scores, chunk, labels, &[], (share, 0.0))).collect()
    }

    /// The best tree of each row, and the best relation of each token to its head.
    fn predict(&self, graph: &Graph<'_>, outputs: &[Var], chunk: &Chunk<'_>) -> Values {
        let heads = best_heads(graph.value(outputs[0]), chunk.layout());
        TreeValues::values(heads, best_of_each(graph.value(outputs[1]), self.relations, &chunk.layout().lengths))
    }

    fn predict_nothing(&self, chunk: &Chunk<'_>) -> Values {
        TreeValues::values(empty_lists(chunk), empty_lists(chunk))
    }
}

/// Where the head of every position stands among the positions; nowhere for the root, for what is not known and for padding.
fn places(heads: &Ragged, layout: &Layout) -> Vec<u32> {
    let mut places = vec![u32::MAX; layout.rows * layout.length];
    for row in 0..layout.rows {
        let first = row * layout.length;
        for (place, &head) in places[first..].iter_mut().zip(heads.list(row)) {
            if head != 0 && head != UNKNOWN_TAG {
                *place = first as u32 + head - 1;
            }
        }
    }
    places
}

/// The best tree of every row.
fn best_heads(scores: &[f32], layout: &Layout) -> Ragged {
    let (mut trees, mut heads, mut all) = (Trees::default(), Vec::new(), Ragged::default());
    let stride = layout.length + 1;
    for (row, &length) in layout.lengths.iter().enumerate() {
        trees.best(&scores[row * layout.length * stride..], length as usize, stride, &mut heads);
        all.push(heads.iter().copied());
    }
    all
}
