//! The backward pass: one walk over the tape that carries the cotangents of all tasks.
//!
//! A cotangent belongs to a value and a *row*: in a plain pass there is one row, the sum over the tasks;
//! in a stacked pass there is one for each task, and one for what is added to their combination. A value that a task's loss does not reach has no
//! cotangent in its row, so a head costs one pass whatever the number of tasks; and a cotangent holds only
//! the samples from a task's first label to its last, so tasks with samples of their own cost one pass together.

use crate::auxiliary::DeclaredLoss;
use crate::cotangent::{Cotangent, Span};
use crate::gradients::Gradients;
use crate::matmul::{Accumulate, Precision};
use crate::ops::Op;
use crate::parameters::{ParameterId, Parameters};
use crate::pool::{Buffer, Pool};
use crate::seeds::{Rows, Seeds};
use crate::shape::Shape;
use crate::simd;
use crate::tape::{Integers, Node, Saved, Tape, Var};

/// The cotangents of a tape's values.
#[derive(Debug, Default)]
pub(crate) struct Cotangents {
    rows: usize,
    slots: Vec<Option<Cotangent>>,
}

impl Cotangents {
    /// Adds to the cotangent of a loss.
    fn seed(&mut self, loss: Var, row: usize, weight: f32, span: Span, pool: &mut Pool) {
        if weight != 0.0 {
            let place = self.place(loss, row);
            self.slots[place].get_or_insert_with(|| Cotangent { span, values: pool.zeros(1) })[0] += weight;
        }
    }

    fn place(&self, var: Var, row: usize) -> usize {
        var.index() * self.rows + row
    }

    /// How many rows there are.
    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    /// Takes the cotangent of a value in a row, if the row reaches it.
    pub(crate) fn take(&mut self, var: Var, row: usize) -> Option<Cotangent> {
        let place = self.place(var, row);
        self.slots[place].take()
    }

    /// Adds to the cotangent of a value in a row.
    pub(crate) fn add(&mut self, var: Var, row: usize, cotangent: Cotangent, pool: &mut Pool) {
        let place = self.place(var, row);
        match &mut self.slots[place] {
            Some(sum) => sum.add(cotangent, pool),
            empty => *empty = Some(cotangent),
        }
    }
}

/// A backward pass under way.
pub(crate) struct Sweep<'a> {
    pub(crate) parameters: &'a Parameters,
    nodes: &'a [Node],
    storages: &'a [Buffer],
    tape_saved: &'a [Buffer],
    tape_integers: &'a [Vec<u32>],
    /// All samples of the chunk.
    all: Span,
    precision: Precision,
    pool: &'a mut Pool,
    cotangents: &'a mut Cotangents,
    gradients: &'a mut Gradients,
}

impl<'a> Sweep<'a> {
    /// Starts with the losses: those of tasks and of no task, in the rows and with the weights that `seeds` gives them. There are
    /// `count` rows of cotangents.
    pub(crate) fn start(
        tape: &'a mut Tape,
        parameters: &'a Parameters,
        cotangents: &'a mut Cotangents,
        gradients: &'a mut Gradients,
        rows: Rows<'_>,
        seeds: Seeds<'_>,
        count: usize,
    ) -> Self {
        cotangents.rows = count;
        cotangents.slots.clear();
        cotangents.slots.resize_with(tape.nodes.len() * cotangents.rows, || None);
        let span = Span::all(tape.samples);
        for &(task, loss) in &tape.losses {
            let (row, weight) = seeds.of_row(task);
            cotangents.seed(loss, row, weight, span, &mut tape.pool);
        }
        for DeclaredLoss { name, loss, weight } in tape.auxiliary.iter() {
            let (row, factor) = rows.of_auxiliary(name).map_or_else(|| seeds.added(rows), |row| seeds.of_row(row));
            cotangents.seed(loss, row, factor * weight, span, &mut tape.pool);
        }
        Self::resume(tape, parameters, cotangents, gradients)
    }

    /// Goes on with cotangents that are already there.
    pub(crate) fn resume(
        tape: &'a mut Tape,
        parameters: &'a Parameters,
        cotangents: &'a mut Cotangents,
        gradients: &'a mut Gradients,
    ) -> Self {
        Self {
            parameters,
            nodes: &tape.nodes,
            storages: &tape.storages,
            tape_saved: &tape.saved,
            tape_integers: &tape.integers,
            all: Span::all(tape.samples),
            precision: tape.backward_precision,
            pool: &mut tape.pool,
            cotangents,
            gradients,
        }
    }

    /// Walks back over the nodes from `end` (exclusive) to `begin`.
    pub(crate) fn run(&mut self, begin: usize, end: usize) {
        for index in (begin..end).rev() {
            let var = Var(index as u32);
            let node = &self.nodes[index];
            if (0..self.rows()).any(|row| self.has(var, row)) {
                if matches!(node.op, Op::Import) {
                    continue; // its cotangent is for another tape
                }
                if node.reaches_parameters {
                    node.op.backward(self, var);
                }
                for row in 0..self.rows() {
                    if let Some(left) = self.take(var, row) {
                        self.give(left.values);
                    }
                }
            }
        }
    }

    pub(crate) fn rows(&self) -> usize {
        self.cotangents.rows
    }

    pub(crate) fn has(&self, var: Var, row: usize) -> bool {
        self.cotangents.slots[self.cotangents.place(var, row)].is_some()
    }

    /// Takes the cotangent of a value in a row, if the row reaches it.
    pub(crate) fn take(&mut self, var: Var, row: usize) -> Option<Cotangent> {
        self.cotangents.take(var, row)
    }

    /// Puts the cotangent of a value in a row back, or in the place of one that was taken.
    pub(crate) fn put(&mut self, var: Var, row: usize, cotangent: Cotangent) {
        let place = self.cotangents.place(var, row);
        debug_assert!(self.cotangents.slots[place].is_none());
        self.cotangents.slots[place] = Some(cotangent);
    }

    /// The cotangent of a value in a row, to read.
    pub(crate) fn cotangent(&self, var: Var, row: usize) -> Option<&Cotangent> {
        self.cotangents.slots[self.cotangents.place(var, row)].as_ref()
    }

    /// Adds to the cotangent of a value in a row.
    pub(crate) fn add(&mut self, var: Var, row: usize, cotangent: Cotangent) {
        debug_assert_eq!(cotangent.len(), cotangent.span.range(self.shape(var).len()).len());
        self.cotangents.add(var, row, cotangent, self.pool);
    }

    /// Whether a gradient with respect to this value is of use.
    pub(crate) fn wants(&self, var: Var) -> bool {
        self.nodes[var.index()].reaches_parameters
    }

    pub(crate) fn shape(&self, var: Var) -> Shape {
        self.nodes[var.index()].shape
    }

    pub(crate) fn value(&self, var: Var) -> &'a [f32] {
        &self.storages[self.nodes[var.index()].storage as usize]
    }

    pub(crate) fn saved(&self, saved: Saved) -> &'a [f32] {
        &self.tape_saved[saved.index()]
    }

    pub(crate) fn integers(&self, integers: Integers) -> &'a [u32] {
        &self.tape_integers[integers.index()]
    }

    /// A list of operands, saved as integers.
    pub(crate) fn operands(&self, integers: Integers) -> impl Iterator<Item = Var> + 'a {
        self.integers(integers).iter().map(|&index| Var(index))
    }

    pub(crate) fn parameter(&self, id: ParameterId) -> &'a [f32] {
        self.parameters.get(id)
    }

    pub(crate) fn precision(&self) -> Precision {
        self.precision
    }

    /// How many rows have a cotangent of a value.
    pub(crate) fn reaching(&self, var: Var) -> usize {
        (0..self.rows()).filter(|&row| self.has(var, row)).count()
    }

    /// The gradient of a parameter in a row, to be added to. Where the gradients are one sum and the
    /// cotangents have several rows, the rows are summed.
    pub(crate) fn gradient(&mut self, id: ParameterId, row: usize) -> &mut [f32] {
        self.gradients.slot(self.parameters, id, row)
    }

    /// As [`gradient`](Self::gradient), for a product: what is first written there replaces old numbers.
    pub(crate) fn gradient_to_write(&mut self, id: ParameterId, row: usize) -> (&mut [f32], Accumulate<'static>) {
        self.gradients.slot_to_write(self.parameters, id, row)
    }

    /// Whether the gradient `inputᵀ cotangent` of a weight `[inputs, outputs]` is better kept as its factors.
    pub(crate) fn prefers_factors(&self, weight: ParameterId, n: usize, inputs: usize, outputs: usize) -> bool {
        self.gradients.prefer_factors(self.parameters, weight, n, inputs, outputs)
    }

    /// Keeps a value as the first factor of a weight's gradient; [`factor`](Self::factor) gives the second, row by row.
    pub(crate) fn keep_input(&mut self, weight: ParameterId, input: Var) {
        let input = self.value(input);
        self.gradients.keep_input(weight, input);
    }

    /// Keeps bags of a table's rows as the first factor of the table's gradient.
    pub(crate) fn keep_bags(&mut self, table: ParameterId, offsets: Integers, items: Integers) {
        let (offsets, items) = (self.integers(offsets), self.integers(items));
        self.gradients.keep_bags(table, offsets, items);
    }

    /// Gives the second factor in a row.
    pub(crate) fn factor(&mut self, row: usize, cotangent: Cotangent) {
        self.gradients.add_cotangent(self.parameters, row, cotangent, self.pool);
    }

    pub(crate) fn buffer(&mut self, len: usize) -> Buffer {
        self.pool.take(len)
    }

    pub(crate) fn zeros(&mut self, len: usize) -> Buffer {
        self.pool.zeros(len)
    }

    /// A list of `len` zeros in double precision.
    pub(crate) fn doubles(&mut self, len: usize) -> Vec<f64> {
        self.pool.take_doubles(len)
    }

    pub(crate) fn give_doubles(&mut self, list: Vec<f64>) {
        self.pool.give_doubles(list);
    }

    /// All samples of the chunk.
    pub(crate) fn all(&self) -> Span {
        self.all
    }

    /// Memory for a value's cotangent of some samples, of arbitrary content.
    pub(crate) fn fresh(&mut self, var: Var, span: Span) -> Cotangent {
        Cotangent::take(self.pool, span, self.shape(var).len())
    }

    /// A value's cotangent of some samples, all zeros.
    pub(crate) fn fresh_zeros(&mut self, var: Var, span: Span) -> Cotangent {
        let mut cotangent = self.fresh(var, span);
        cotangent.fill(0.0);
        cotangent
    }

    /// The cotangent with zeros for all samples that it does not have, for an operation in which samples depend on each other.
    pub(crate) fn of_all_samples(&mut self, cotangent: Cotangent) -> Cotangent {
        cotangent.widened(self.all, self.pool)
    }

    pub(crate) fn give(&mut self, buffer: Buffer) {
        self.pool.give(buffer);
    }

    /// Adds the inner products of the first `rows` rows' cotangents of all values before `end` to a Gramian: the
    /// Gramian of the gradients of the shared representation, since what lies after `end` is swept.
    pub(crate) fn add_gramian(&self, end: usize, rows: usize, gramian: &mut [f64]) {
        for index in 0..end {
            let var = Var(index as u32);
            for i in 0..rows {
                let Some(a) = self.cotangent(var, i) else { continue };
                for j in i..rows {
                    let Some(b) = self.cotangent(var, j) else { continue };
                    let Some(common) = a.span.intersection(b.span) else { continue };
                    let product = f64::from(simd::dot(a.within(common), b.within(common)));
                    gramian[i * rows + j] += product;
                    if i != j {
                        gramian[j * rows + i] += product;
                    }
                }
            }
        }
    }

    /// Replaces the rows of all cotangents before `end` by their weighted sum, in row 0. A row without a weight counts as it is.
    pub(crate) fn merge(&mut self, end: usize, weights: &[f32]) {
        for index in 0..end {
            let var = Var(index as u32);
            let mut sum: Option<Cotangent> = None;
            for row in 0..self.rows() {
                let Some(mut part) = self.take(var, row) else { continue };
                if let Some(&weight) = weights.get(row) {
                    simd::scale(&mut part, weight);
                }
                match &mut sum {
                    Some(sum) => sum.add(part, self.pool),
                    empty => *empty = Some(part),
                }
            }
            if let Some(sum) = sum {
                let place = self.cotangents.place(var, 0);
                self.cotangents.slots[place] = Some(sum);
            }
        }
    }
}
