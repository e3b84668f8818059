//! Losses: a scalar for each task, with a weight for each row.

use crate::plan::{Balanced, TaskPlan};
use banyan_data::batch::{TargetBatch, TargetValues};
use banyan_data::schema::{TargetDetails, TargetSchema};
use banyan_engine::{Graph, Residual, Var};

/// A task's loss.
#[derive(Debug)]
pub(crate) struct Loss {
    pub(crate) label_smoothing: f32,
    residual: Residual,
    /// The weight of each class; empty where all count the same.
    pub(crate) class_weights: Vec<f32>,
    kind: Kind,
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    Regression,
    Binary,
    Classification,
    Multilabel,
    Ordinal {
        classes: usize,
    },
    /// Each token has a label: see [`crate::token_loss`] and [`crate::dependencies`].
    Token,
}

impl Loss {
    pub(crate) fn new(target: &TargetSchema, plan: &TaskPlan) -> Self {
        let kind = match &target.details {
            TargetDetails::Regression { .. } => Kind::Regression,
            TargetDetails::Binary { .. } => Kind::Binary,
            TargetDetails::Classification { .. } => Kind::Classification,
            TargetDetails::Multilabel { .. } => Kind::Multilabel,
            TargetDetails::Ordinal { classes, .. } => Kind::Ordinal { classes: classes.len() },
            TargetDetails::Tagging { .. }
            | TargetDetails::Spans { .. }
            | TargetDetails::Dependencies { .. }
            | TargetDetails::Srl { .. }
            | TargetDetails::Lemmas { .. } => Kind::Token,
        };
        let counts = target.counts();
        let balanced =
            plan.balanced == Balanced::Yes && matches!(kind, Kind::Binary | Kind::Classification | Kind::Ordinal { .. } | Kind::Token);
        let all = counts.iter().sum::<usize>() as f32;
        let class_weights =
            if balanced { counts.iter().map(|&count| all / (counts.len() as f32 * count.max(1) as f32)).collect() } else { Vec::new() };
        let residual = plan.huber.map_or(Residual::Square, Residual::Huber);
        Self { label_smoothing: plan.label_smoothing, residual, class_weights, kind }
    }

    /// The loss of a chunk: the sum over its labels, each of which counts `share`.
    pub(crate) fn forward(&self, graph: &mut Graph<'_>, output: Var, target: &TargetBatch, share: f32) -> Var {
        let weight = |row: usize, class: Option<u32>| {
            let own = class.and_then(|class| self.class_weights.get(class as usize)).copied().unwrap_or(1.0);
            if target.known[row] { share * own } else { 0.0 }
        };
        let rows = target.known.len();
        match (self.kind, &target.values) {
            (Kind::Regression, TargetValues::Number(values)) => {
                let weights: Vec<f32> = (0..rows).map(|row| weight(row, None)).collect();
                graph.regression_loss(output, values, &weights, self.residual)
            }
            (Kind::Binary, TargetValues::Class(classes)) => {
                let targets: Vec<f32> = classes.iter().map(|&class| class as f32).collect();
                let weights: Vec<f32> = (0..rows).map(|row| weight(row, Some(classes[row]))).collect();
                graph.binary_cross_entropy(output, &targets, &weights)
            }
            (Kind::Classification, TargetValues::Class(classes)) => {
                let weights: Vec<f32> = (0..rows).map(|row| weight(row, Some(classes[row]))).collect();
                graph.cross_entropy(output, classes, &weights, self.label_smoothing)
            }
            (Kind::Multilabel, TargetValues::Labels { classes, values }) => {
                let weights: Vec<f32> = (0..rows).flat_map(|row| vec![weight(row, None) / *classes as f32; *classes]).collect();
                graph.binary_cross_entropy(output, values, &weights)
            }
            (Kind::Ordinal { classes: count }, TargetValues::Class(classes)) => {
                let targets: Vec<f32> =
                    classes.iter().flat_map(|&class| (0..count as u32 - 1).map(move |k| f32::from(u8::from(class > k)))).collect();
                let weights: Vec<f32> = (0..rows).flat_map(|row| vec![weight(row, Some(classes[row])); count - 1]).collect();
                graph.binary_cross_entropy(output, &targets, &weights)
            }
            (kind, _) => panic!("labels of another kind than {kind:?}"),
        }
    }
}
