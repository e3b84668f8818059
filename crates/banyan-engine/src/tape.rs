//! The tape: what a forward pass did, so that it can be walked backwards.

use crate::matmul::Precision;
use crate::ops::Op;
use crate::parameters::ParameterId;
use crate::pool::{Buffer, Pool};
use crate::shape::Shape;

/// The handle of one value on a tape.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Var(pub(crate) u32);

impl Var {
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

/// The handle of numbers an operation kept for its backward pass.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Saved(u32);

impl Saved {
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

/// The handle of integers an operation kept (indices, lists of operands).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Integers(u32);

impl Integers {
    pub(crate) fn from_index(index: usize) -> Self {
        Self(index as u32)
    }

    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
}

#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) op: Op,
    pub(crate) shape: Shape,
    /// Which buffer holds the value: reshaped values share one.
    pub(crate) storage: u32,
    /// Whether any parameter lies behind this value; if not, no gradient is computed for it.
    pub(crate) reaches_parameters: bool,
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
    /// Nodes before this index make the shared representation.
    pub(crate) representation_end: Option<usize>,
    /// New running statistics, applied when the step is done.
    pub(crate) state_updates: Vec<(ParameterId, Saved)>,
    pub(crate) pool: Pool,
    /// How the forward pass's products of matrices are computed.
    pub(crate) precision: Precision,
    /// And the backward pass's.
    pub(crate) backward_precision: Precision,
}

impl Tape {
    /// Forgets the pass and keeps the memory.
    pub fn reset(&mut self) {
        self.nodes.clear();
        self.samples = 0;
        self.losses.clear();
        self.outputs.clear();
        self.state_updates.clear();
        self.representation_end = None;
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

    /// The outputs of the pass as (task, value).
    pub fn outputs(&self) -> impl Iterator<Item = (usize, Var)> + '_ {
        self.outputs.iter().copied()
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

    pub(crate) fn save(&mut self, buffer: Buffer) -> Saved {
        self.saved.push(buffer);
        Saved(self.saved.len() as u32 - 1)
    }

    pub(crate) fn save_integers(&mut self, values: impl IntoIterator<Item = u32>) -> Integers {
        let mut list = self.pool.take_integers();
        list.extend(values);
        self.integers.push(list);
        Integers(self.integers.len() as u32 - 1)
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
