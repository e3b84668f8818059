//! `[training]`.

use banyan_engine::Precision;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Choice, method_schema, precision};

/// The most of whatever is counted: enough for any training, and the product of two of them is a number still.
pub(super) const MOST_COUNTED: usize = 1 << 24;

/// More threads than processors have; each takes a millisecond or more to start.
pub(super) const MOST_THREADS: usize = 1024;

/// `[training]`: how the layers learn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TrainingConfig {
    /// Passes over the training rows.
    #[schemars(range(min = 1, max = MOST_COUNTED))]
    pub epochs: usize,
    /// Rows per step.
    #[schemars(range(min = 1, max = MOST_COUNTED))]
    pub batch_size: usize,
    /// The peak learning rate of the schedule.
    #[schemars(extend("exclusiveMinimum" = 0.0))]
    pub learning_rate: f64,
    /// The optimizer.
    #[schemars(schema_with = "method_schema::optimizer")]
    pub optimizer: Choice,
    /// The weight decay, decoupled from the gradient where the optimizer decouples it.
    #[schemars(range(min = 0.0))]
    pub weight_decay: f64,
    /// How the learning rate changes over the training.
    #[schemars(schema_with = "method_schema::schedule")]
    pub schedule: Choice,
    /// The fraction of all steps in which the learning rate rises from 0.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub warmup: f64,
    /// Gradient-norm clipping threshold; 0 disables it.
    #[schemars(range(min = 0.0))]
    pub clip: f64,
    /// How the tasks' losses or gradients are combined: a weighting or an aggregator.
    #[schemars(schema_with = "method_schema::balance")]
    pub balance: Choice,
    /// What becomes of losses of no task (penalties, alignment): added to the gradient after the tasks are balanced, or balanced like tasks.
    pub auxiliary: Auxiliary,
    /// The probability that each input of a row is hidden in training, so that the model learns to do without it.
    #[schemars(extend("minimum" = 0.0, "exclusiveMaximum" = 1.0))]
    pub modality_dropout: f64,
    /// The seed of all randomness.
    #[schemars(range(max = 9_223_372_036_854_775_807_u64))]
    pub seed: u64,
    /// Epochs without a better score after which the training stops. By default it never stops early.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = MOST_COUNTED))]
    pub patience: Option<usize>,
    /// Epochs between evaluations on the validation rows.
    #[schemars(range(min = 1, max = MOST_COUNTED))]
    pub evaluate_every: usize,
    /// Steps between logged steps.
    #[schemars(range(min = 1, max = MOST_COUNTED))]
    pub log_every: usize,
    /// Seconds between checkpoints, besides the one after every epoch. 0: after every step.
    #[schemars(range(min = 0.0))]
    pub checkpoint_seconds: f64,
    /// The number of threads, by default one per core. The result does not depend on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = MOST_THREADS))]
    pub threads: Option<usize>,
    /// Precision of matrix products. Where the processor does not support one, or computes it no faster, `f32` is used, with a note.
    #[serde(serialize_with = "precision::serialize", deserialize_with = "precision::deserialize")]
    #[schemars(schema_with = "precision::schema")]
    pub precision: Precision,
    /// Whether training images and audio are augmented.
    #[schemars(schema_with = "method_schema::augmentation")]
    pub augment: Choice,
    /// Decay of the moving average of the weights, which is then evaluated and kept. 0 disables it.
    #[schemars(extend("minimum" = 0.0, "exclusiveMaximum" = 1.0))]
    pub average: f64,
}

impl Default for TrainingConfig {
    fn default() -> Self {
        Self {
            epochs: 20,
            batch_size: 64,
            learning_rate: 1e-3,
            optimizer: Choice::named("adamw"),
            weight_decay: 0.01,
            schedule: Choice::named("cosine"),
            warmup: 0.05,
            clip: 1.0,
            balance: Choice::named("equal"),
            auxiliary: Auxiliary::Added,
            modality_dropout: 0.1,
            seed: 1,
            patience: None,
            evaluate_every: 1,
            log_every: 10,
            checkpoint_seconds: 30.0,
            threads: None,
            precision: Precision::Auto,
            augment: Choice::named("auto"),
            average: 0.0,
        }
    }
}

/// What becomes of losses of no task.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Auxiliary {
    /// They are added to the gradient after the tasks are balanced.
    #[default]
    Added,
    /// The balancing sees them as further tasks.
    Balanced,
}
