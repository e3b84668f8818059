//! Where a lane gathers gradients of parameters: one row for each task (or one for their sum).
//!
//! A parameter's gradient is kept in one of two forms. *Summed*: a block with the parameter's numbers for each row,
//! claimed when an operation first adds to it, so that what no operation reaches costs nothing. *Factored*: the
//! two factors whose product it is, a layer's input and the cotangents of its output (or the rows of a table that were read and
//! their cotangents), multiplied out when all rows of the batch are known, and only for the weighted sum that
//! is wanted. The second form is less to write and to add up where a weight has more numbers than the batch
//! brings to it, and it gives inner products of gradients without the gradients (see [`crate::engine`]).

use crate::cotangent::Cotangent;
use crate::matmul::{Accumulate, Precision};
use crate::parameters::{ParameterId, Parameters, Scope};
use crate::pool::{Buffer, Pool};

/// The gradients that one lane found.
#[derive(Debug, Default)]
pub(crate) struct Gradients {
    rows: usize,
    chunks: usize,
    /// For each parameter its summed gradient, row after row.
    blocks: Vec<Option<Buffer>>,
    /// For each parameter and row whether anything was added: until then the block's numbers are old ones.
    begun: Vec<bool>,
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
    /// Its cotangents, a row after the other.
    first: usize,
    rows: usize,
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
    /// Forgets everything and keeps the memory. There will be `rows` rows, and the batch is cut into `chunks` chunks.
    pub(crate) fn clear(&mut self, rows: usize, chunks: usize, parameters: &Parameters) {
        (self.rows, self.chunks) = (rows, chunks);
        for buffer in self.blocks.iter_mut().filter_map(Option::take).chain(self.cotangents.drain(..).flatten().map(|own| own.values)) {
            self.pool.give(buffer);
        }
        self.blocks.resize_with(parameters.infos().len(), || None);
        self.begun.clear();
        self.begun.resize(parameters.infos().len() * rows, false);
        for factor in self.factors.drain(..) {
            match factor.operand {
                Operand::Input(buffer) => self.pool.give(buffer),
                Operand::Bags { offsets, items } => [offsets, items].into_iter().for_each(|list| self.pool.give_integers(list)),
            }
        }
    }

    /// The number of rows.
    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    fn rows_of(&self, parameters: &Parameters, id: ParameterId) -> usize {
        match parameters.info(id).scope {
            Scope::Shared => self.rows,
            Scope::Task(_) => 1,
            Scope::State => panic!("parameter {} is state: no gradient reaches it", parameters.info(id).name),
        }
    }

    /// The place of a parameter's summed gradient in a row. Where the gradients have fewer rows than were asked for
    /// (one for their sum; one of a parameter that a single task reaches), it is the last.
    pub(crate) fn slot(&mut self, parameters: &Parameters, id: ParameterId, row: usize) -> &mut [f32] {
        let (values, into) = self.slot_to_write(parameters, id, row);
        if into == Accumulate::Replace {
            values.fill(0.0);
        }
        values
    }

    /// As [`slot`](Self::slot), for a product: what is first written there replaces old numbers.
    pub(crate) fn slot_to_write(&mut self, parameters: &Parameters, id: ParameterId, row: usize) -> (&mut [f32], Accumulate<'static>) {
        let rows = self.rows_of(parameters, id);
        let len = parameters.info(id).range.len();
        let block = self.blocks[id.0 as usize].get_or_insert_with(|| self.pool.take(rows * len));
        let row = row.min(rows - 1);
        let is_begun = std::mem::replace(&mut self.begun[id.0 as usize * self.rows + row], true);
        (&mut block[row * len..(row + 1) * len], if is_begun { Accumulate::Add } else { Accumulate::Replace })
    }

    /// A parameter's summed gradient in a row, if an operation added to it.
    pub(crate) fn sum(&self, parameters: &Parameters, id: ParameterId, row: usize) -> Option<&[f32]> {
        let len = parameters.info(id).range.len();
        let block = self.blocks[id.0 as usize].as_deref()?;
        self.begun[id.0 as usize * self.rows + row].then(|| &block[row * len..(row + 1) * len])
    }

    /// Whether an operation added to a parameter's summed gradient.
    pub(crate) fn has_sum(&self, id: ParameterId) -> bool {
        self.blocks[id.0 as usize].is_some()
    }

    /// Whether the product of an input `[n, inputs]` and cotangents `[n, outputs]` is better kept as its factors.
    /// All chunks of a batch have about the same `n`, so all decide alike.
    pub(crate) fn prefer_factors(&self, parameters: &Parameters, id: ParameterId, n: usize, inputs: usize, outputs: usize) -> bool {
        let (rows, all) = (self.rows_of(parameters, id), n * self.chunks);
        if rows == 1 {
            // A lane's sum is written, read and added up; the factors are written and read.
            self.chunks > 1 && all * (inputs + outputs) < 2 * inputs * outputs
        } else {
            // Operations: X Xᵀ, its product with each row's cotangents and the weighted gradient, against a gradient for each row.
            all * inputs + 2 * rows * all * outputs + 2 * inputs * outputs < 2 * rows * inputs * outputs
        }
    }

    /// Keeps the first factor of a part of a gradient; [`add_cotangent`](Self::add_cotangent) gives the second.
    pub(crate) fn keep_input(&mut self, parameters: &Parameters, id: ParameterId, input: &[f32]) {
        let operand = Operand::Input(self.pool.copy(input));
        self.keep(parameters, id, operand);
    }

    /// Keeps which rows of a table the bags read.
    pub(crate) fn keep_bags(&mut self, parameters: &Parameters, id: ParameterId, offsets: &[u32], items: &[u32]) {
        let mut copy = |list: &[u32]| {
            let mut own = self.pool.take_integers();
            own.extend_from_slice(list);
            own
        };
        let operand = Operand::Bags { offsets: copy(offsets), items: copy(items) };
        self.keep(parameters, id, operand);
    }

    fn keep(&mut self, parameters: &Parameters, parameter: ParameterId, operand: Operand) {
        let rows = self.rows_of(parameters, parameter);
        self.factors.push(Factor { parameter, operand, first: self.cotangents.len(), rows });
        self.cotangents.resize_with(self.cotangents.len() + rows, || None);
    }

    /// Adds a row's cotangent to the part that was begun last. A buffer of the same size goes to `pool` in its place.
    pub(crate) fn add_cotangent(&mut self, row: usize, cotangent: Cotangent, pool: &mut Pool) {
        let Some(factor) = self.factors.last() else { unreachable!("a part is begun before its cotangents come") };
        match &mut self.cotangents[factor.first + row.min(factor.rows - 1)] {
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

    /// A part's cotangents in a row, if the row reaches it.
    pub(crate) fn cotangent(&self, factor: &Factor, row: usize) -> Option<&Cotangent> {
        self.cotangents[factor.first + row.min(factor.rows - 1)].as_ref()
    }

    /// Multiplies the parts of one parameter out, into its summed gradient.
    pub(crate) fn multiply_out(&mut self, parameters: &Parameters, id: ParameterId) {
        let factors = std::mem::take(&mut self.factors);
        let (own, others): (Vec<_>, Vec<_>) = factors.into_iter().partition(|factor| factor.parameter == id);
        self.factors = others;
        for factor in own {
            for row in 0..factor.rows {
                let Some(cotangent) = self.cotangents[factor.first + row].take() else { continue };
                match &factor.operand {
                    Operand::Input(x) => {
                        let outputs = parameters.info(id).shape.last();
                        let (n, inputs) = (cotangent.len() / outputs, parameters.info(id).range.len() / outputs);
                        let x = cotangent.span.part(x);
                        let (sum, into) = self.slot_to_write(parameters, id, row);
                        crate::matmul::left_transposed(Precision::F32, inputs, outputs, n, x, &cotangent, sum, into);
                    }
                    Operand::Bags { offsets, items } => {
                        let width = parameters.info(id).shape.last();
                        let sum = self.slot(parameters, id, row);
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
