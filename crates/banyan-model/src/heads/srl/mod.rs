//! `srl`: which tokens are predicates, in which sense, and which spans play their roles.

mod best_spans;
mod predicates;
mod values;

pub use values::{FOUND, GIVEN, PredictedFrames};

use super::tokens::{largest, rows};
use super::{Chunk, Head, HeadMethod, HeadPlan, Read};
use crate::encoders::Layout;
use crate::error::ModelError;
use banyan_data::batch::UNKNOWN_TAG;
use banyan_data::labels::{FrameValues, Srl};
use banyan_data::values::Values;
use banyan_engine::{Activation, Graph, Purpose, Var, random};
use banyan_method::Method;
use banyan_nn::{BiLstm, Embedding, LayerBuilder, Linear};
use banyan_text::spans::{self, OUTSIDE};
use best_spans::BestSpans;
use predicates::{Predicate, find, window};

/// Its entry in the table of heads.
pub(super) const HEAD: HeadMethod = HeadMethod::new(
    Method::new("srl", "predicates, and the spans of tokens that play their roles")
        .paper("He, Lee, Lewis & Zettlemoyer, ACL 2017; Strubell, Verga, Andor, Weiss & McCallum, EMNLP 2018"),
    build,
);

/// Numbers of a token as it is seen from a predicate.
const WIDTH: usize = 256;
/// As many labels as the sense of a predicate counts: there is one where its roles are a label a token.
const SENSE_WEIGHT: f32 = 4.0;
/// Distances from the predicate that have a vector each, on either side: these, and what is farther.
const DISTANCES: [usize; 7] = [0, 1, 2, 3, 4, 8, 16];

/// The tokens of a sentence are encoded once. For each predicate they are read again in a small way: a token's vector, the predicate's and one
/// for the distance between them are added up and run through one recurrent layer in both directions, so that a token knows what stands between it
/// and the predicate; then every token has scores of the roles' tags. (A marked predicate before a recurrent network is that of He, Lee, Lewis and
/// Zettlemoyer, ACL 2017; encoding the sentence once and predicates after it is that of Strubell et al., EMNLP 2018.)
///
/// Its outputs are the logits of being a predicate, `[rows, length, 1]`; and where the chunk has predicates, the roles' scores, `[predicates,
/// window, tags]`, of the tokens in reach of each, and if senses are told apart theirs, `[predicates, senses]`. In training the
/// predicates are those of the labels; else those that the first stage finds come besides.
#[derive(Debug)]
struct SrlHead {
    is_predicate: Linear,
    token: Linear,
    predicate: Linear,
    distance: Embedding,
    context: BiLstm,
    roles: Linear,
    /// Where senses are told apart.
    senses: Option<Linear>,
    dropout: f32,
}

fn build(builder: &mut LayerBuilder, plan: &HeadPlan<'_>) -> Result<Box<dyn Head>, ModelError> {
    let (labels, width): (&Srl, usize) = (plan.labels(), plan.width);
    let senses = labels.senses.len();
    Ok(Box::new(SrlHead {
        is_predicate: builder.linear("is_predicate", width, 1, Activation::None),
        token: builder.linear("token", width, WIDTH, Activation::None),
        predicate: builder.linear_without_bias("predicate", width, WIDTH, Activation::None),
        distance: builder.embedding("distance", 2 * DISTANCES.len(), WIDTH, 0.5),
        context: builder.bi_lstm("context", WIDTH, WIDTH / 2),
        roles: builder.linear("roles", 2 * WIDTH, spans::tags(labels.roles.len()), Activation::None),
        senses: (senses > 0).then(|| builder.linear("senses", width, senses, Activation::None)),
        dropout: plan.dropout,
    }))
}

impl Head for SrlHead {
    fn forward(&self, graph: &mut Graph<'_>, read: &Read, chunk: &Chunk<'_>) -> Vec<Var> {
        let mut outputs = vec![self.is_predicate.forward(graph, read.values)];
        if graph.context().purpose == Purpose::Training {
            outputs.extend(self.frame_scores(
                graph,
                read.values,
                chunk,
                &find(FrameValues::of(&chunk.target.values), None, chunk.layout()),
            ));
        }
        outputs
    }

    fn refine(&self, graph: &mut Graph<'_>, read: &Read, outputs: &[Var], chunk: &Chunk<'_>) -> Vec<Var> {
        let predicates = predicates(graph, outputs, chunk);
        self.frame_scores(graph, read.values, chunk, &predicates)
    }

    /// Those of every token's role and of the sense for each predicate, and that of being a predicate at each token of the rows that are
    /// known, once for each predicate of its row, so that it counts as much as the roles.
    fn losses(&self, graph: &mut Graph<'_>, outputs: &[Var], chunk: &Chunk<'_>, share: f32) -> Vec<Var> {
        let (layout, labels) = (chunk.layout(), FrameValues::of(&chunk.target.values));
        let predicates = predicates(graph, outputs, chunk);
        let length = layout.length;
        let (mut targets, mut weights) = (vec![0.0; layout.rows * length], vec![0.0; layout.rows * length]);
        for (row, _) in chunk.target.known.iter().enumerate().filter(|(_, known)| **known) {
            let own = labels.predicates.list(row);
            weights[row * length..][..layout.lengths[row] as usize].fill(share * own.len().max(1) as f32);
            own.iter().for_each(|&token| targets[row * length + token as usize] = 1.0);
        }
        let mut losses = vec![graph.binary_cross_entropy(outputs[0], &targets, &weights)];
        let Some(&roles) = outputs.get(1) else { return losses };

        let length = window(layout.length);
        let mut targets = vec![UNKNOWN_TAG; predicates.len() * length];
        for (own, predicate) in targets.chunks_exact_mut(length).zip(&predicates) {
            // A predicate whose roles are not known has an empty list.
            let tags = predicate.given.and_then(|frame| labels.roles.list(predicate.row, frame).get(predicate.reach(layout)));
            let tags = tags.unwrap_or_default();
            own[..tags.len()].copy_from_slice(tags);
        }
        losses.push(cross_entropy(graph, roles, targets, share));
        if let Some(&senses) = outputs.get(2) {
            let sense = |predicate: &Predicate| predicate.given.map_or(UNKNOWN_TAG, |frame| labels.senses.list(predicate.row)[frame]);
            losses.push(cross_entropy(graph, senses, predicates.iter().map(sense).collect(), SENSE_WEIGHT * share));
        }
        losses
    }

    /// The best roles of the predicates of each row, and their most probable senses.
    fn predict(&self, graph: &Graph<'_>, outputs: &[Var], chunk: &Chunk<'_>) -> Values {
        let layout = chunk.layout();
        let predicates = predicates(graph, outputs, chunk);
        let senses: Option<Vec<u32>> = outputs.get(2).map(|&senses| {
            let width = graph.shape(senses).last();
            graph.value(senses).chunks_exact(width).map(largest).collect()
        });
        let roles = outputs.get(1).map(|&roles| best_roles(graph, roles, &predicates, layout)).unwrap_or_default();
        let mut made = values::Builder::default();
        let mut first = 0;
        for row in 0..layout.rows {
            let count = predicates[first..].iter().take_while(|predicate| predicate.row == row).count();
            let own = first..first + count;
            made.push(
                predicates[own.clone()].iter().map(|predicate| (predicate.token as u32, origin(predicate))),
                own.clone().map(|frame| senses.as_ref().map_or(UNKNOWN_TAG, |senses| senses[frame])),
                &roles[own],
            );
            first += count;
        }
        made.finish(&chunk.target.known, layout.lengths.clone())
    }

    fn predict_nothing(&self, chunk: &Chunk<'_>) -> Values {
        let mut made = values::Builder::default();
        chunk.rows.iter().for_each(|_| made.push([], [], &[]));
        made.finish(&chunk.target.known, vec![0; chunk.rows.len()])
    }
}

impl SrlHead {
    /// Scores the roles and senses of predicates; nothing where there are none.
    fn frame_scores(&self, graph: &mut Graph<'_>, read: Var, chunk: &Chunk<'_>, predicates: &[Predicate]) -> Vec<Var> {
        if predicates.is_empty() {
            return Vec::new();
        }
        let layout = chunk.layout();
        let (count, length) = (predicates.len(), window(layout.length));
        let own: Vec<u32> = predicates.iter().map(|predicate| (predicate.row * layout.length + predicate.token) as u32).collect();
        let tokens = self.token.forward(graph, read);
        let tokens = graph.gather(tokens, &places(predicates, layout));
        let at_predicates = graph.gather(read, &own);
        let of_predicates = self.predicate.forward(graph, at_predicates);
        let repeated: Vec<u32> = (0..count as u32).flat_map(|predicate| std::iter::repeat_n(predicate, length)).collect();
        let of_predicates = graph.gather(of_predicates, &repeated);
        let offsets: Vec<u32> = (0..=(count * length) as u32).collect();
        let distances = predicates.iter().flat_map(|predicate| {
            let start = predicate.reach(layout).start;
            (start..start + length).map(|token| distance(predicate.token, token))
        });
        let distances = self.distance.forward(graph, &offsets, &distances.collect::<Vec<u32>>());
        let sum = graph.sum(&[tokens, of_predicates, distances], 1.0);
        let seen = graph.activate(sum, Activation::Gelu);
        let seen = graph.reshape(seen, [count, length, WIDTH]);
        let lengths: Vec<u32> = predicates.iter().map(|predicate| predicate.reach(layout).len() as u32).collect();
        let context = self.context.forward(graph, seen, &lengths);
        let both = graph.concat(&[seen, context]);
        let keys: Vec<u64> = predicates.iter().map(|predicate| random::key(&[chunk.rows[predicate.row], predicate.token as u64])).collect();
        let dropped = graph.dropout_by(both, self.dropout, &keys);
        let mut scores = vec![self.roles.forward(graph, dropped)];
        scores.extend(self.senses.as_ref().map(|senses| senses.forward(graph, at_predicates)));
        scores
    }
}

/// The predicates that a chunk's outputs are for.
fn predicates(graph: &Graph<'_>, outputs: &[Var], chunk: &Chunk<'_>) -> Vec<Predicate> {
    let is_training = graph.context().purpose == Purpose::Training;
    let logits = (!is_training).then(|| graph.value(outputs[0]));
    find(FrameValues::of(&chunk.target.values), logits, chunk.layout())
}

fn origin(predicate: &Predicate) -> u32 {
    let given = if predicate.given.is_some() { GIVEN } else { 0 };
    given | if predicate.found { FOUND } else { 0 }
}

/// For each predicate the tag of each token of its row: whole spans in reach of it, and nothing beyond.
fn best_roles(graph: &Graph<'_>, roles: Var, predicates: &[Predicate], layout: &Layout) -> Vec<Vec<u32>> {
    let tags = graph.shape(roles).last();
    let (mut spans, mut path) = (BestSpans::default(), Vec::new());
    let lengths: Vec<u32> = predicates.iter().map(|predicate| predicate.reach(layout).len() as u32).collect();
    let scores = rows(graph.value(roles), tags, &lengths).zip(predicates);
    let of_predicate = |(scores, predicate): (&[f32], &Predicate)| {
        spans.decode(scores, tags / 4, &mut path);
        let reach = predicate.reach(layout);
        let mut all = vec![OUTSIDE; layout.lengths[predicate.row] as usize];
        all[reach].copy_from_slice(&path);
        all
    };
    scores.map(of_predicate).collect()
}

/// The place of every token in reach of every predicate among all tokens, and none for padding.
fn places(predicates: &[Predicate], layout: &Layout) -> Vec<u32> {
    let length = window(layout.length);
    let mut places = vec![u32::MAX; predicates.len() * length];
    for (own, predicate) in places.chunks_exact_mut(length).zip(predicates) {
        let tokens = own.iter_mut().zip(predicate.reach(layout));
        tokens.for_each(|(own, token)| *own = (predicate.row * layout.length + token) as u32);
    }
    places
}

/// The number of the distance from a predicate to a token.
fn distance(predicate: usize, token: usize) -> u32 {
    let far = predicate.abs_diff(token);
    let step = DISTANCES.iter().rposition(|&distance| distance <= far).unwrap_or(0);
    (if token < predicate { step } else { DISTANCES.len() + step }) as u32
}

/// Of labels each of which counts `share`; those that are not known, and those that training lacks and the outputs cannot say, count nothing.
fn cross_entropy(graph: &mut Graph<'_>, scores: Var, mut targets: Vec<u32>, share: f32) -> Var {
    let outputs = graph.shape(scores).last() as u32;
    targets.iter_mut().filter(|target| **target >= outputs).for_each(|target| *target = UNKNOWN_TAG);
    let weights: Vec<f32> = targets.iter().map(|&target| if target == UNKNOWN_TAG { 0.0 } else { share }).collect();
    graph.cross_entropy(scores, &targets, &weights, 0.0)
}
