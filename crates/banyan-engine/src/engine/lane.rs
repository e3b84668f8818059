//! What one lane of a step holds.

use super::batch::{Batch, First, check_losses_follow, representation_end};
use super::statistics::Statistics;
use crate::auxiliary::AuxiliarySums;
use crate::gradients::{Gradients, Kept};
use crate::graph::Graph;
use crate::seeds::Seeds;
use crate::sweep::{Cotangents, Sweep};
use crate::tape::Tape;
use std::time::Duration;

/// One pass, forward and back.
#[derive(Default)]
pub(super) struct Pass {
    pub(super) tape: Tape,
    pub(super) cotangents: Cotangents,
}

#[derive(Default)]
pub(super) struct Lane {
    /// One for all chunks in turn, or one for each chunk where a step looks back at all of them.
    pub(super) passes: Vec<Pass>,
    pub(super) gradients: Gradients,
    /// A loss for each row of the step.
    pub(super) losses: Vec<f64>,
    pub(super) auxiliary: AuxiliarySums,
    pub(super) gramian: Vec<f64>,
    /// The pass of the chunk that ran last.
    pub(super) latest: usize,
    /// What batch normalizations found in the chunks.
    pub(super) statistics: Statistics,
    pub(super) busy: Duration,
}

impl Lane {
    /// Forgets what a step found, so that a lane without a chunk in the next one adds nothing to it.
    pub(super) fn forget(&mut self) {
        self.losses.clear();
        self.auxiliary.clear();
        self.gramian.clear();
        self.statistics.clear();
    }

    /// Runs a pass in a place, with the memory of the last one there.
    pub(super) fn record(&mut self, place: usize, batch: &Batch<'_>, keys: &[u64], forward: impl FnOnce(&mut Graph<'_>)) -> &mut Tape {
        if self.passes.len() <= place {
            self.passes.resize_with(place + 1, Default::default);
        }
        self.latest = place;
        let tape = &mut self.passes[place].tape;
        (tape.precision, tape.backward_precision) = (batch.precision, batch.backward_precision);
        forward(&mut Graph::new(tape, batch.parameters, batch.program.context(), keys));
        tape
    }

    /// Makes room for what a step finds, with gradients where they are kept.
    pub(super) fn begin(&mut self, batch: &Batch<'_>, kept: Option<Kept>, chunks: usize) {
        self.losses.resize(batch.rows.count, 0.0);
        if let Some(kept) = kept {
            self.gradients.clear(kept, chunks, batch.parameters);
        }
    }

    /// Adds up what a pass declared.
    pub(super) fn collect(&mut self, batch: &Batch<'_>, place: usize) {
        let tape = &self.passes[place].tape;
        for (task, loss) in tape.losses() {
            self.losses[task] += f64::from(loss);
        }
        for declared in tape.auxiliary_losses() {
            let value = f64::from(tape.value(declared.loss)[0]);
            let weighted = f64::from(declared.weight) * value;
            self.auxiliary.add(declared.name, value, weighted);
            if let Some(row) = batch.rows.of_auxiliary(declared.name) {
                self.losses[row] += weighted;
            }
        }
        tape.found.iter().for_each(|&(found, saved)| self.statistics.add(found, tape.saved(saved)));
    }

    /// Does what follows a pass.
    pub(super) fn follow(&mut self, batch: &Batch<'_>, place: usize, first: First<'_>) {
        let end = self.passes[place].tape.operations();
        match first {
            First::Nothing => {}
            First::Sweep(seeds) => {
                let count = seeds.rows(&self.passes[place].tape.auxiliary, batch.rows);
                self.start_sweep(batch, place, seeds, count).run(0, end);
            }
            First::SweepToRepresentation => {
                let tape = &self.passes[place].tape;
                let begin = representation_end(tape);
                check_losses_follow(begin, tape, batch.rows);
                let count = Seeds::Each.rows(&tape.auxiliary, batch.rows);
                self.start_sweep(batch, place, Seeds::Each, count).run(begin, end);
                self.add_gramian(batch, place, begin);
            }
        }
    }

    /// Begins a pass's sweep with its losses, in so many rows of cotangents.
    pub(super) fn start_sweep<'a>(&'a mut self, batch: &Batch<'a>, place: usize, seeds: Seeds<'_>, count: usize) -> Sweep<'a> {
        let Pass { tape, cotangents } = &mut self.passes[place];
        Sweep::start(tape, batch.parameters, cotangents, &mut self.gradients, batch.rows, seeds, count)
    }

    /// Goes on with a pass's sweep.
    pub(super) fn resume_sweep<'a>(&'a mut self, batch: &Batch<'a>, place: usize) -> Sweep<'a> {
        let Pass { tape, cotangents } = &mut self.passes[place];
        Sweep::resume(tape, batch.parameters, cotangents, &mut self.gradients)
    }

    /// Adds the inner products of the rows' cotangents of a pass's values before node `end`.
    pub(super) fn add_gramian(&mut self, batch: &Batch<'_>, place: usize, end: usize) {
        let rows = batch.rows.count;
        let mut gramian = std::mem::take(&mut self.gramian);
        gramian.resize(rows * rows, 0.0);
        self.resume_sweep(batch, place).add_gramian(end, rows, &mut gramian);
        self.gramian = gramian;
    }
}
