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

mod batch;
mod combination;
mod gather;
mod gramian;
mod inner_products;
mod lane;
mod product;
mod program;
mod run;
mod statistics;
mod synchronized;
mod table;

pub use program::{Program, Synchronize};

use crate::auxiliary::{AuxiliaryLoss, AuxiliarySums};
use crate::gradients::Kept;
use crate::matmul::Precision;
use crate::parameters::Parameters;
use crate::pool::Pool;
use crate::seeds::Seeds;
use crate::tape::Tape;
use crate::workers::{Work, Workers};
use batch::{Batch, First, GradientsFor, Passes};
use combination::Combination;
use lane::Lane;
use statistics::Pooled;
use table::Reads;

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
    /// Those of the chunks, and one more for what belongs to the whole batch: it is the one after those that have a chunk.
    lanes: Vec<Lane>,
    /// How long each part of a step took for a chunk when it last ran.
    durations: Vec<Work>,
    /// The keys of all rows, where chunks meet.
    keys: Vec<u64>,
    /// How many lanes, counted from the first, have gradients of the last step.
    active: usize,
    /// The rows of the last step, and how many of them are tasks'.
    rows: usize,
    tasks: usize,
    auxiliary: AuxiliarySums,
    gradient: Vec<f32>,
    /// Rows of the Jacobian, once asked for.
    jacobian: Vec<f32>,
    reads: Reads,
    pool: Pool,
    pooled: Pooled,
}

impl Engine {
    /// An engine with threads of its own.
    ///
    /// # Errors
    /// If the system refuses to start the threads.
    pub fn new(settings: Settings) -> Result<Self, std::io::Error> {
        let mut lanes = Vec::new();
        lanes.resize_with(settings.lanes.max(1) + 1, Lane::default);
        Ok(Self {
            workers: Workers::new(settings.threads)?,
            precision: settings.precision.effective(),
            lanes,
            durations: Vec::new(),
            keys: Vec::new(),
            active: 0,
            rows: 0,
            tasks: 0,
            auxiliary: AuxiliarySums::default(),
            gradient: Vec::new(),
            jacobian: Vec::new(),
            reads: Reads::default(),
            pool: Pool::default(),
            pooled: Pooled::default(),
        })
    }

    /// The precision that products of matrices are computed in: what the settings asked for, as far as the processor has it.
    pub fn precision(&self) -> Precision {
        self.precision
    }

    /// The threads, for work around the step (an optimizer).
    pub fn workers(&self) -> &Workers {
        &self.workers
    }

    /// The losses alone: `losses[t]` for `tasks` tasks (here and below: rows, where auxiliary losses are
    /// [balanced](Program::balanced) too).
    pub fn losses(&mut self, parameters: &Parameters, program: &dyn Program, tasks: usize) -> Vec<f64> {
        let batch = Batch::new(self.precision, parameters, program, tasks, GradientsFor::Step);
        self.forward(&batch, Passes::Reused, None, First::Nothing)
    }

    /// The gradient of `Σ_t weights[t] loss_t`, to be read from [`gradient`](Self::gradient). Returns the
    /// losses. A task of weight 0 is not differentiated.
    pub fn weighted(&mut self, parameters: &Parameters, program: &dyn Program, weights: &[f32]) -> Vec<f64> {
        let batch = Batch::new(self.precision, parameters, program, weights.len(), GradientsFor::Step);
        let losses = self.forward(&batch, Passes::Reused, Some(Kept::Sum), First::Sweep(Seeds::Sum(weights)));
        self.gather(parameters, Combination::sum());
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
        let batch = Batch::new(self.precision, parameters, program, tasks, GradientsFor::Step);
        let losses = self.forward(&batch, Passes::Kept, Some(Kept::Sum), First::Nothing);
        let weights = weigh(&losses)?;
        self.sweep(&batch, Seeds::Sum(&weights));
        self.gather(parameters, Combination::sum());
        Ok(losses)
    }

    /// The gradient of every task's loss in one stacked sweep, for [`gramian`](Self::gramian), [`combine`](Self::combine) and
    /// [`jacobian`](Self::jacobian). Returns the losses.
    pub fn stacked(&mut self, parameters: &Parameters, program: &dyn Program, tasks: usize) -> Vec<f64> {
        let batch = Batch::new(self.precision, parameters, program, tasks, GradientsFor::Gramian);
        let kept = Kept::Each { rows: tasks, tasks: batch.rows.tasks() };
        let losses = self.forward(&batch, Passes::Reused, Some(kept), First::Sweep(Seeds::Each));
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
    /// If the program declares no representation: its Gramian would be of nothing. If a loss that has a row does not
    /// come after the representation: it would have no gradient there. Auxiliary losses that are not balanced may come anywhere.
    pub fn weighted_by_representation<E>(
        &mut self,
        parameters: &Parameters,
        program: &dyn Program,
        tasks: usize,
        weigh: impl FnOnce(&[f64], &[f64]) -> Result<Vec<f32>, E>,
    ) -> Result<(Vec<f64>, Vec<f64>), E> {
        let batch = Batch::new(self.precision, parameters, program, tasks, GradientsFor::Gramian);
        let losses = self.forward(&batch, Passes::Kept, Some(Kept::Sum), First::SweepToRepresentation);
        let mut gramian = vec![0.0; tasks * tasks];
        for lane in &self.lanes {
            for (sum, part) in gramian.iter_mut().zip(&lane.gramian) {
                *sum += part;
            }
        }
        let weights = weigh(&losses, &gramian)?;
        self.sweep_from_representation(&batch, &weights);
        self.gather(parameters, Combination::sum());
        Ok((losses, gramian))
    }

    /// Row `task` of the Jacobian of the last [`stacked`](Self::stacked) step: the gradient of the shared parameters.
    /// It is worked out here, for methods that look at single numbers of it; most look at the Gramian alone.
    pub fn jacobian_row(&mut self, parameters: &Parameters, task: usize) -> &[f32] {
        let combination = Combination::row(task, self.rows, self.tasks);
        let mut row = std::mem::take(&mut self.jacobian);
        row.resize(parameters.shared_len(), 0.0);
        self.gather_into(parameters, combination, &mut row);
        self.jacobian = row;
        &self.jacobian
    }

    /// All rows of the Jacobian of the last [`stacked`](Self::stacked) step, one after the other: as many numbers as there are shared
    /// parameters, times rows.
    pub fn jacobian(&mut self, parameters: &Parameters) -> &[f32] {
        let (rows, shared) = (self.rows, parameters.shared_len());
        let mut jacobian = std::mem::take(&mut self.jacobian);
        jacobian.resize(rows * shared, 0.0);
        for (row, values) in jacobian.chunks_exact_mut(shared.max(1)).enumerate() {
            self.gather_into(parameters, Combination::row(row, rows, self.tasks), values);
        }
        self.jacobian = jacobian;
        &self.jacobian
    }

    /// Makes `Σ_t weights[t] row_t` the gradient of the shared parameters; parameters of single tasks keep their own, unweighted.
    /// Auxiliary losses that have no row are added to both.
    pub fn combine(&mut self, parameters: &Parameters, weights: &[f32]) {
        self.gather(parameters, Combination::directions(weights, self.tasks));
    }

    /// As [`combine`](Self::combine), with the parameters of single tasks weighted as well: the gradient that
    /// [`weighted`](Self::weighted) gives, up to rounding.
    pub fn combine_losses(&mut self, parameters: &Parameters, weights: &[f32]) {
        self.gather(parameters, Combination::losses(weights, self.tasks));
    }

    /// The losses of no task that the last step declared, in the order of their names.
    pub fn auxiliary_losses(&self) -> impl Iterator<Item = &AuxiliaryLoss> {
        self.auxiliary.iter()
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

    /// Moves running statistics a tenth of the way to those of the last step's chunks together; the first ones take their place.
    pub fn update_state(&mut self, parameters: &mut Parameters) {
        self.pooled.apply(self.lanes.iter_mut().map(|lane| &mut lane.statistics), parameters);
    }

    /// The tape of the last chunk that ran in the first lane, to look at.
    pub fn last_tape(&self) -> Option<&Tape> {
        self.lanes.first().and_then(|lane| lane.passes.get(lane.latest)).map(|pass| &pass.tape)
    }
}
