//! Losses of tasks with a label for each token.

use crate::encoders::Layout;
use banyan_data::batch::{TargetBatch, TargetValues};
use banyan_data::schema::{TargetDetails, TargetSchema};
use banyan_engine::{Graph, Var};
use banyan_nn::Crf;
use banyan_text::UNKNOWN_TAG;
use banyan_text::lemmas::Scripts;
use banyan_text::spans;

/// A token task's loss.
#[derive(Debug)]
pub(crate) enum TokenLoss {
    /// Each token by itself.
    Tagging { label_smoothing: f32, class_weights: Vec<f32> },
    /// The script of each token, of which a word must have enough characters: so many for each script.
    Lemmas { fewest: Vec<usize> },
    /// All tags of a sentence together: spans, which must be whole, or labels, of which any may follow any.
    Chain { chain: Crf, allowed: Vec<bool> },
}

impl TokenLoss {
    /// Of a head whose tags are this chain, if they are one.
    pub(crate) fn new(target: &TargetSchema, chain: Option<Crf>, label_smoothing: f32, class_weights: Vec<f32>) -> Option<Self> {
        match (&target.details, chain) {
            (TargetDetails::Tagging { labels, .. }, Some(chain)) => {
                Some(Self::Chain { chain, allowed: vec![true; (labels.len() + 2) * labels.len()] })
            }
            (TargetDetails::Tagging { .. }, None) => Some(Self::Tagging { label_smoothing, class_weights }),
            (TargetDetails::Spans { types, .. }, Some(chain)) => Some(Self::Chain { chain, allowed: spans::allowed(types.len()) }),
            (TargetDetails::Lemmas { scripts, .. }, _) => Some(Self::Lemmas { fewest: Scripts::new(scripts).fewest() }),
            _ => None,
        }
    }

    /// The loss of a chunk: the sum over its labels, each of which counts `share`. `scores` is `[rows, length, tags]`.
    pub(crate) fn forward(&self, graph: &mut Graph<'_>, scores: Var, layout: &Layout, target: &TargetBatch, share: f32) -> Var {
        let tags = match &target.values {
            TargetValues::Tags(tags) => tags,
            TargetValues::Lemmas(lemmas) => lemmas.scripts(),
            _ => panic!("a token task has tags"),
        };
        let targets = layout.padded(tags);
        match self {
            Self::Tagging { label_smoothing, class_weights } => {
                let weight = |&tag: &u32| match tag {
                    UNKNOWN_TAG => 0.0,
                    tag => share * class_weights.get(tag as usize).copied().unwrap_or(1.0),
                };
                let weights: Vec<f32> = targets.iter().map(weight).collect();
                graph.cross_entropy(scores, &targets, &weights, *label_smoothing)
            }
            Self::Lemmas { .. } => {
                let weights: Vec<f32> = targets.iter().map(|&script| if script == UNKNOWN_TAG { 0.0 } else { share }).collect();
                graph.cross_entropy(scores, &targets, &weights, 0.0)
            }
            Self::Chain { chain, allowed } => {
                let weights: Vec<f32> = target.known.iter().map(|&known| if known { share } else { 0.0 }).collect();
                chain.loss(graph, scores, allowed, &targets, &layout.lengths, &weights)
            }
        }
    }
}
