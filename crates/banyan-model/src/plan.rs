//! What a model is made from: the model's side of a configuration, with every name still to be checked.

use crate::view::View;
use banyan_method::{Choice, Value};

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
    /// The options of the head, by their names.
    pub options: Vec<(String, Value)>,
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
