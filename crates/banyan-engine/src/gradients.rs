//! Where a lane gathers gradients of parameters: one row for each task (or one for their sum), and one for what is added to their
//! combination.
//!
//! A parameter's gradient is kept in one of two forms. *Summed*: for each row a block with the parameter's numbers,
//! claimed when an operation first adds to it, so that what no operation reaches costs nothing. *Factored*: the
//! two factors whose product it is, a layer's input and the cotangents of its output (or the rows of a table that were read and
//! their cotangents), multiplied out when all rows of the batch are known, and only for the weighted sum that
//! is wanted. The second form is less to write and to add up where a weight has more numbers than the batch
//! brings to it, and it gives inner products of gradients without the gradients (see [`crate::engine`]).

use crate::cotangent::Cotangent;
use crate::matmul::{Accumulate, Precision};
use crate::parameters::{ParameterId, Parameters, Scope};
use crate::pool::{Buffer, Pool};
use std::ops::Range;

/// The rows that a step's gradients are kept in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Kept {
    /// The sum of all rows of the sweep.
    #[default]
    Sum,
    /// Each row of the step, of which the first are tasks', and one more for what is added to their combination.
    Each {
        /// The rows of the step.
        rows: usize,
        /// How many of them are tasks'.
        tasks: usize,
    },
}

impl Kept {
    /// How many rows there are.
    pub(crate) fn places(self) -> usize {
        match self {
            Self::Sum => 1,
            Self::Each { rows, .. } => rows + 1,
        }
    }

    /// Where a row of the sweep is kept. Tasks have one place together for a parameter that one of them alone reaches.
    fn place(self, scope: Scope, row: usize) -> usize {
        match (self, scope) {
            (Self::Each { tasks, .. }, Scope::Task(_)) if row < tasks => 0,
            (Self::Each { .. }, _) => row,
            (Self::Sum, _) => 0,
        }
    }
}

/// The gradients that one lane found.
#[derive(Debug, Default)]
pub(crate) struct Gradients {
    kept: Kept,
    chunks: usize,
    /// For each parameter and place its summed gradient, if an operation added to it.
    blocks: Vec<Option<Buffer>>,
    factors: Vec<Factor>,
    /// The factors' cotangents.
    cotangents: Vec<Option<Cotangent>>,
    pool: Pool,
}

/// A part of a gradient as a product that is not yet multiplied out.
#[derive(Debug)]
pub(crate) struct Factor {
    pub(crate) parameter: ParameterId,
    pub(crate) operand: Operand,
    /// Where the cotangents of its places begin.
    first: usize,
}

/// The factor that all rows share.
#[derive(Debug)]
pub(crate) enum Operand {
    /// The input `[n, in]` of a product with a weight `[in, out]`; cotangents are `[n, out]`.
    Input(Buffer),
    /// Bag `b` read the table's rows `items[offsets[b]..offsets[b + 1]]`; cotangents are `[bags, width]`.
    Bags {
        /// Where each bag begins, and the end of the last.
        offsets: Vec<u32>,
        /// Rows of the table.
        items: Vec<u32>,
    },
}

impl Gradients {
    /// Forgets everything and keeps the memory. These rows will be kept, and the batch is cut into `chunks` chunks.
    pub(crate) fn clear(&mut self, kept: Kept, chunks: usize, parameters: &Parameters) {
        (self.kept, self.chunks) = (kept, chunks);
        for buffer in self.blocks.drain(..).flatten().chain(self.cotangents.drain(..).flatten().map(|own| own.values)) {
            self.pool.give(buffer);
        }
        self.blocks.resize_with(parameters.infos().len() * kept.places(), || None);
        for factor in self.factors.drain(..) {
            match factor.operand {
                Operand::Input(buffer) => self.pool.give(buffer),
                Operand::Bags { offsets, items } => [offsets, items].into_iter().for_each(|list| self.pool.give_integers(list)),
            }
        }
    }

    /// The places in which gradients of a parameter are kept.
    fn places(&self, id: ParameterId) -> Range<usize> {
        let count = self.kept.places();
        id.0 as usize * count..(id.0 as usize + 1) * count
    }

    /// A parameter's summed gradient in a row.
    pub(crate) fn slot(&mut self, parameters: &Parameters, id: ParameterId, row: usize) -> &mut [f32] {
        let (values, into) = self.slot_to_write(parameters, id, row);
        if into == Accumulate::Replace {
            values.fill(0.0);
        }
        values
    }

    /// As [`slot`](Self::slot), for a product: what is first written there replaces old numbers.
    pub(crate) fn slot_to_write(&mut self, parameters: &Parameters, id: ParameterId, row: usize) -> (&mut [f32], Accumulate<'static>) {
        let place = self.kept.place(trained_scope(parameters, id), row);
        self.block(parameters, id, place)
    }

    fn block(&mut self, parameters: &Parameters, id: ParameterId, place: usize) -> (&mut [f32], Accumulate<'static>) {
        let index = self.places(id).start + place;
        let block = &mut self.blocks[index];
        let into = if block.is_some() { Accumulate::Add } else { Accumulate::Replace };
        (block.get_or_insert_with(|| self.pool.take(parameters.info(id).range.len())), into)
    }

    /// A parameter's summed gradient in a place, if an operation added to it.
    pub(crate) fn sum(&self, id: ParameterId, place: usize) -> Option<&[f32]> {
        self.blocks[self.places(id)][place].as_deref()
    }

    /// Whether an operation added to a parameter's summed gradient.
    pub(crate) fn has_sum(&self, id: ParameterId) -> bool {
        self.blocks[self.places(id)].iter().any(Option::is_some)
    }

    /// Whether the product of an input `[n, inputs]` and cotangents `[n, outputs]` is better kept as its factors.
    /// All chunks of a batch have about the same `n`, so all decide alike.
    pub(crate) fn prefer_factors(&self, parameters: &Parameters, id: ParameterId, n: usize, inputs: usize, outputs: usize) -> bool {
        let all = n * self.chunks;
        let rows = match (self.kept, trained_scope(parameters, id)) {
            (Kept::Each { rows, .. }, Scope::Shared) => rows,
            _ => 1,
        };
        if rows == 1 {
            // A lane's sum is written, read and added up; the factors are written and read.
            self.chunks > 1 && all * (inputs + outputs) < 2 * inputs * outputs
        } else {
            // Operations: X Xᵀ, its product with each row's cotangents and the weighted gradient, against a gradient for each row.
            all * inputs + 2 * rows * all * outputs + 2 * inputs * outputs < 2 * rows * inputs * outputs
        }
    }

    /// Keeps the first factor of a part of a gradient; [`add_cotangent`](Self::add_cotangent) gives the second.
    pub(crate) fn keep_input(&mut self, id: ParameterId, input: &[f32]) {
        let operand = Operand::Input(self.pool.copy(input));
        self.keep(id, operand);
    }

    /// Keeps which rows of a table the bags read.
    pub(crate) fn keep_bags(&mut self, id: ParameterId, offsets: &[u32], items: &[u32]) {
        let mut copy = |list: &[u32]| {
            let mut own = self.pool.take_integers();
            own.extend_from_slice(list);
            own
        };
        let operand = Operand::Bags { offsets: copy(offsets), items: copy(items) };
        self.keep(id, operand);
    }

    fn keep(&mut self, parameter: ParameterId, operand: Operand) {
        self.factors.push(Factor { parameter, operand, first: self.cotangents.len() });
        self.cotangents.resize_with(self.cotangents.len() + self.kept.places(), || None);
    }

    /// Adds a row's cotangent to the part that was begun last. A buffer of the same size goes to `pool` in its place.
    pub(crate) fn add_cotangent(&mut self, parameters: &Parameters, row: usize, cotangent: Cotangent, pool: &mut Pool) {
        let Some(factor) = self.factors.last() else { unreachable!("a part is begun before its cotangents come") };
        match &mut self.cotangents[factor.first + self.kept.place(trained_scope(parameters, factor.parameter), row)] {
            Some(sum) => sum.add(cotangent, pool),
            empty => {
                pool.give(self.pool.take(cotangent.len()));
                *empty = Some(cotangent);
            }
        }
    }

    /// The parts of gradients that are kept as factors.
    pub(crate) fn factors(&self) -> &[Factor] {
        &self.factors
    }

    /// A part's cotangents in a place, if a row kept there reaches it.
    pub(crate) fn cotangent(&self, factor: &Factor, place: usize) -> Option<&Cotangent> {
        self.cotangents[factor.first + place].as_ref()
    }

    /// Multiplies the parts of one parameter out, into its summed gradient.
    pub(crate) fn multiply_out(&mut self, parameters: &Parameters, id: ParameterId) {
        let factors = std::mem::take(&mut self.factors);
        let (own, others): (Vec<_>, Vec<_>) = factors.into_iter().partition(|factor| factor.parameter == id);
        self.factors = others;
        for factor in own {
            for place in 0..self.kept.places() {
                let Some(cotangent) = self.cotangents[factor.first + place].take() else { continue };
                match &factor.operand {
                    Operand::Input(x) => {
                        let outputs = parameters.info(id).shape.last();
                        let (n, inputs) = (cotangent.len() / outputs, parameters.info(id).range.len() / outputs);
                        let x = cotangent.span.part(x);
                        let (sum, into) = self.block(parameters, id, place);
                        crate::matmul::left_transposed(Precision::F32, inputs, outputs, n, x, &cotangent, sum, into);
                    }
                    Operand::Bags { offsets, items } => {
                        let width = parameters.info(id).shape.last();
                        let (sum, into) = self.block(parameters, id, place);
                        if into == Accumulate::Replace {
                            sum.fill(0.0);
                        }
                        let first = cotangent.span.range(offsets.len() - 1).start;
                        for (bag, c) in (first..).zip(cotangent.chunks_exact(width)) {
                            for &item in &items[offsets[bag] as usize..offsets[bag + 1] as usize] {
                                crate::simd::add(&mut sum[item as usize * width..][..width], c);
                            }
                        }
                    }
                }
                self.pool.give(cotangent.values);
            }
        }
    }
}

/// Who a parameter with a gradient belongs to.
fn trained_scope(parameters: &Parameters, id: ParameterId) -> Scope {
    let info = parameters.info(id);
    assert!(info.scope != Scope::State, "parameter {} is state: no gradient reaches it", info.name);
    info.scope
}
