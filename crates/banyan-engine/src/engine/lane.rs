//! What one lane of a step holds.

use crate::gradients::Gradients;
use crate::parameters::ParameterId;
use crate::sweep::Cotangents;
use crate::tape::Tape;
use std::time::Duration;

#[derive(Default)]
pub(super) struct Lane {
    /// One for all chunks in turn, or one for each chunk where a step looks back at all of them.
    pub(super) passes: Vec<(Tape, Cotangents)>,
    pub(super) gradients: Gradients,
    pub(super) losses: Vec<f64>,
    pub(super) gramian: Vec<f64>,
    /// The pass of the chunk that ran last.
    pub(super) latest: usize,
    /// New running statistics: whose, and their values one after the other.
    pub(super) state: Vec<ParameterId>,
    pub(super) state_values: Vec<f32>,
    pub(super) busy: Duration,
}

impl Lane {
    /// Forgets what a step found, so that a lane without a chunk in the next one adds nothing to it.
    pub(super) fn forget(&mut self) {
        self.losses.clear();
        self.gramian.clear();
        self.state.clear();
        self.state_values.clear();
    }
}

/// What a forward pass leaves for later.
#[derive(Clone, Copy)]
pub(super) enum Keep {
    /// Losses alone.
    Nothing,
    /// Gradients of so many rows, each chunk swept at once.
    Rows(usize),
    /// Gradients of so many rows, and every chunk's tape for a second look.
    Passes(usize),
}
