//! What a step runs, and what it wants of it.

use super::program::{Program, Synchronize};
use crate::matmul::Precision;
use crate::parameters::Parameters;
use crate::seeds::{Rows, Seeds};
use crate::tape::Tape;

/// What is run.
pub(super) struct Batch<'a> {
    pub(super) parameters: &'a Parameters,
    pub(super) program: &'a dyn Program,
    pub(super) rows: Rows<'a>,
    /// How the forward passes' products of matrices are computed.
    pub(super) precision: Precision,
    /// And the backward passes'.
    pub(super) backward_precision: Precision,
    pub(super) chunks: usize,
    /// Where chunks meet, if they do.
    pub(super) synchronization: Option<&'a dyn Synchronize>,
}

/// What a step's gradients are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum GradientsFor {
    /// To be descended.
    Step,
    /// To be compared with each other.
    Gramian,
}

impl<'a> Batch<'a> {
    pub(super) fn new(
        precision: Precision,
        parameters: &'a Parameters,
        program: &'a dyn Program,
        rows: usize,
        gradients_for: GradientsFor,
    ) -> Self {
        let (chunks, backward_precision) = (program.chunks(), precision);
        let precision = match gradients_for {
            GradientsFor::Step => precision,
            GradientsFor::Gramian => precision.before_gramian(),
        };
        let synchronization = program.synchronization().filter(|synchronization| chunks > 0 && synchronization.points() > 0);
        Self { parameters, program, rows: Rows::new(rows, program.balanced()), precision, backward_precision, chunks, synchronization }
    }
}

/// What becomes of a chunk's pass when the next one runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Passes {
    /// The next takes its place.
    Reused,
    /// It stays for a second look.
    Kept,
}

/// What follows each chunk's forward pass at once, while its values are in the cache (or all chunks', where these meet).
#[derive(Debug, Clone, Copy)]
pub(super) enum First<'a> {
    /// Nothing.
    Nothing,
    /// Its sweep.
    Sweep(Seeds<'a>),
    /// The sweep of each row down to the shared representation, and the rows' inner products there.
    SweepToRepresentation,
}

/// Something that all chunks do before any goes on, of which the duration is remembered.
#[derive(Debug, Clone, Copy)]
pub(super) enum Part {
    /// A stage of the forward pass.
    Forward(usize),
    /// A stage of the sweep.
    Backward(usize),
}

/// Where the nodes after the shared representation begin.
pub(super) fn representation_end(tape: &Tape) -> usize {
    tape.representation_end.unwrap_or_else(|| panic!("gradients at the representation need `Graph::declare_representation`"))
}

/// Refuses losses with a row before node `begin`.
pub(super) fn check_losses_follow(begin: usize, tape: &Tape, rows: Rows<'_>) {
    let with_row = tape.auxiliary_losses().filter(|declared| rows.of_auxiliary(declared.name).is_some());
    let early = tape.losses.iter().map(|&(_, loss)| loss).chain(with_row.map(|declared| declared.loss)).any(|loss| loss.index() < begin);
    assert!(!early, "a loss that is declared before the shared representation has no gradient there to be balanced by");
}
