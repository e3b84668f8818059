//! `[training]`.

use banyan_engine::Precision;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Choice, precision};
use crate::methods;

/// `[training]`: how the layers learn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TrainingConfig {
    /// Passes over the training rows.
    #[schemars(range(min = 1))]
    pub epochs: usize,
    /// Rows a step.
    #[schemars(range(min = 1))]
    pub batch_size: usize,
    /// The highest learning rate of the schedule.
    pub learning_rate: f64,
    /// The optimiser.
    #[schemars(schema_with = "methods::optimizer")]
    pub optimizer: Choice,
    /// The weight decay, decoupled from the gradient where the optimiser decouples it.
    #[schemars(range(min = 0.0))]
    pub weight_decay: f64,
    /// How the learning rate changes over the training.
    #[schemars(schema_with = "methods::schedule")]
    pub schedule: Choice,
    /// The share of all steps in which the learning rate rises from 0.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub warmup: f64,
    /// The largest norm of the whole gradient; longer ones are shortened to it. 0: never.
    #[schemars(range(min = 0.0))]
    pub clip: f64,
    /// How the tasks' losses or gradients become one: a weighting or an aggregator.
    #[schemars(schema_with = "methods::balance")]
    pub balance: Choice,
    /// What becomes of losses of no task (penalties, alignment): added to the gradient after the tasks are balanced, or balanced like tasks.
    pub auxiliary: Auxiliary,
    /// The probability with which each input of a row is hidden in training, so that the model learns to do without.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub modality_dropout: f64,
    /// The seed of all randomness.
    #[schemars(range(max = 9_223_372_036_854_775_807_u64))]
    pub seed: u64,
    /// Epochs without a better score after which the training stops. Not given: it never stops early.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub patience: Option<usize>,
    /// Epochs from one evaluation on the validation rows to the next.
    #[schemars(range(min = 1))]
    pub evaluate_every: usize,
    /// Steps from one logged step to the next.
    #[schemars(range(min = 1))]
    pub log_every: usize,
    /// Seconds from one checkpoint to the next; one is written after every epoch besides. 0: after every step.
    #[schemars(range(min = 0.0))]
    pub checkpoint_seconds: f64,
    /// Threads. Not given: as many as the machine has cores. The result does not depend on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub threads: Option<usize>,
    /// How exactly products of matrices are computed. What the processor cannot compute, or computes no faster, is computed in `f32`, and a note says so.
    #[serde(serialize_with = "precision::serialize", deserialize_with = "precision::deserialize")]
    #[schemars(schema_with = "precision::schema")]
    pub precision: Precision,
    /// Whether training images and sounds are varied.
    #[schemars(schema_with = "methods::augmentation")]
    pub augment: Choice,
    /// The decay of the running average of the weights that is evaluated and kept. 0: the weights themselves.
    #[schemars(range(min = 0.0, max = 1.0))]
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
