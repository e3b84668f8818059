//! Runs a step: chunks of rows over lanes, losses and gradients out.

use crate::gradients::Gradients;
use crate::graph::{Context, Graph};
use crate::parameters::{ParameterId, Parameters, Scope};
use crate::simd;
use crate::sweep::{Cotangents, Sweep};
use crate::tape::Tape;
use rayon::prelude::*;
use std::time::{Duration, Instant};

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
}

impl Default for Settings {
    fn default() -> Self {
        Self { threads: 0, lanes: 4 }
    }
}

/// Below this much work a step runs on one thread, since waking others costs more.
const WORTH_SHARING: Duration = Duration::from_micros(150);

#[derive(Default)]
struct Lane {
    /// One for all chunks in turn, or one for each chunk where a step looks back at all of them.
    passes: Vec<(Tape, Cotangents)>,
    gradients: Gradients,
    losses: Vec<f64>,
    gramian: Vec<f64>,
    /// The pass of the chunk that ran last.
    latest: usize,
    /// New running statistics: whose, and their values one after the other.
    state: Vec<ParameterId>,
    state_values: Vec<f32>,
    busy: Duration,
}

impl Lane {
    /// Forgets what a step found, so that a lane without a chunk in the next one adds nothing to it.
    fn forget(&mut self) {
        self.losses.clear();
        self.gramian.clear();
        self.state.clear();
        self.state_values.clear();
    }
}

/// Runs training steps and keeps the memory that they need.
///
/// A batch is cut into chunks of whole rows. A thread runs one chunk forward and back through every layer
/// while its activations are in the cache, and adds to its lane's gradients; lanes are fixed in number and
/// added in a fixed order. So the only barrier is at the end of the step, and the sum has the same bits
/// whatever the number of threads.
pub struct Engine {
    threads: rayon::ThreadPool,
    lanes: Vec<Lane>,
    total: Gradients,
    combined: Vec<f32>,
    is_combined: bool,
    worth_sharing: bool,
}

impl Engine {
    /// An engine with threads of its own.
    ///
    /// # Errors
    /// If the system refuses to start the threads.
    pub fn new(settings: Settings) -> Result<Self, std::io::Error> {
        let threads = rayon::ThreadPoolBuilder::new().num_threads(settings.threads).build().map_err(std::io::Error::other)?;
        let mut lanes = Vec::new();
        lanes.resize_with(settings.lanes.max(1), Lane::default);
        Ok(Self { threads, lanes, total: Gradients::default(), combined: Vec::new(), is_combined: false, worth_sharing: false })
    }

    /// The losses alone: `losses[t]` for `tasks` tasks.
    pub fn losses(&mut self, parameters: &Parameters, program: &dyn Program, tasks: usize) -> Vec<f64> {
        self.forward(parameters, program, tasks, Keep::Nothing, |_, _, _, _| {})
    }

    /// The gradient of `Σ_t weights[t] loss_t`, to be read from [`gradient`](Self::gradient). Returns the
    /// losses. A task of weight 0 is not differentiated.
    pub fn weighted(&mut self, parameters: &Parameters, program: &dyn Program, weights: &[f32]) -> Vec<f64> {
        let losses = self.forward(parameters, program, weights.len(), Keep::Rows(1), |tape, cotangents, gradients, _| {
            let end = tape.nodes.len();
            Sweep::start(tape, parameters, cotangents, gradients, 1, |task| (weights[task] != 0.0).then(|| (0, weights[task]))).run(0, end);
        });
        self.reduce(parameters, 1, program.chunks());
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
        let losses = self.forward(parameters, program, tasks, Keep::Passes(1), |_, _, _, _| {});
        let weights = weigh(&losses)?;
        self.backward(program.chunks(), |tape, cotangents, gradients| {
            let end = tape.nodes.len();
            Sweep::start(tape, parameters, cotangents, gradients, 1, |task| (weights[task] != 0.0).then(|| (0, weights[task]))).run(0, end);
        });
        self.reduce(parameters, 1, program.chunks());
        Ok(losses)
    }

    /// The gradient of every task's loss in one stacked sweep; the rows are in [`jacobian`](Self::jacobian).
    /// Returns the losses.
    pub fn stacked(&mut self, parameters: &Parameters, program: &dyn Program, tasks: usize) -> Vec<f64> {
        let losses = self.forward(parameters, program, tasks, Keep::Rows(tasks), |tape, cotangents, gradients, _| {
            let end = tape.nodes.len();
            Sweep::start(tape, parameters, cotangents, gradients, tasks, |task| Some((task, 1.0))).run(0, end);
        });
        self.reduce(parameters, tasks, program.chunks());
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
        let losses = self.forward(parameters, program, tasks, Keep::Passes(1), |tape, cotangents, gradients, gramian| {
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
        self.reduce(parameters, 1, program.chunks());
        Ok((losses, gramian))
    }

    /// The rows of the last [`stacked`](Self::stacked) step.
    pub fn jacobian(&self) -> &Gradients {
        &self.total
    }

    /// The `T×T` inner products of the rows of the last [`stacked`](Self::stacked) step, row-major.
    pub fn gramian(&self) -> Vec<f64> {
        const BLOCK: usize = 4096;
        let (rows, shared) = (self.total.rows(), self.total.row(0).len());
        let (blocks, size) = (shared.div_ceil(BLOCK), rows * rows);
        let add_block = |index: usize, sums: &mut [f64]| {
            let range = index * BLOCK..shared.min((index + 1) * BLOCK);
            for i in 0..rows {
                for j in i..rows {
                    sums[i * rows + j] += f64::from(simd::dot(&self.total.row(i)[range.clone()], &self.total.row(j)[range.clone()]));
                }
            }
        };
        let mut gramian = vec![0.0; size];
        if self.worth_sharing && blocks > 1 {
            // Blocks are added in order, as on one thread.
            let mut parts = vec![0.0; blocks * size];
            self.threads.install(|| parts.par_chunks_mut(size).enumerate().for_each(|(index, part)| add_block(index, part)));
            for part in parts.chunks_exact(size) {
                for (sum, part) in gramian.iter_mut().zip(part) {
                    *sum += part;
                }
            }
        } else {
            (0..blocks).for_each(|index| add_block(index, &mut gramian));
        }
        for i in 0..rows {
            for j in 0..i {
                gramian[i * rows + j] = gramian[j * rows + i];
            }
        }
        gramian
    }

    /// Makes `Σ_t weights[t] row_t` the gradient of the shared parameters; parameters of single tasks keep their own, unweighted.
    pub fn combine(&mut self, weights: &[f32]) {
        let shared = self.total.row(0).len();
        self.combined.clear();
        self.combined.resize(shared, 0.0);
        for (row, &weight) in weights.iter().enumerate().filter(|(_, weight)| **weight != 0.0) {
            simd::add_scaled(&mut self.combined, weight, self.total.row(row));
        }
        self.combined.extend_from_slice(self.total.own());
        self.is_combined = true;
    }

    /// As [`combine`](Self::combine), with the parameters of single tasks weighted as well: the gradient that
    /// [`weighted`](Self::weighted) gives, up to rounding.
    pub fn combine_losses(&mut self, parameters: &Parameters, weights: &[f32]) {
        self.combine(weights);
        for info in parameters.infos() {
            if let Scope::Task(task) = info.scope {
                simd::scale(&mut self.combined[info.range.clone()], weights[task]);
            }
        }
    }

    /// The gradient of the last step, in the parameters' order.
    pub fn gradient(&self) -> &[f32] {
        if self.is_combined { &self.combined } else { self.total.values() }
    }

    /// The gradient of the last step, to be changed (clipping, penalties).
    pub fn gradient_mut(&mut self) -> &mut [f32] {
        if self.is_combined { &mut self.combined } else { self.total.values_mut() }
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
        then: impl Fn(&mut Tape, &mut Cotangents, &mut Gradients, &mut Vec<f64>) + Sync,
    ) -> Vec<f64> {
        let (chunks, stride) = (program.chunks(), self.lanes.len());
        self.lanes.iter_mut().for_each(Lane::forget);
        self.each_lane(chunks, |index, lane| {
            lane.losses.resize(tasks, 0.0);
            if let Keep::Rows(rows) | Keep::Passes(rows) = keep {
                lane.gradients.clear(rows, parameters);
            }
            for (pass, chunk) in (index..chunks).step_by(stride).enumerate() {
                let place = if let Keep::Passes(_) = keep { pass } else { 0 };
                if lane.passes.len() <= place {
                    lane.passes.resize_with(place + 1, Default::default);
                }
                lane.latest = place;
                let (tape, cotangents) = &mut lane.passes[place];
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
        self.is_combined = false;
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
        let timed = |(index, lane): (usize, &mut Lane)| {
            let start = Instant::now();
            run(index, lane);
            lane.busy = start.elapsed();
        };
        if self.worth_sharing {
            self.threads.install(|| lanes.par_iter_mut().enumerate().with_max_len(1).for_each(timed));
        } else {
            lanes.iter_mut().enumerate().for_each(timed);
        }
        let work: Duration = self.lanes[..active].iter().map(|lane| lane.busy).sum();
        self.worth_sharing = self.threads.current_num_threads() > 1 && work > WORTH_SHARING;
    }

    /// Adds the lanes' gradients up, always in the same order.
    fn reduce(&mut self, parameters: &Parameters, rows: usize, chunks: usize) {
        const BLOCK: usize = 16 * 1024;
        self.total.clear(rows, parameters);
        let lanes = &self.lanes[..self.lanes.len().min(chunks)];
        let add = |(index, block): (usize, &mut [f32])| {
            for lane in lanes {
                simd::add(block, &lane.gradients.values()[index * BLOCK..][..block.len()]);
            }
        };
        let total = self.total.values_mut();
        if self.worth_sharing {
            self.threads.install(|| total.par_chunks_mut(BLOCK).enumerate().for_each(add));
        } else {
            total.chunks_mut(BLOCK).enumerate().for_each(add);
        }
    }
}

fn representation_end(tape: &Tape) -> usize {
    tape.representation_end.unwrap_or_else(|| panic!("gradients at the representation need `Graph::declare_representation`"))
}

/// What a forward pass leaves for later.
#[derive(Clone, Copy)]
enum Keep {
    /// Losses alone.
    Nothing,
    /// Gradients of so many rows, each chunk swept at once.
    Rows(usize),
    /// Gradients of so many rows, and every chunk's tape for a second look.
    Passes(usize),
}
