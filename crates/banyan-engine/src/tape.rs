//! The tape: what a forward pass did, so that it can be walked backwards.

use crate::auxiliary::{DeclaredLoss, DeclaredLosses};
pub use crate::handles::Var;
pub(crate) use crate::handles::{Integers, Saved};
use crate::matmul::Precision;
use crate::ops::Op;
use crate::parameters::{ParameterId, Parameters};
use crate::pool::{Buffer, Pool};
use crate::shape::Shape;
use std::ops::Range;

#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) op: Op,
    pub(crate) shape: Shape,
    /// Which buffer holds the value: reshaped values share one.
    pub(crate) storage: u32,
    /// Whether any parameter lies behind this value; if not, no gradient is computed for it.
    pub(crate) reaches_parameters: bool,
}

/// How a value of the whole batch is handed to its chunks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cut {
    /// To each as it is.
    Whole,
    /// To each its own rows: those of what it published in this place.
    Rows(usize),
}

/// Where a stage of a pass ends: a pass is in several where the chunks of a batch meet.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct StageEnd {
    pub(crate) nodes: usize,
    published: usize,
    imports: usize,
}

/// The record of one forward pass over one chunk of rows.
///
/// A tape keeps its memory when it is [reset](Tape::reset), and is meant to be used for many passes.
#[derive(Debug, Default)]
pub struct Tape {
    pub(crate) nodes: Vec<Node>,
    pub(crate) storages: Vec<Buffer>,
    pub(crate) saved: Vec<Buffer>,
    pub(crate) integers: Vec<Vec<u32>>,
    /// The greatest number of samples that all values can be cut into, each holding its part one after the other: the greatest common
    /// divisor of their first axes. 0 before the first.
    pub(crate) samples: usize,
    pub(crate) losses: Vec<(usize, Var)>,
    pub(crate) outputs: Vec<(usize, Var)>,
    pub(crate) auxiliary: DeclaredLosses,
    /// Nodes before this index make the shared representation.
    pub(crate) representation_end: Option<usize>,
    /// The stage in which it was declared.
    pub(crate) representation_stage: usize,
    /// The stages that have ended.
    stages: Vec<StageEnd>,
    /// Of a chunk: what the whole batch is to see, stage after stage.
    published: Vec<Var>,
    /// Of the whole batch: what the chunks are to see.
    pub(crate) shared: Vec<(Var, Cut)>,
    /// Leaves that are copies of other tapes' values, stage after stage.
    imports: Vec<Var>,
    /// Of the whole batch: where the rows of each chunk begin in each import, and the end of the last.
    import_rows: Vec<Integers>,
    /// A list for the imports of one stage, to be used again.
    pub(crate) received: Vec<Var>,
    /// What a later stage of the pass is to find again.
    pub(crate) kept: Vec<Var>,
    /// How many random operations there were.
    pub(crate) random_operations: u64,
    /// What batch normalizations found, for their running statistics.
    pub(crate) found: Vec<(Found, Saved)>,
    pub(crate) pool: Pool,
    /// How the forward pass's products of matrices are computed.
    pub(crate) precision: Precision,
    /// And the backward pass's.
    pub(crate) backward_precision: Precision,
}

/// What one batch normalization found in a chunk: where its running mean and variance are kept, and of how many places it has statistics.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Found {
    pub(crate) mean: ParameterId,
    pub(crate) variance: ParameterId,
    pub(crate) places: usize,
}

impl Tape {
    /// Forgets the pass and keeps the memory.
    pub fn reset(&mut self) {
        self.nodes.clear();
        self.samples = 0;
        self.losses.clear();
        self.outputs.clear();
        self.auxiliary.clear();
        self.found.clear();
        self.representation_end = None;
        self.representation_stage = 0;
        self.stages.clear();
        self.published.clear();
        self.shared.clear();
        self.imports.clear();
        self.import_rows.clear();
        self.kept.clear();
        self.random_operations = 0;
        for buffer in self.storages.drain(..).chain(self.saved.drain(..)) {
            self.pool.give(buffer);
        }
        for list in self.integers.drain(..) {
            self.pool.give_integers(list);
        }
    }

    /// How many operations (leaves included) the pass ran: what skipping an encoder or a head saves.
    pub fn operations(&self) -> usize {
        self.nodes.len()
    }

    /// The multiplications with an addition that the pass's linear layers and convolutions took, each with the weights: nearly all of its work.
    pub fn products<'a>(&'a self, parameters: &'a Parameters) -> impl Iterator<Item = (ParameterId, u64)> + 'a {
        self.nodes.iter().filter_map(|node| {
            let weights = node.op.weights_of_product()?;
            let shape = parameters.info(weights).shape;
            Some((weights, (node.shape.len() * (shape.len() / shape.last().max(1))) as u64))
        })
    }

    /// The bytes of all values that the pass holds, and of what it keeps for a backward pass.
    pub fn bytes(&self) -> usize {
        let numbers = self.storages.iter().chain(&self.saved).map(|buffer| buffer.len()).sum::<usize>();
        size_of::<f32>() * (numbers + self.integers.iter().map(Vec::len).sum::<usize>())
    }

    /// The numbers of a value.
    pub fn value(&self, var: Var) -> &[f32] {
        &self.storages[self.nodes[var.index()].storage as usize]
    }

    /// The shape of a value.
    pub fn shape(&self, var: Var) -> Shape {
        self.nodes[var.index()].shape
    }

    /// The losses of the pass as (task, value) in the order they were declared.
    pub fn losses(&self) -> impl Iterator<Item = (usize, f32)> + '_ {
        self.losses.iter().map(|&(task, var)| (task, self.value(var)[0]))
    }

    /// The losses of no task in the order they were declared.
    pub fn auxiliary_losses(&self) -> impl Iterator<Item = DeclaredLoss<'_>> + '_ {
        self.auxiliary.iter()
    }

    /// The outputs of the pass as (task, value).
    pub fn outputs(&self) -> impl Iterator<Item = (usize, Var)> + '_ {
        self.outputs.iter().copied()
    }

    /// Whether the pass declared any loss.
    pub(crate) fn declares_losses(&self) -> bool {
        !(self.losses.is_empty() && self.auxiliary.is_empty())
    }

    pub(crate) fn push(&mut self, op: Op, shape: Shape, value: Buffer, reaches_parameters: bool) -> Var {
        assert_eq!(value.len(), shape.len(), "value of {op:?}");
        self.storages.push(value);
        let storage = self.storages.len() as u32 - 1;
        self.push_view(op, shape, storage, reaches_parameters)
    }

    pub(crate) fn push_view(&mut self, op: Op, shape: Shape, storage: u32, reaches_parameters: bool) -> Var {
        if !shape.axes().is_empty() {
            self.samples = greatest_common_divisor(self.samples, shape.samples());
        }
        self.nodes.push(Node { op, shape, storage, reaches_parameters });
        Var(self.nodes.len() as u32 - 1)
    }

    /// A leaf that is a copy of another tape's value. Its cotangent is kept for that value.
    pub(crate) fn push_import(&mut self, shape: Shape, value: Buffer, reaches_parameters: bool) -> Var {
        let var = self.push(Op::Import, shape, value, reaches_parameters);
        self.imports.push(var);
        var
    }

    /// The same of several chunks' values, one below the other.
    pub(crate) fn push_import_of_chunks(
        &mut self,
        shape: Shape,
        value: Buffer,
        reaches_parameters: bool,
        rows: impl IntoIterator<Item = u32>,
    ) -> Var {
        let rows = self.save_integers(rows);
        self.import_rows.push(rows);
        self.push_import(shape, value, reaches_parameters)
    }

    /// The rows of a chunk in an import of several chunks' values.
    pub(crate) fn chunk_rows(&self, import: usize, chunk: usize) -> Range<usize> {
        let rows = &self.integers[self.import_rows[import].index()];
        rows[chunk] as usize..rows[chunk + 1] as usize
    }

    pub(crate) fn reaches_parameters(&self, var: Var) -> bool {
        self.nodes[var.index()].reaches_parameters
    }

    pub(crate) fn publish(&mut self, var: Var) {
        self.published.push(var);
    }

    /// Ends a stage.
    pub(crate) fn end_stage(&mut self) {
        self.stages.push(StageEnd { nodes: self.nodes.len(), published: self.published.len(), imports: self.imports.len() });
    }

    /// The stage at hand, from 0.
    pub(crate) fn stage(&self) -> usize {
        self.stages.len()
    }

    fn ends(&self, stage: usize) -> [StageEnd; 2] {
        [stage.checked_sub(1).map(|before| self.stages[before]).unwrap_or_default(), self.stages[stage]]
    }

    /// The nodes of a stage that has ended.
    pub(crate) fn stage_nodes(&self, stage: usize) -> Range<usize> {
        let [begin, end] = self.ends(stage);
        begin.nodes..end.nodes
    }

    /// What was published in a stage that has ended.
    pub(crate) fn published(&self, stage: usize) -> &[Var] {
        let [begin, end] = self.ends(stage);
        &self.published[begin.published..end.published]
    }

    /// The copies of other tapes' values that a stage that has ended begins with.
    pub(crate) fn imported(&self, stage: usize) -> &[Var] {
        let [begin, end] = self.ends(stage);
        &self.imports[begin.imports..end.imports]
    }

    /// All copies of other tapes' values.
    pub(crate) fn imports(&self) -> &[Var] {
        &self.imports
    }

    /// Whether anything was published in the stage at hand.
    pub(crate) fn has_published(&self) -> bool {
        self.published.len() > self.stages.last().copied().unwrap_or_default().published
    }

    pub(crate) fn save(&mut self, buffer: Buffer) -> Saved {
        self.saved.push(buffer);
        Saved::from_index(self.saved.len() - 1)
    }

    pub(crate) fn save_integers(&mut self, values: impl IntoIterator<Item = u32>) -> Integers {
        let mut list = self.pool.take_integers();
        list.extend(values);
        self.integers.push(list);
        Integers::from_index(self.integers.len() - 1)
    }

    pub(crate) fn saved(&self, saved: Saved) -> &[f32] {
        &self.saved[saved.index()]
    }
}

fn greatest_common_divisor(mut a: usize, mut b: usize) -> usize {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}
