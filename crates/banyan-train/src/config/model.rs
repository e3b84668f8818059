//! `[model]`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Choice, method_schema};

/// Wider than any model that fits a machine.
pub(super) const MOST_WIDTH: usize = 1 << 16;
pub(super) const MOST_LAYERS: usize = 1000;

/// `[model]`: the layers between the inputs and the tasks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ModelConfig {
    /// The width of each encoder's output and of the shared representation.
    #[schemars(range(min = 1, max = MOST_WIDTH))]
    pub width: usize,
    /// How the inputs of a row are combined. A single input, or the columns of a table alone, need no fusion.
    #[schemars(schema_with = "method_schema::fusion")]
    pub fusion: Choice,
    /// How the tasks share layers.
    #[schemars(schema_with = "method_schema::sharing")]
    pub sharing: Choice,
    /// The number of shared layers after the fusion.
    #[schemars(range(max = MOST_LAYERS))]
    pub trunk_layers: usize,
    /// The dropout rate in training.
    #[schemars(extend("minimum" = 0.0, "exclusiveMaximum" = 1.0))]
    pub dropout: f64,
}

impl Default for ModelConfig {
    fn default() -> Self {
        Self { width: 128, fusion: Choice::named("gated"), sharing: Choice::named("hard"), trunk_layers: 2, dropout: 0.1 }
    }
}
