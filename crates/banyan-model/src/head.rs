//! Heads: from a task's representation to its outputs.

use crate::dependencies::Dependencies;
use crate::srl::SemanticRoles;
use crate::view::View;
use banyan_data::config::TagDecoder;
use banyan_data::schema::{TargetDetails, TargetSchema};
use banyan_engine::{Activation, Graph, ParameterId, Parameters, Var};
use banyan_nn::{Crf, Embedding, LayerBuilder, LayerNorm, Linear};
use banyan_text::spans;

/// A task's last layers.
#[derive(Debug)]
pub(crate) struct Head {
    pub(crate) view: View,
    norm: LayerNorm,
    /// For heads on a sequence or a grid: brings its features to the model's width.
    local: Option<(Linear, Linear)>,
    output: Output,
    /// For spans, and labels that are decoded together: what it costs to go from one tag to another.
    pub(crate) chain: Option<Crf>,
    dropout: f32,
}

#[derive(Debug)]
enum Output {
    Linear(Linear),
    Dependencies(Dependencies),
    SemanticRoles(SemanticRoles),
    /// One score and rising thresholds: `logit P(y > k) = s - b_k` (CORAL: Cao, Mirjalili and Raschka, 2020).
    Ordinal {
        score: Linear,
        thresholds: Embedding,
        classes: usize,
    },
}

/// The layers that give a task's outputs.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Layers<'a> {
    /// One output: see [`Head::forward`].
    Plain,
    /// Those that score trees.
    Dependencies(&'a Dependencies),
    /// Those that score predicates and their roles.
    SemanticRoles(&'a SemanticRoles),
}

/// The numbers a head gives for each row, token or cell.
pub(crate) fn output_width(target: &TargetSchema) -> usize {
    match &target.details {
        TargetDetails::Regression { .. } | TargetDetails::Binary { .. } => 1,
        TargetDetails::Classification { classes, .. } => classes.len(),
        TargetDetails::Multilabel { labels, .. } => labels.len(),
        TargetDetails::Ordinal { classes, .. } => classes.len() - 1,
        TargetDetails::Tagging { labels, .. } => labels.len(),
        TargetDetails::Spans { types, .. } => spans::tags(types.len()),
        TargetDetails::Dependencies { relations, .. } => relations.len(),
        TargetDetails::Srl { roles, .. } => spans::tags(roles.len()),
        TargetDetails::Lemmas { scripts, .. } => scripts.len(),
    }
}

impl Head {
    /// A head for a task. `local_width` is the width of the sequence or grid that it reads, if it does.
    pub(crate) fn new(
        builder: &mut LayerBuilder,
        target: &TargetSchema,
        view: View,
        width: usize,
        local_width: Option<usize>,
        dropout: f32,
        decoder: TagDecoder,
    ) -> Self {
        let norm = builder.layer_norm("norm", width);
        let local = local_width.map(|local| {
            (
                builder.linear("local", local, width, Activation::None),
                builder.linear_without_bias("context", width, width, Activation::None),
            )
        });
        let output = match &target.details {
            TargetDetails::Ordinal { classes, .. } => Output::Ordinal {
                score: builder.linear_without_bias("score", width, 1, Activation::None),
                thresholds: builder.embedding("thresholds", 1, classes.len() - 1, 0.0),
                classes: classes.len(),
            },
            TargetDetails::Dependencies { relations, .. } => Output::Dependencies(Dependencies::new(builder, width, relations.len())),
            TargetDetails::Srl { roles, senses, .. } => {
                Output::SemanticRoles(SemanticRoles::new(builder, width, roles.len(), senses.len(), dropout))
            }
            _ => Output::Linear(builder.linear("output", width, output_width(target), Activation::None)),
        };
        let is_chain =
            matches!((&target.details, decoder), (TargetDetails::Spans { .. }, _) | (TargetDetails::Tagging { .. }, TagDecoder::Crf));
        let chain = is_chain.then(|| builder.crf("transitions", output_width(target)));
        Self { view, norm, local, output, chain, dropout }
    }

    /// Sets what the head says before it has learned anything to what the labels' frequencies say.
    pub(crate) fn start_from_frequencies(&self, parameters: &mut Parameters, target: &TargetSchema) {
        let logit = |positive: f64, all: f64| ((positive + 0.5) / (all - positive + 0.5)).ln() as f32;
        let mut set = |id: Option<ParameterId>, values: Vec<f32>| {
            if let Some(id) = id {
                parameters.get_mut(id).copy_from_slice(&values);
            }
        };
        let sum = |counts: &[usize]| counts.iter().sum::<usize>() as f64;
        match (&self.output, &target.details) {
            (Output::Linear(layer), TargetDetails::Binary { counts, .. }) => {
                set(layer.bias, vec![logit(counts[1] as f64, sum(counts))]);
            }
            (
                Output::Linear(layer),
                TargetDetails::Classification { counts, .. } | TargetDetails::Tagging { counts, .. } | TargetDetails::Lemmas { counts, .. },
            ) => {
                let all = sum(counts) + counts.len() as f64;
                set(layer.bias, counts.iter().map(|&count| ((count as f64 + 1.0) / all).ln() as f32).collect());
            }
            (Output::Linear(layer), TargetDetails::Multilabel { counts, rows, .. }) => {
                set(layer.bias, counts.iter().map(|&count| logit(count as f64, *rows as f64)).collect());
            }
            (Output::Ordinal { thresholds, .. }, TargetDetails::Ordinal { counts, .. }) => {
                let above = (1..counts.len()).map(|class| logit(sum(&counts[class..]), sum(counts))).collect();
                set(Some(thresholds.table), above);
            }
            _ => {}
        }
    }

    /// The layers that give a task's outputs.
    pub(crate) fn layers(&self) -> Layers<'_> {
        match &self.output {
            Output::Dependencies(layers) => Layers::Dependencies(layers),
            Output::SemanticRoles(layers) => Layers::SemanticRoles(layers),
            Output::Linear(_) | Output::Ordinal { .. } => Layers::Plain,
        }
    }

    /// What the last layers read: the pooled representation, `[rows, width]`, or `[…, width]` at each place of `local`, to which the
    /// representation is added as context.
    pub(crate) fn read(&self, graph: &mut Graph<'_>, representation: Var, local: Option<Var>) -> Var {
        let read = match (&self.local, local) {
            (Some((project, context)), Some(local)) => {
                let places = project.forward(graph, local);
                let context = context.forward(graph, representation);
                let both = graph.sum(&[places, context], 1.0);
                graph.activate(both, Activation::Gelu)
            }
            _ => representation,
        };
        let normed = self.norm.forward(graph, read);
        graph.dropout(normed, self.dropout)
    }

    /// The outputs, of what was [read](Self::read): `[rows, width]`, or `[…, width]` at each place.
    ///
    /// # Panics
    /// For a head whose [layers](Self::layers) give several outputs.
    pub(crate) fn forward(&self, graph: &mut Graph<'_>, dropped: Var) -> Var {
        match &self.output {
            Output::Linear(layer) => layer.forward(graph, dropped),
            Output::Dependencies(_) | Output::SemanticRoles(_) => panic!("trees and frames are scored by their own layers"),
            Output::Ordinal { score, thresholds, classes } => {
                let score = score.forward(graph, dropped);
                let scores = graph.concat(&vec![score; classes - 1]);
                let rows = graph.shape(scores).rows();
                let offsets: Vec<u32> = (0..=rows as u32).collect();
                let thresholds = thresholds.forward(graph, &offsets, &vec![0; rows]);
                let thresholds = graph.reshape(thresholds, graph.shape(scores));
                graph.sum(&[scores, thresholds], 1.0)
            }
        }
    }
}
