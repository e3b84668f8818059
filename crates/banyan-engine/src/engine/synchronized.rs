//! Steps whose chunks meet: what the whole batch computes between their parts, and how gradients come back.
//!
//! A chunk's pass is cut into stages. At the end of each but the last the chunks publish values; these become leaves of a tape of
//! the whole batch, one below the other in the order of the chunks, and what that tape shares becomes leaves of the chunks' tapes.
//! Back it goes the same way, stage by stage, with the cotangents of leaves carried over to the values that they are copies of.
//! The carrying is one thread's work, in the order of the chunks, so that the bits do not depend on the threads.

use super::Engine;
use super::batch::{Batch, Part, check_losses_follow, representation_end};
use super::lane::{Lane, Pass};
use super::program::Synchronize;
use super::run::PENALTIES;
use crate::cotangent::{Cotangent, Span};
use crate::gradients::Kept;
use crate::graph::Graph;
use crate::seeds::Seeds;
use crate::shape::Shape;
use crate::simd;
use crate::tape::{Cut, Tape, Var};
use std::ops::Range;

/// The place in the whole batch's lane of the pass of a point.
fn place_of(point: usize) -> usize {
    PENALTIES + 1 + point
}

/// Random operations of a point's pass are numbered from here on, so that no chunk's have their numbers.
fn first_random_operation(point: usize) -> u64 {
    (point as u64 + 1) << 32
}

impl Engine {
    /// Runs all chunks forward, stage by stage, and the whole batch's passes between them.
    pub(super) fn forward_synchronized(&mut self, batch: &Batch<'_>, synchronization: &dyn Synchronize, kept: Option<Kept>) {
        let (stride, points) = (self.stride(), synchronization.points());
        let mut keys = std::mem::take(&mut self.keys);
        keys.clear();
        keys.extend((0..batch.chunks).flat_map(|chunk| batch.program.row_keys(chunk)));
        self.each_chunk_lane(batch, Part::Forward(0), |index, lane, _| {
            lane.begin(batch, kept, batch.chunks);
            for (place, chunk) in (index..batch.chunks).step_by(stride).enumerate() {
                let tape = lane.record(place, batch, batch.program.row_keys(chunk), |graph| batch.program.forward(chunk, graph));
                tape.end_stage();
            }
        });
        for point in 0..points {
            self.meet(batch, synchronization, point, &keys);
            self.each_chunk_lane(batch, Part::Forward(point + 1), |index, lane, whole| {
                for (place, chunk) in (index..batch.chunks).step_by(stride).enumerate() {
                    let tape = &mut lane.passes[place].tape;
                    let received = receive(tape, &whole.passes[place_of(point)].tape, chunk);
                    let mut graph = Graph::resume(tape, batch.parameters, batch.program.context(), batch.program.row_keys(chunk));
                    synchronization.resume(point, chunk, &mut graph, &received);
                    tape.received = received;
                    if point + 1 == points {
                        assert!(!tape.has_published(), "a value is published where no synchronization follows");
                        lane.collect(batch, place);
                    }
                    lane.passes[place].tape.end_stage();
                }
            });
        }
        self.keys = keys;
    }

    /// Runs the whole batch's pass at a point.
    fn meet(&mut self, batch: &Batch<'_>, synchronization: &dyn Synchronize, point: usize, keys: &[u64]) {
        let (passes, whole) = self.split(batch);
        whole.record(place_of(point), batch, keys, |graph| {
            graph.tape.random_operations = first_random_operation(point);
            let mut published = std::mem::take(&mut graph.tape.received);
            published.clear();
            for index in 0..passes.get(0).tape.published(point).len() {
                published.push(import_published(graph.tape, &passes, point, index));
            }
            synchronization.synchronize(point, graph, &published);
            graph.tape.received = published;
        });
        whole.collect(batch, place_of(point));
    }

    /// Sweeps all stages.
    pub(super) fn sweep_synchronized(&mut self, batch: &Batch<'_>, synchronization: &dyn Synchronize, seeds: Seeds<'_>) {
        let last = synchronization.points();
        self.start_sweeps(batch, last, seeds);
        self.sweep_stage(batch, last);
        self.sweep_stages_before(batch, last);
    }

    /// Sweeps each row from the end down to the shared representation, and adds up the rows' inner products there.
    pub(super) fn sweep_to_representation_synchronized(&mut self, batch: &Batch<'_>, synchronization: &dyn Synchronize) {
        let (last, cut) = (synchronization.points(), self.representation_stage(batch));
        let (passes, whole) = self.split(batch);
        for point in 0..cut {
            let tape = &whole.passes[place_of(point)].tape;
            check_losses_follow(tape.operations(), tape, batch.rows);
        }
        for chunk in 0..batch.chunks {
            let tape = &passes.get(chunk).tape;
            check_losses_follow(representation_end(tape), tape, batch.rows);
        }
        self.start_sweeps(batch, last, Seeds::Each);
        for stage in (cut + 1..=last).rev() {
            self.sweep_stage(batch, stage);
            self.carry_back(batch, stage - 1);
        }
        self.each_pass(batch, Part::Backward(cut), |lane, place| {
            let tape = &lane.passes[place].tape;
            let (begin, end) = (representation_end(tape), tape.stage_nodes(cut).end);
            lane.resume_sweep(batch, place).run(begin, end);
            lane.add_gramian(batch, place, begin);
        });
    }

    /// Sweeps from the shared representation on, the rows weighted and summed there.
    pub(super) fn sweep_from_representation_synchronized(&mut self, batch: &Batch<'_>, weights: &[f32]) {
        let cut = self.representation_stage(batch);
        let whole = self.chunk_lanes(batch);
        for point in 0..cut {
            let end = self.lanes[whole].passes[place_of(point)].tape.operations();
            self.lanes[whole].resume_sweep(batch, place_of(point)).merge(end, weights);
        }
        self.each_pass(batch, Part::Backward(cut), |lane, place| {
            let tape = &lane.passes[place].tape;
            let (begin, end) = (tape.stage_nodes(cut).start, representation_end(tape));
            let mut sweep = lane.resume_sweep(batch, place);
            sweep.merge(end, weights);
            sweep.run(begin, end);
        });
        self.sweep_stages_before(batch, cut);
    }

    /// The stage in which all chunks declared the shared representation.
    fn representation_stage(&mut self, batch: &Batch<'_>) -> usize {
        let (passes, _) = self.split(batch);
        let stage = passes.get(0).tape.representation_stage;
        let same = (0..batch.chunks).all(|chunk| passes.get(chunk).tape.representation_stage == stage);
        assert!(same, "all chunks declare the shared representation between the same points");
        stage
    }

    /// Begins the sweeps of all passes with their losses.
    fn start_sweeps(&mut self, batch: &Batch<'_>, points: usize, seeds: Seeds<'_>) {
        // All tapes have the same rows, since any may pass cotangents on to any other.
        let count = seeds.most_rows(batch.rows);
        let whole = self.chunk_lanes(batch);
        for point in 0..points {
            self.lanes[whole].start_sweep(batch, place_of(point), seeds, count);
        }
        self.each_pass(batch, Part::Backward(points + 1), |lane, place| {
            lane.start_sweep(batch, place, seeds, count);
        });
    }

    /// Sweeps one stage of every chunk.
    fn sweep_stage(&mut self, batch: &Batch<'_>, stage: usize) {
        self.each_pass(batch, Part::Backward(stage), |lane, place| {
            let nodes = lane.passes[place].tape.stage_nodes(stage);
            lane.resume_sweep(batch, place).run(nodes.start, nodes.end);
        });
    }

    /// Sweeps all stages before one that is swept.
    fn sweep_stages_before(&mut self, batch: &Batch<'_>, stage: usize) {
        for stage in (0..stage).rev() {
            self.carry_back(batch, stage);
            self.sweep_stage(batch, stage);
        }
    }

    /// Carries cotangents from what the chunks received after a point to what they had published before it, by a sweep of the whole
    /// batch's pass.
    fn carry_back(&mut self, batch: &Batch<'_>, point: usize) {
        let (mut passes, whole) = self.split(batch);
        let place = place_of(point);
        let pass = &mut whole.passes[place];
        for index in 0..pass.tape.shared.len() {
            collect_shared(pass, &mut passes, point, index);
        }
        let end = pass.tape.operations();
        whole.resume_sweep(batch, place).run(0, end);
        let pass = &mut whole.passes[place];
        for index in 0..pass.tape.imports().len() {
            distribute_published(pass, &mut passes, point, index);
        }
    }

    /// The chunks' passes, and the lane of the whole batch.
    fn split(&mut self, batch: &Batch<'_>) -> (ChunkPasses<'_>, &mut Lane) {
        let (stride, chunk_lanes) = (self.stride(), self.chunk_lanes(batch));
        let (lanes, others) = self.lanes.split_at_mut(chunk_lanes);
        (ChunkPasses { lanes, stride, chunks: batch.chunks }, &mut others[0])
    }
}

/// The kept passes of all chunks.
struct ChunkPasses<'a> {
    lanes: &'a mut [Lane],
    stride: usize,
    chunks: usize,
}

impl ChunkPasses<'_> {
    fn get(&self, chunk: usize) -> &Pass {
        &self.lanes[chunk % self.stride].passes[chunk / self.stride]
    }

    fn get_mut(&mut self, chunk: usize) -> &mut Pass {
        &mut self.lanes[chunk % self.stride].passes[chunk / self.stride]
    }
}

/// Puts what all chunks published in one place on the whole batch's tape, one below the other.
fn import_published(tape: &mut Tape, passes: &ChunkPasses<'_>, point: usize, index: usize) -> Var {
    let of = |chunk: usize| {
        let tape = &passes.get(chunk).tape;
        let published = tape.published(point);
        assert!(published.len() == passes.get(0).tape.published(point).len(), "all chunks publish equally many values");
        (tape, published[index])
    };
    let shape_of = |chunk: usize| {
        let (tape, var) = of(chunk);
        tape.shape(var).with_first(tape.shape(var).samples())
    };
    let (mut rows, mut reaches) = (0, false);
    for chunk in 0..passes.chunks {
        let shape = shape_of(chunk);
        assert_eq!(shape.with_first(1), shape_of(0).with_first(1), "chunks publish values whose axes but the first are the same");
        rows += shape.samples();
        let (tape, var) = of(chunk);
        reaches |= tape.reaches_parameters(var);
    }
    let shape: Shape = shape_of(0).with_first(rows);
    let mut value = tape.pool.take(shape.len());
    let mut end = 0;
    for chunk in 0..passes.chunks {
        let (tape, var) = of(chunk);
        let own = tape.value(var);
        value[end..end + own.len()].copy_from_slice(own);
        end += own.len();
    }
    let begins = (0..passes.chunks).scan(0, |end, chunk| {
        *end += shape_of(chunk).samples() as u32;
        Some(*end)
    });
    tape.push_import_of_chunks(shape, value, reaches, std::iter::once(0).chain(begins))
}

/// Which part of a shared value a chunk receives.
fn received_part(whole: &Tape, var: Var, cut: Cut, chunk: usize) -> (Shape, Range<usize>) {
    let shape = whole.shape(var);
    match cut {
        Cut::Whole => (shape, 0..shape.len()),
        Cut::Rows(import) => {
            let (rows, width) = (whole.chunk_rows(import, chunk), shape.per_sample());
            (shape.with_first(rows.len()), rows.start * width..rows.end * width)
        }
    }
}

/// Puts what the whole batch's tape shares on a chunk's.
fn receive(tape: &mut Tape, whole: &Tape, chunk: usize) -> Vec<Var> {
    let mut received = std::mem::take(&mut tape.received);
    received.clear();
    for &(var, cut) in &whole.shared {
        let (shape, part) = received_part(whole, var, cut, chunk);
        let value = tape.pool.copy(&whole.value(var)[part]);
        received.push(tape.push_import(shape, value, whole.reaches_parameters(var)));
    }
    received
}

/// Adds the cotangents of what the chunks received to that of the value that was shared.
fn collect_shared(whole: &mut Pass, passes: &mut ChunkPasses<'_>, point: usize, index: usize) {
    let Pass { tape, cotangents } = whole;
    let (var, cut) = tape.shared[index];
    for row in 0..cotangents.rows() {
        let mut sum: Option<Cotangent> = None;
        for chunk in 0..passes.chunks {
            let Pass { tape: own, cotangents } = passes.get_mut(chunk);
            let import = own.imported(point + 1)[index];
            let Some(part) = cotangents.take(import, row) else { continue };
            let part = part.widened(Span::all(own.samples), &mut own.pool);
            let (_, range) = received_part(tape, var, cut, chunk);
            let sum =
                sum.get_or_insert_with(|| Cotangent { span: Span::all(tape.samples), values: tape.pool.zeros(tape.shape(var).len()) });
            simd::add(&mut sum[range], &part);
            own.pool.give(part.values);
        }
        if let Some(sum) = sum {
            cotangents.add(var, row, sum, &mut tape.pool);
        }
    }
}

/// Adds to the cotangents of what the chunks published their parts of that of the whole.
fn distribute_published(whole: &mut Pass, passes: &mut ChunkPasses<'_>, point: usize, index: usize) {
    let Pass { tape, cotangents } = whole;
    let import = tape.imports()[index];
    let width = tape.shape(import).per_sample();
    for row in 0..cotangents.rows() {
        let Some(all) = cotangents.take(import, row) else { continue };
        let all = all.widened(Span::all(tape.samples), &mut tape.pool);
        for chunk in 0..passes.chunks {
            let Pass { tape: own, cotangents } = passes.get_mut(chunk);
            let var = own.published(point)[index];
            let rows = tape.chunk_rows(index, chunk);
            let part = &all[rows.start * width..rows.end * width];
            // A row that no label of the chunk reaches costs nothing there.
            if own.reaches_parameters(var) && part.iter().any(|&number| number != 0.0) {
                let part = Cotangent { span: Span::all(own.samples), values: own.pool.copy(part) };
                cotangents.add(var, row, part, &mut own.pool);
            }
        }
        tape.pool.give(all.values);
    }
}
