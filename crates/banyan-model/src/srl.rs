//! Semantic roles: which tokens are predicates, in which sense, and which spans play their roles.

use crate::encoders::Layout;
use banyan_data::batch::FrameValues;
use banyan_engine::{Activation, Graph, Var, random};
use banyan_nn::{BiLstm, Embedding, LayerBuilder, Linear};
use banyan_text::spans;
use banyan_text::{Ragged, UNKNOWN_TAG};
use std::ops::Range;

/// Numbers of a token as it is seen from a predicate.
const WIDTH: usize = 256;
/// As many labels as the sense of a predicate counts: there is one where its roles are a label a token.
const SENSE_WEIGHT: f32 = 4.0;
/// Distances from the predicate that have a vector each, on either side: these, and what is farther.
const DISTANCES: [usize; 7] = [0, 1, 2, 3, 4, 8, 16];

/// How many tokens on either side of a predicate may play its roles. No sentence of ordinary texts is longer, and the work for a text that was not cut
/// into sentences grows with its length, not with its square.
const REACH: usize = 128;

/// The tokens of a sentence are encoded once. For each predicate they are read again in a small way: a token's vector, the predicate's and one
/// for the distance between them are added up and run through one recurrent layer in both directions, so that a token knows what stands between it
/// and the predicate; then every token has scores of the roles' tags. (A marked predicate before a recurrent network is that of He, Lee, Lewis and
/// Zettlemoyer, ACL 2017; encoding the sentence once and predicates after it is that of Strubell et al., EMNLP 2018.)
#[derive(Debug)]
pub(crate) struct SemanticRoles {
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

/// The scores of a chunk.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scores {
    /// `[rows, length, 1]`, the logit of being a predicate.
    pub(crate) is_predicate: Var,
    /// Of the chunk's predicates, where there are any.
    pub(crate) frames: Option<FrameScores>,
}

/// The scores of a chunk's predicates.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FrameScores {
    /// `[predicates, window, tags]`: of the tokens that are [in reach](Predicate::reach)
    pub(crate) roles: Var,
    /// `[predicates, senses]`
    pub(crate) senses: Option<Var>,
}

/// A token that roles are scored for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Predicate {
    pub(crate) row: usize,
    pub(crate) token: usize,
    /// Its place among the frames of the labels, if it is one of them.
    pub(crate) given: Option<usize>,
    /// Whether the model says itself that it is one.
    pub(crate) found: bool,
}

impl Predicate {
    /// The tokens of its sentence that may play its roles.
    pub(crate) fn reach(&self, layout: &Layout) -> Range<usize> {
        let length = layout.lengths[self.row] as usize;
        let own = window(length);
        let start = self.token.saturating_sub(REACH).min(length - own);
        start..start + own
    }
}

/// As many tokens of a sentence of this length as are in reach of any predicate.
fn window(length: usize) -> usize {
    length.min(2 * REACH + 1)
}

/// The tokens that roles are scored for: those that the labels give, and with `logits` (`[rows, length]`) those that the model finds.
pub(crate) fn predicates(labels: &FrameValues, logits: Option<&[f32]>, layout: &Layout) -> Vec<Predicate> {
    let mut all = Vec::new();
    for (row, &length) in layout.lengths.iter().enumerate() {
        let mut given = labels.frames_of(row).zip(labels.predicates.list(row)).peekable();
        for token in 0..length as usize {
            let own = given.next_if(|(_, predicate)| **predicate as usize == token).map(|(frame, _)| frame);
            let found = logits.is_some_and(|logits| logits[row * layout.length + token] > 0.0);
            if own.is_some() || found {
                all.push(Predicate { row, token, given: own, found });
            }
        }
    }
    all
}

impl SemanticRoles {
    pub(crate) fn new(builder: &mut LayerBuilder, width: usize, roles: usize, senses: usize, dropout: f32) -> Self {
        Self {
            is_predicate: builder.linear("is_predicate", width, 1, Activation::None),
            token: builder.linear("token", width, WIDTH, Activation::None),
            predicate: builder.linear_without_bias("predicate", width, WIDTH, Activation::None),
            distance: builder.embedding("distance", 2 * DISTANCES.len(), WIDTH, 0.5),
            context: builder.bi_lstm("context", WIDTH, WIDTH / 2),
            roles: builder.linear("roles", 2 * WIDTH, spans::tags(roles), Activation::None),
            senses: (senses > 0).then(|| builder.linear("senses", width, senses, Activation::None)),
            dropout,
        }
    }

    /// The logit of being a predicate, of what a head read, `[rows, length, width]`.
    pub(crate) fn find(&self, graph: &mut Graph<'_>, read: Var) -> Var {
        self.is_predicate.forward(graph, read)
    }

    /// Scores the roles and senses of predicates, of which there must be some.
    pub(crate) fn forward(&self, graph: &mut Graph<'_>, read: Var, layout: &Layout, keys: &[u64], predicates: &[Predicate]) -> FrameScores {
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
        let keys: Vec<u64> = predicates.iter().map(|predicate| random::key(&[keys[predicate.row], predicate.token as u64])).collect();
        let dropped = graph.dropout_by(both, self.dropout, &keys);
        let roles = self.roles.forward(graph, dropped);
        let senses = self.senses.as_ref().map(|senses| senses.forward(graph, at_predicates));
        FrameScores { roles, senses }
    }
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

/// The losses of a chunk, where each label counts `share`: those of every token's role and of the sense for each predicate, and that of being a
/// predicate at each token of the rows that are known, once for each predicate of its row, so that it counts as much as the roles.
pub(crate) fn losses(
    graph: &mut Graph<'_>,
    scores: Scores,
    layout: &Layout,
    (labels, known): (&FrameValues, &[bool]),
    predicates: &[Predicate],
    share: f32,
) -> Vec<Var> {
    let length = layout.length;
    let (mut targets, mut weights) = (vec![0.0; layout.rows * length], vec![0.0; layout.rows * length]);
    for (row, _) in known.iter().enumerate().filter(|(_, known)| **known) {
        let predicates = labels.predicates.list(row).len().max(1) as f32;
        weights[row * length..][..layout.lengths[row] as usize].fill(share * predicates);
        labels.predicates.list(row).iter().for_each(|&token| targets[row * length + token as usize] = 1.0);
    }
    let mut losses = vec![graph.binary_cross_entropy(scores.is_predicate, &targets, &weights)];
    let Some(frames) = scores.frames else { return losses };

    let length = window(length);
    let mut targets = vec![UNKNOWN_TAG; predicates.len() * length];
    for (own, predicate) in targets.chunks_exact_mut(length).zip(predicates) {
        // a predicate whose roles are not known has an empty list
        let tags = predicate.given.and_then(|frame| labels.roles.list(frame).get(predicate.reach(layout))).unwrap_or_default();
        own[..tags.len()].copy_from_slice(tags);
    }
    losses.push(cross_entropy(graph, frames.roles, targets, share));
    if let Some(senses) = frames.senses {
        let targets = predicates.iter().map(|predicate| predicate.given.map_or(UNKNOWN_TAG, |frame| labels.senses.items[frame]));
        let targets = targets.collect();
        losses.push(cross_entropy(graph, senses, targets, SENSE_WEIGHT * share));
    }
    losses
}

/// Of labels each of which counts `share`; those that are not known, and those that training lacks and the outputs cannot say, count nothing.
fn cross_entropy(graph: &mut Graph<'_>, scores: Var, mut targets: Vec<u32>, share: f32) -> Var {
    let outputs = graph.shape(scores).last() as u32;
    targets.iter_mut().filter(|target| **target >= outputs).for_each(|target| *target = UNKNOWN_TAG);
    let weights: Vec<f32> = targets.iter().map(|&target| if target == UNKNOWN_TAG { 0.0 } else { share }).collect();
    graph.cross_entropy(scores, &targets, &weights, 0.0)
}

/// What is said of the predicates of a chunk.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Frames {
    /// For each row the tokens whose roles were predicted, from left to right: those that are given and those that the model finds itself.
    pub predicates: Ragged,
    /// For each of these 1 where it is given, 2 where the model finds it, 3 for both.
    pub origins: Ragged,
    /// The most probable sense of each; [`UNKNOWN_TAG`] where senses are not told apart.
    pub senses: Ragged,
    /// For each predicate of all rows in turn the tag of each of its row's tokens, which are whole spans.
    pub roles: Ragged,
    /// For each row whether its predicates are given.
    pub given: Vec<bool>,
    /// For each row the number of its tokens.
    pub words: Vec<u32>,
}

/// The bits of [`Frames::origins`].
pub const GIVEN: u32 = 1;
/// See [`GIVEN`].
pub const FOUND: u32 = 2;

impl Frames {
    /// Appends the rows of another.
    pub fn append(&mut self, other: &Self) {
        self.predicates.append(&other.predicates);
        self.origins.append(&other.origins);
        self.senses.append(&other.senses);
        self.roles.append(&other.roles);
        self.given.extend_from_slice(&other.given);
        self.words.extend_from_slice(&other.words);
    }

    /// Of so many rows without a word; `given` says which have their predicates given.
    pub(crate) fn of_no_words(given: &[bool]) -> Self {
        let empty = Ragged::of_empty_lists(given.len());
        Self {
            predicates: empty.clone(),
            origins: empty.clone(),
            senses: empty,
            roles: Ragged::default(),
            given: given.to_vec(),
            words: vec![0; given.len()],
        }
    }

    /// These rows, in this order.
    pub(crate) fn select(&self, rows: &[usize]) -> Self {
        let frames = |&row: &usize| self.predicates.offsets[row] as usize..self.predicates.offsets[row + 1] as usize;
        Self {
            predicates: self.predicates.select(rows),
            origins: self.origins.select(rows),
            senses: self.senses.select(rows),
            roles: self.roles.select(&rows.iter().flat_map(frames).collect::<Vec<_>>()),
            given: rows.iter().map(|&row| self.given[row]).collect(),
            words: rows.iter().map(|&row| self.words[row]).collect(),
        }
    }

    /// The predicates of a row with this origin: the token, its sense, and the place of its tags among the roles of all.
    pub fn of_row(&self, row: usize, origin: u32) -> impl Iterator<Item = (u32, u32, usize)> + '_ {
        let first = self.predicates.offsets[row] as usize;
        let all = self.predicates.list(row).iter().zip(self.senses.list(row)).zip(self.origins.list(row)).enumerate();
        all.filter(move |(_, (_, own))| **own & origin != 0).map(move |(index, ((&token, &sense), _))| (token, sense, first + index))
    }
}
