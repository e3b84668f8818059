//! Runs a step: chunks of rows over lanes, losses and gradients out.
//!
//! Lanes leave sums of gradients and factors of gradients (see [`crate::gradients`]); what a step wants of them is worked out when all
//! chunks are done, by all threads:
//!
//! * [`gather`] adds up one gradient: the lanes' sums, weighted, and the products of factors.
//! * [`gramian`] takes the inner products of all tasks' gradients. Of summed gradients they are taken block by block.
//!   Of factored ones they are had without the gradients: with `G_i = Xᵀ Y_i`, `<G_i, G_j> = <X Xᵀ Y_i, Y_j>`,
//!   and `X Xᵀ` is the same for all tasks (the "ghost" form; Goodfellow, 2015, for norms of single samples).
//! * [`table`] does both for tables of which a batch reads a few rows.

mod gather;
mod gramian;
mod inner_products;
mod lane;
mod product;
mod table;

use crate::graph::{Context, Graph};
use crate::matmul::Precision;
use crate::parameters::Parameters;
use crate::sweep::{Cotangents, Sweep};
use crate::tape::Tape;
use crate::workers::{Work, Workers};
use crate::{gradients::Gradients, pool::Pool};
use lane::{Keep, Lane};
use std::time::{Duration, Instant};
use table::Reads;

/// A forward pass that can be run chunk by chunk.
pub trait Program: Sync {
    /// How many chunks the batch is cut into. The cut must not depend on the number of threads.
    fn chunks(&self) -> usize;
    /// What randomness depends on.
    fn context(&self) -> Context;
    /// A key for each row of a chunk.
    fn row_keys(&self, chunk: usize) -> &[u64];
    /// Runs the chunk and declares its losses, each already divided by the whole batch's count.
    fn forward(&self, chunk: usize, graph: &mut Graph<'_>);
}

/// How an engine works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// Threads; 0 for one a core. The result does not depend on it.
    pub threads: usize,
    /// Lanes: chunk `c` is added up in lane `c % lanes`, and lanes are added in order. More lanes let
    /// more threads work and cost a gradient each. The result's last bits depend on it.
    pub lanes: usize,
    /// How products of matrices are computed.
    pub precision: Precision,
}

impl Default for Settings {
    fn default() -> Self {
        Self { threads: 0, lanes: 4, precision: Precision::Auto }
    }
}

/// Runs training steps and keeps the memory that they need.
///
/// A batch is cut into chunks of whole rows. A thread runs one chunk forward and back through every layer
/// while its activations are in the cache, and adds to its lane's gradients; lanes are fixed in number and
/// added in a fixed order. So the only barrier is at the end of the step, and the sum has the same bits
/// whatever the number of threads.
pub struct Engine {
    workers: Workers,
    precision: Precision,
    lanes: Vec<Lane>,
    /// How long a chunk took in the last pass.
    chunk: Work,
    /// How many lanes had a chunk in the last step.
    active: usize,
    gradient: Vec<f32>,
    /// Rows of the Jacobian, once asked for.
    jacobian: Vec<f32>,
    reads: Reads,
    pool: Pool,
}

impl Engine {
    /// An engine with threads of its own.
    ///
    /// # Errors
    /// If the system refuses to start the threads.
    pub fn new(settings: Settings) -> Result<Self, std::io::Error> {
        let mut lanes = Vec::new();
        lanes.resize_with(settings.lanes.max(1), Lane::default);
        Ok(Self {
            workers: Workers::new(settings.threads)?,
            precision: settings.precision.effective(),
            lanes,
            chunk: Work::unknown(),
            active: 0,
            gradient: Vec::new(),
            jacobian: Vec::new(),
            reads: Reads::default(),
            pool: Pool::default(),
        })
    }

    /// The precision that products of matrices are computed in: what the settings asked for, as far as the processor has it.
    pub fn precision(&self) -> Precision {
        self.precision
    }

    /// The threads, for work around the step (an optimiser).
    pub fn workers(&self) -> &Workers {
        &self.workers
    }

    /// The losses alone: `losses[t]` for `tasks` tasks.
    pub fn losses(&mut self, parameters: &Parameters, program: &dyn Program, tasks: usize) -> Vec<f64> {
        self.forward(parameters, program, tasks, Keep::Nothing, Look::AtTheSum, |_, _, _, _| {})
    }

    /// The gradient of `Σ_t weights[t] loss_t`, to be read from [`gradient`](Self::gradient). Returns the
    /// losses. A task of weight 0 is not differentiated.
    pub fn weighted(&mut self, parameters: &Parameters, program: &dyn Program, weights: &[f32]) -> Vec<f64> {
        let losses = self.forward(parameters, program, weights.len(), Keep::Rows(1), Look::AtTheSum, |tape, cotangents, gradients, _| {
            let end = tape.nodes.len();
            Sweep::start(tape, parameters, cotangents, gradients, 1, |task| (weights[task] != 0.0).then(|| (0, weights[task]))).run(0, end);
        });
        self.gather(parameters, &[1.0], Own::AsTheyAre);
        losses
    }

    /// As [`weighted`](Self::weighted) for weights that depend on the batch's losses: all chunks run
    /// forward, then `weigh` is asked, then all run back.
    ///
    /// # Errors
    /// Those of `weigh`.
    pub fn weighted_by_losses<E>(
        &mut self,
        parameters: &Parameters,
        program: &dyn Program,
        tasks: usize,
        weigh: impl FnOnce(&[f64]) -> Result<Vec<f32>, E>,
    ) -> Result<Vec<f64>, E> {
        let losses = self.forward(parameters, program, tasks, Keep::Passes(1), Look::AtTheSum, |_, _, _, _| {});
        let weights = weigh(&losses)?;
        self.backward(program.chunks(), |tape, cotangents, gradients| {
            let end = tape.nodes.len();
            Sweep::start(tape, parameters, cotangents, gradients, 1, |task| (weights[task] != 0.0).then(|| (0, weights[task]))).run(0, end);
        });
        self.gather(parameters, &[1.0], Own::AsTheyAre);
        Ok(losses)
    }

    /// The gradient of every task's loss in one stacked sweep, for [`gramian`](Self::gramian), [`combine`](Self::combine) and
    /// [`jacobian`](Self::jacobian). Returns the losses.
    pub fn stacked(&mut self, parameters: &Parameters, program: &dyn Program, tasks: usize) -> Vec<f64> {
        let losses = self.forward(parameters, program, tasks, Keep::Rows(tasks), Look::AtTheGramian, |tape, cotangents, gradients, _| {
            let end = tape.nodes.len();
            Sweep::start(tape, parameters, cotangents, gradients, tasks, |task| Some((task, 1.0))).run(0, end);
        });
        self.settle(parameters);
        losses
    }

    /// The gradient for weights chosen from the Gramian of the tasks' gradients at the shared
    /// representation: heads are swept for each task, the layers before the representation once.
    /// Layers after it get the sum of the tasks' gradients, unweighted. Returns the losses and the Gramian.
    ///
    /// # Errors
    /// Those of `weigh`.
    ///
    /// # Panics
    /// If the program declares no representation: its Gramian would be of nothing.
    pub fn weighted_by_representation<E>(
        &mut self,
        parameters: &Parameters,
        program: &dyn Program,
        tasks: usize,
        weigh: impl FnOnce(&[f64], &[f64]) -> Result<Vec<f32>, E>,
    ) -> Result<(Vec<f64>, Vec<f64>), E> {
        let losses =
            self.forward(parameters, program, tasks, Keep::Passes(1), Look::AtTheGramian, |tape, cotangents, gradients, gramian| {
                let end = tape.nodes.len();
                let cut = representation_end(tape);
                gramian.resize(tasks * tasks, 0.0);
                let mut sweep = Sweep::start(tape, parameters, cotangents, gradients, tasks, |task| Some((task, 1.0)));
                sweep.run(cut, end);
                sweep.add_gramian(cut, gramian);
            });
        let mut gramian = vec![0.0; tasks * tasks];
        for lane in &self.lanes {
            for (sum, part) in gramian.iter_mut().zip(&lane.gramian) {
                *sum += part;
            }
        }
        let weights = weigh(&losses, &gramian)?;
        self.backward(program.chunks(), |tape, cotangents, gradients| {
            let cut = representation_end(tape);
            let mut sweep = Sweep::resume(tape, parameters, cotangents, gradients);
            sweep.merge(cut, &weights);
            sweep.run(0, cut);
        });
        self.gather(parameters, &[1.0], Own::AsTheyAre);
        Ok((losses, gramian))
    }

    /// Row `task` of the Jacobian of the last [`stacked`](Self::stacked) step: the gradient of the shared parameters.
    /// It is worked out here, for methods that look at single numbers of it; most look at the Gramian alone.
    pub fn jacobian_row(&mut self, parameters: &Parameters, task: usize) -> &[f32] {
        let weights: Vec<f32> = (0..self.lanes[0].gradients.rows()).map(|row| if row == task { 1.0 } else { 0.0 }).collect();
        let mut row = std::mem::take(&mut self.jacobian);
        row.resize(parameters.shared_len(), 0.0);
        self.gather_into(parameters, &weights, Own::AsTheyAre, &mut row);
        self.jacobian = row;
        &self.jacobian
    }

    /// All rows of the Jacobian of the last [`stacked`](Self::stacked) step, one after the other: as many numbers as there are shared
    /// parameters, times tasks.
    pub fn jacobian(&mut self, parameters: &Parameters) -> &[f32] {
        let (tasks, shared) = (self.lanes[0].gradients.rows(), parameters.shared_len());
        let mut rows = std::mem::take(&mut self.jacobian);
        rows.resize(tasks * shared, 0.0);
        for (task, row) in rows.chunks_exact_mut(shared.max(1)).enumerate() {
            let weights: Vec<f32> = (0..tasks).map(|other| if other == task { 1.0 } else { 0.0 }).collect();
            self.gather_into(parameters, &weights, Own::AsTheyAre, row);
        }
        self.jacobian = rows;
        &self.jacobian
    }

    /// Makes `Σ_t weights[t] row_t` the gradient of the shared parameters; parameters of single tasks keep their own, unweighted.
    pub fn combine(&mut self, parameters: &Parameters, weights: &[f32]) {
        self.gather(parameters, weights, Own::AsTheyAre);
    }

    /// As [`combine`](Self::combine), with the parameters of single tasks weighted as well: the gradient that
    /// [`weighted`](Self::weighted) gives, up to rounding.
    pub fn combine_losses(&mut self, parameters: &Parameters, weights: &[f32]) {
        self.gather(parameters, weights, Own::Weighted);
    }

    /// The gradient of the last step, in the parameters' order.
    pub fn gradient(&self) -> &[f32] {
        &self.gradient
    }

    /// The gradient of the last step, to be changed (clipping, penalties).
    pub fn gradient_mut(&mut self) -> &mut [f32] {
        &mut self.gradient
    }

    /// The gradient of the last step, to be changed by the threads.
    pub fn gradient_and_workers(&mut self) -> (&mut [f32], &Workers) {
        (&mut self.gradient, &self.workers)
    }

    /// Moves running statistics to what the last step's forward pass found.
    pub fn update_state(&mut self, parameters: &mut Parameters) {
        for lane in &mut self.lanes {
            let mut at = 0;
            for &id in &lane.state {
                let own = parameters.get_mut(id);
                own.copy_from_slice(&lane.state_values[at..at + own.len()]);
                at += own.len();
            }
            lane.state.clear();
            lane.state_values.clear();
        }
    }

    /// The tape of the last chunk that ran in the first lane, to look at.
    pub fn last_tape(&self) -> Option<&Tape> {
        self.lanes.first().and_then(|lane| lane.passes.get(lane.latest)).map(|(tape, _)| tape)
    }

    fn forward(
        &mut self,
        parameters: &Parameters,
        program: &dyn Program,
        tasks: usize,
        keep: Keep,
        look: Look,
        then: impl Fn(&mut Tape, &mut Cotangents, &mut Gradients, &mut Vec<f64>) + Sync,
    ) -> Vec<f64> {
        let (chunks, stride, precision) = (program.chunks(), self.lanes.len(), self.precision);
        let forward_precision = if look == Look::AtTheGramian { precision.before_gramian() } else { precision };
        self.active = stride.min(chunks);
        self.lanes.iter_mut().for_each(Lane::forget);
        parameters.prepare(&self.workers);
        self.each_lane(chunks, |index, lane| {
            lane.losses.resize(tasks, 0.0);
            if let Keep::Rows(rows) | Keep::Passes(rows) = keep {
                lane.gradients.clear(rows, chunks, parameters);
            }
            for (pass, chunk) in (index..chunks).step_by(stride).enumerate() {
                let place = if let Keep::Passes(_) = keep { pass } else { 0 };
                if lane.passes.len() <= place {
                    lane.passes.resize_with(place + 1, Default::default);
                }
                lane.latest = place;
                let (tape, cotangents) = &mut lane.passes[place];
                tape.precision = forward_precision;
                tape.backward_precision = precision;
                let mut graph = Graph::new(tape, parameters, program.context(), program.row_keys(chunk));
                program.forward(chunk, &mut graph);
                for (task, loss) in tape.losses() {
                    lane.losses[task] += f64::from(loss);
                }
                for &(id, saved) in &tape.state_updates {
                    lane.state.push(id);
                    lane.state_values.extend_from_slice(tape.saved(saved));
                }
                then(tape, cotangents, &mut lane.gradients, &mut lane.gramian);
            }
        });
        let mut losses = vec![0.0; tasks];
        for lane in self.lanes.iter().take(chunks) {
            for (sum, loss) in losses.iter_mut().zip(&lane.losses) {
                *sum += loss;
            }
        }
        losses
    }

    fn backward(&mut self, chunks: usize, pass: impl Fn(&mut Tape, &mut Cotangents, &mut Gradients) + Sync) {
        let stride = self.lanes.len();
        self.each_lane(chunks, |index, lane| {
            let own = (index..chunks).step_by(stride).len();
            for (tape, cotangents) in lane.passes.iter_mut().take(own) {
                pass(tape, cotangents, &mut lane.gradients);
            }
        });
    }

    fn each_lane(&mut self, chunks: usize, run: impl Fn(usize, &mut Lane) + Sync) {
        let active = self.lanes.len().min(chunks);
        let lanes = &mut self.lanes[..active];
        self.workers.each(self.chunk.times(chunks), lanes, |index, lane| {
            let start = Instant::now();
            run(index, lane);
            lane.busy = start.elapsed();
        });
        let busy: Duration = lanes.iter().map(|lane| lane.busy).sum();
        self.chunk = Work::measured(busy / chunks.max(1) as u32);
    }
}

/// What a pass's gradients are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Look {
    /// To be descended.
    AtTheSum,
    /// To be compared with each other.
    AtTheGramian,
}

/// What becomes of parameters that one task alone reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Own {
    /// They keep their task's gradient.
    AsTheyAre,
    /// It is weighted like the shared ones'.
    Weighted,
}

fn representation_end(tape: &Tape) -> usize {
    tape.representation_end.unwrap_or_else(|| panic!("gradients at the representation need `Graph::declare_representation`"))
}
