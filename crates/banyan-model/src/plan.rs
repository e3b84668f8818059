//! What a model is made from: the model's side of a configuration, with every name still to be checked.

use crate::view::View;
use banyan_data::config::TagDecoder;
use banyan_method::Choice;

/// The model's side of a configuration.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// Features of the fused representation and of the trunk.
    pub width: usize,
    /// Layers between fusion and heads.
    pub trunk_layers: usize,
    /// Dropout in encoders, trunk and heads.
    pub dropout: f32,
    /// How inputs are brought together.
    pub fusion: Choice,
    /// What tasks share.
    pub sharing: Choice,
    /// The seed of the initial values.
    pub seed: u64,
    /// The encoder of each input, in the schema's order; the default ones where there are fewer.
    pub encoders: Vec<Choice>,
    /// The model's side of each task, in the schema's order.
    pub tasks: Vec<TaskPlan>,
}

/// The model's side of one task.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TaskPlan {
    /// What the head reads.
    pub view: View,
    /// Label smoothing of a classification.
    pub label_smoothing: f32,
    /// The Huber loss's `delta` (in standard deviations) of a regression; squared error without it.
    pub huber: Option<f32>,
    /// Whether classes count inversely to their frequency.
    pub balanced: Balanced,
    /// What chooses the labels of a tagging.
    pub decoder: TagDecoder,
}

/// Whether classes count inversely to their frequency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Balanced {
    /// Every row counts the same.
    #[default]
    No,
    /// Every class counts the same in all.
    Yes,
}

impl Plan {
    /// The default plan for a number of tasks that read the fused representation.
    pub fn new(tasks: usize) -> Self {
        Self {
            width: 128,
            trunk_layers: 2,
            dropout: 0.1,
            fusion: Choice::named("gated"),
            sharing: Choice::named("hard"),
            seed: 1,
            encoders: Vec::new(),
            tasks: vec![TaskPlan::default(); tasks],
        }
    }
}
