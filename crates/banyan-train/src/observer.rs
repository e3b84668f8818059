//! What a training tells while it runs.

use crate::evaluation::Evaluation;
use crate::run::Summary;
use indexmap::IndexMap;

/// Something that happened.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// Work before the first step.
    Preparing {
        /// "reading train.csv"
        what: &'a str,
    },
    /// Rows of a table were predicted.
    Predicted {
        /// Rows so far.
        rows: usize,
        /// Rows in all.
        of: usize,
    },
    /// Something the user should know.
    Note {
        /// One sentence.
        text: &'a str,
    },
    /// The first step is next.
    Started {
        /// The model's parameters.
        parameters: usize,
        /// Rows of each split.
        rows: &'a IndexMap<String, usize>,
        /// Epochs in all.
        epochs: usize,
        /// Steps of an epoch.
        steps_per_epoch: usize,
        /// Steps that a resumed run has done before.
        done_steps: u64,
    },
    /// A step was made.
    Step {
        /// Steps made, from 1.
        step: u64,
        /// Steps in all.
        steps: u64,
        /// The epoch, from 1.
        epoch: usize,
        /// Each task's loss, averaged over the last steps.
        losses: &'a [(String, f64)],
        /// Seconds that the remaining steps will take at the rate so far.
        seconds_left: f64,
    },
    /// An evaluation was made.
    Evaluated {
        /// The epoch after which it was made.
        epoch: usize,
        /// "valid" or "test".
        split: &'a str,
        /// The metrics.
        evaluation: &'a Evaluation,
        /// The weighted score over the tasks.
        score: Option<f64>,
        /// Whether it is the best so far.
        best: bool,
    },
    /// The training ended.
    Finished {
        /// What came of it.
        summary: &'a Summary,
    },
}

/// Is told what happens.
pub trait Observer {
    /// Something happened.
    fn event(&mut self, event: &Event<'_>);
}

/// Hears nothing.
#[derive(Debug, Default, Clone, Copy)]
pub struct Silent;

impl Observer for Silent {
    fn event(&mut self, _: &Event<'_>) {}
}
