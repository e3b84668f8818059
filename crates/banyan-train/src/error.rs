//! What can end a training, an evaluation or a prediction.

use crate::config::ConfigError;
use crate::run::RunError;
use banyan_data::Error as DataError;
use banyan_model::ModelError;

/// Why a training, an evaluation or a prediction failed. Each is one sentence.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TrainError {
    /// The configuration cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A table, a cell or a file cannot be used.
    #[error(transparent)]
    Data(#[from] DataError),
    /// The model cannot be made, or its weights not be read.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// The run's folder cannot be read or written.
    #[error(transparent)]
    Run(#[from] RunError),
    /// The balancing of the tasks.
    #[error(transparent)]
    Balance(#[from] banyan_balance::Error),
    /// A name that is not among the run's inputs or tasks.
    #[error("the run has no {kind} \"{name}\"{hint}")]
    UnknownName {
        /// "input" or "task".
        kind: &'static str,
        /// The name asked for.
        name: String,
        /// `; did you mean "…"?`, or what there is.
        hint: String,
    },
    /// A loss or gradient that is not a finite number.
    #[error(
        "step {step}: {what} is {value}, so the training was stopped; {last_good}; try a smaller training.learning_rate or training.clip, and look for extreme values with \"banyan check\""
    )]
    Diverged {
        /// The step.
        step: u64,
        /// `the loss of task "price"`, or the gradient.
        what: String,
        /// The number.
        value: f64,
        /// Where the last good weights are.
        last_good: String,
    },
    /// A table is not the one that the run was trained on.
    #[error("{table} {cause}, {advice}")]
    DataChanged {
        /// The table's file, or the key that names the tables.
        table: String,
        /// In what way.
        cause: String,
        /// What follows, and what to do.
        advice: &'static str,
    },
    /// More memory is needed than there is.
    #[error("{0}")]
    Memory(String),
    /// Something the run lacks.
    #[error("{0}")]
    Unfit(String),
    /// The system refused something.
    #[error("{0}")]
    System(String),
}
