//! Runs the passes of a step over the lanes, forward and back.

use super::Engine;
use super::batch::{Batch, First, Part, Passes, representation_end};
use super::lane::Lane;
use crate::gradients::Kept;
use crate::seeds::Seeds;
use crate::workers::Work;
use std::time::{Duration, Instant};

/// The place in the whole batch's lane of the pass that declares penalties.
pub(super) const PENALTIES: usize = 0;

impl Engine {
    /// Runs all chunks forward, and what follows each. Returns the losses.
    pub(super) fn forward(&mut self, batch: &Batch<'_>, passes: Passes, kept: Option<Kept>, first: First<'_>) -> Vec<f64> {
        let stride = self.stride();
        (self.rows, self.tasks) = (batch.rows.count, batch.rows.tasks());
        self.lanes.iter_mut().for_each(Lane::forget);
        batch.parameters.prepare(&self.workers);
        self.active = self.chunk_lanes(batch);
        let whole = &mut self.lanes[self.active];
        let tape = whole.record(PENALTIES, batch, &[], |graph| batch.program.penalties(graph));
        // No representation enters them: for gradients there, they lie before it.
        tape.representation_end = Some(tape.operations());
        let penalizes = tape.declares_losses();
        if penalizes || batch.synchronization.is_some() {
            self.active += 1;
            whole.begin(batch, kept, 1);
        }
        if penalizes {
            whole.collect(batch, PENALTIES);
            whole.follow(batch, PENALTIES, first);
        }
        if let Some(synchronization) = batch.synchronization {
            self.forward_synchronized(batch, synchronization, kept);
            match first {
                First::Nothing => {}
                First::Sweep(seeds) => self.sweep_synchronized(batch, synchronization, seeds),
                First::SweepToRepresentation => self.sweep_to_representation_synchronized(batch, synchronization),
            }
        } else {
            self.each_chunk_lane(batch, Part::Forward(0), |index, lane, _| {
                lane.begin(batch, kept, batch.chunks);
                for (pass, chunk) in (index..batch.chunks).step_by(stride).enumerate() {
                    let place = if passes == Passes::Kept { pass } else { 0 };
                    let tape = lane.record(place, batch, batch.program.row_keys(chunk), |graph| batch.program.forward(chunk, graph));
                    assert!(!tape.has_published(), "a value is published where no synchronization follows");
                    lane.collect(batch, place);
                    lane.follow(batch, place, first);
                }
            });
        }
        self.sum_losses()
    }

    /// Sweeps all kept passes.
    pub(super) fn sweep(&mut self, batch: &Batch<'_>, seeds: Seeds<'_>) {
        self.sweep_penalties(batch, |lane| lane.follow(batch, PENALTIES, First::Sweep(seeds)));
        match batch.synchronization {
            Some(synchronization) => self.sweep_synchronized(batch, synchronization, seeds),
            None => self.each_pass(batch, Part::Backward(0), |lane, place| lane.follow(batch, place, First::Sweep(seeds))),
        }
    }

    /// Sweeps all kept passes from the shared representation on, the rows weighted and summed there.
    pub(super) fn sweep_from_representation(&mut self, batch: &Batch<'_>, weights: &[f32]) {
        let from_representation = |lane: &mut Lane, place: usize| {
            let end = representation_end(&lane.passes[place].tape);
            let mut sweep = lane.resume_sweep(batch, place);
            sweep.merge(end, weights);
            sweep.run(0, end);
        };
        self.sweep_penalties(batch, |lane| from_representation(lane, PENALTIES));
        match batch.synchronization {
            Some(_) => self.sweep_from_representation_synchronized(batch, weights),
            None => self.each_pass(batch, Part::Backward(0), from_representation),
        }
    }

    /// The lanes that chunks are spread over.
    pub(super) fn stride(&self) -> usize {
        self.lanes.len() - 1
    }

    /// How many lanes have a chunk. The one after them is the whole batch's.
    pub(super) fn chunk_lanes(&self, batch: &Batch<'_>) -> usize {
        self.stride().min(batch.chunks)
    }

    /// What the lanes found, added in their order.
    fn sum_losses(&mut self) -> Vec<f64> {
        let mut losses = vec![0.0; self.rows];
        self.auxiliary.clear();
        for lane in &self.lanes[..self.active] {
            for (sum, loss) in losses.iter_mut().zip(&lane.losses) {
                *sum += loss;
            }
            for loss in lane.auxiliary.iter() {
                self.auxiliary.add(&loss.name, loss.value, loss.weighted);
            }
        }
        losses
    }

    /// Calls `run` with the whole batch's lane, if there are penalties.
    fn sweep_penalties(&mut self, batch: &Batch<'_>, run: impl FnOnce(&mut Lane)) {
        let whole = self.chunk_lanes(batch);
        if self.lanes[whole].passes[PENALTIES].tape.declares_losses() {
            run(&mut self.lanes[whole]);
        }
    }

    /// Calls `run` for every chunk's kept pass, by its lane and its place there.
    pub(super) fn each_pass(&mut self, batch: &Batch<'_>, part: Part, run: impl Fn(&mut Lane, usize) + Sync) {
        let stride = self.stride();
        self.each_chunk_lane(batch, part, |index, lane, _| {
            for place in 0..(index..batch.chunks).step_by(stride).len() {
                run(lane, place);
            }
        });
    }

    /// Calls `run` for every lane that has a chunk, each on one thread, with the lane of the whole batch to look at.
    pub(super) fn each_chunk_lane(&mut self, batch: &Batch<'_>, part: Part, run: impl Fn(usize, &mut Lane, &Lane) + Sync) {
        let chunk_lanes = self.chunk_lanes(batch);
        let (lanes, others) = self.lanes.split_at_mut(chunk_lanes);
        let whole = &others[0];
        let place = match part {
            Part::Forward(stage) => 2 * stage,
            Part::Backward(stage) => 2 * stage + 1,
        };
        if self.durations.len() <= place {
            self.durations.resize(place + 1, Work::unknown());
        }
        self.workers.each(self.durations[place].times(batch.chunks), lanes, |index, lane| {
            let start = Instant::now();
            run(index, lane, whole);
            lane.busy = start.elapsed();
        });
        let busy: Duration = lanes.iter().map(|lane| lane.busy).sum();
        self.durations[place] = Work::measured(busy / batch.chunks.max(1) as u32);
    }
}
