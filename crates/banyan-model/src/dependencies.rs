//! Dependencies: for each token the score of every token as its head, and of every relation to the head that it has.

use crate::encoders::Layout;
use crate::tree::Trees;
use banyan_data::batch::TargetValues;
use banyan_engine::{Activation, Graph, Var};
use banyan_nn::{LayerBuilder, Linear};
use banyan_text::{Ragged, UNKNOWN_TAG};

/// Numbers of a token as a head, and as a dependent.
const ARC_WIDTH: usize = 256;
/// The same for relations.
const RELATION_WIDTH: usize = 128;
/// What a head in the padding scores: no probability, and no infinity to make a loss of.
const NO_HEAD: f32 = -1e9;

/// A biaffine classifier of heads (Dozat and Manning, ICLR 2017), and a small network for the relation to a head.
#[derive(Debug)]
pub(crate) struct Dependencies {
    arc_head: Linear,
    arc_dependent: Linear,
    /// To the space of heads, where an inner product scores; its bias is how likely a token is a head at all.
    arc: Linear,
    root: Linear,
    relation_head: Linear,
    relation_dependent: Linear,
    relation_both: Linear,
    relation: Linear,
}

/// The scores of a chunk: heads `[rows, length, length + 1]`, the root first, and relations `[rows, length, relations]`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scores {
    pub(crate) heads: Var,
    pub(crate) relations: Var,
}

impl Dependencies {
    pub(crate) fn new(builder: &mut LayerBuilder, width: usize, relations: usize) -> Self {
        let mut gelu = |name: &str, outputs: usize| builder.linear(name, width, outputs, Activation::Gelu);
        Self {
            arc_head: gelu("arc.head", ARC_WIDTH),
            arc_dependent: gelu("arc.dependent", ARC_WIDTH),
            relation_head: gelu("relation.head", RELATION_WIDTH),
            relation_dependent: gelu("relation.dependent", RELATION_WIDTH),
            arc: builder.linear("arc.both", ARC_WIDTH, ARC_WIDTH, Activation::None),
            root: builder.linear("arc.root", ARC_WIDTH, 1, Activation::None),
            relation_both: builder.linear("relation.both", 3 * RELATION_WIDTH, RELATION_WIDTH, Activation::Gelu),
            relation: builder.linear("relation.output", RELATION_WIDTH, relations, Activation::None),
        }
    }

    /// Scores what a head read, `[rows, length, width]`. Relations are scored to the heads of the labels, where they are given; else to those
    /// of the best tree.
    pub(crate) fn forward(&self, graph: &mut Graph<'_>, read: Var, layout: &Layout, labels: Option<&TargetValues>) -> Scores {
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
        let scores = graph.sum(&[scores, beyond], 1.0);

        let chosen = match labels {
            Some(TargetValues::Trees { heads, .. }) => heads.clone(),
            _ => best_heads(graph.value(scores), layout),
        };
        let relation_heads = self.relation_head.forward(graph, read);
        let relation_dependents = self.relation_dependent.forward(graph, read);
        let chosen = graph.gather(relation_heads, &places(&chosen, layout));
        let chosen = graph.reshape(chosen, [rows, length, RELATION_WIDTH]);
        let both = graph.multiply(chosen, relation_dependents);
        let all = graph.concat(&[chosen, relation_dependents, both]);
        let hidden = self.relation_both.forward(graph, all);
        Scores { heads: scores, relations: self.relation.forward(graph, hidden) }
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
pub(crate) fn best_heads(scores: &[f32], layout: &Layout) -> Ragged {
    let (mut trees, mut heads, mut all) = (Trees::default(), Vec::new(), Ragged::default());
    let stride = layout.length + 1;
    for (row, &length) in layout.lengths.iter().enumerate() {
        trees.best(&scores[row * layout.length * stride..], length as usize, stride, &mut heads);
        all.push(heads.iter().copied());
    }
    all
}

/// The loss of a chunk: for each token that of its head and that of its relation, each of which counts `share`.
pub(crate) fn losses(graph: &mut Graph<'_>, scores: Scores, layout: &Layout, labels: &TargetValues, share: f32) -> [Var; 2] {
    let TargetValues::Trees { heads, relations } = labels else { panic!("dependencies are trees") };
    [(scores.heads, heads), (scores.relations, relations)].map(|(scores, labels)| {
        let targets = layout.padded(labels);
        let weights: Vec<f32> = targets.iter().map(|&target| if target == UNKNOWN_TAG { 0.0 } else { share }).collect();
        graph.cross_entropy(scores, &targets, &weights, 0.0)
    })
}
