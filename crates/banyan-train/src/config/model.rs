//! `[model]`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Choice, method_schema};

/// `[model]`: the layers between the inputs and the tasks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ModelConfig {
    /// The width of each encoder's output and of the shared representation.
    #[schemars(range(min = 1))]
    pub width: usize,
    /// How the inputs of a row are combined. A single input, or the columns of a table alone, need no fusion.
    #[schemars(schema_with = "method_schema::fusion")]
    pub fusion: Choice,
    /// How the tasks share layers.
    #[schemars(schema_with = "method_schema::sharing")]
    pub sharing: Choice,
    /// The number of shared layers after the fusion.
    pub trunk_layers: usize,
    /// The dropout rate in training.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub dropout: f64,
}

impl Default for ModelConfig {
    fn default() -> Self {
        Self { width: 128, fusion: Choice::named("gated"), sharing: Choice::named("hard"), trunk_layers: 2, dropout: 0.1 }
    }
}
