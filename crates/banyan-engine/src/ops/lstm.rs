//! A long short-term memory over sequences (Hochreiter and Schmidhuber, 1997), with forget gates (Gers, Schmidhuber and Cummins, 2000).
//!
//! Samples are taken the longest first, so that those which still run at a step are the first of them: a step is one product of
//! matrices for all, and padding costs nothing.

use super::Op;
use crate::graph::Graph;
use crate::matmul::{self, Accumulate};
use crate::parameters::ParameterId;
use crate::parameters::Way;
use crate::shape::Shape;
use crate::simd::{self, LANES, dispatch};
use crate::sweep::Sweep;
use crate::tape::{Integers, Saved, Var};
use std::cmp::Reverse;
use std::ops::Range;

/// Which end of a sequence is read first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// The first position.
    Forward,
    /// The last one that is not padding.
    Backward,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Lstm {
    projections: Var,
    weight: ParameterId,
    direction: Direction,
    lengths: Integers,
    order: Integers,
    running: Integers,
    /// For every step and each sample that runs in it what [`step`] leaves for [`step_back`].
    derivatives: Saved,
    /// For every step but the first and each sample that runs in it the output of the step before.
    outputs_before: Saved,
}

/// Which sample reads what at which step.
#[derive(Clone, Copy)]
struct Steps<'a> {
    direction: Direction,
    /// The positions of a sample, padding included.
    positions: usize,
    /// Of each sample.
    lengths: &'a [u32],
    /// The samples, the longest first.
    order: &'a [u32],
    /// For each step how many samples run: the first so many in the order.
    running: &'a [u32],
}

impl<'a> Steps<'a> {
    /// The row of `[samples × positions]` that the sample at a place in the order reads at a step.
    fn row(self, step: usize, place: usize) -> usize {
        let sample = self.order[place] as usize;
        let position = match self.direction {
            Direction::Forward => step,
            Direction::Backward => self.lengths[sample] as usize - 1 - step,
        };
        sample * self.positions + position
    }

    /// The places in the order of those of some samples that run at a step.
    fn places(self, step: usize, samples: Range<usize>) -> impl Iterator<Item = usize> + 'a {
        let running = &self.order[..self.running[step] as usize];
        running.iter().enumerate().filter(move |(_, sample)| samples.contains(&(**sample as usize))).map(|(place, _)| place)
    }
}

/// The numbers that [`step`] leaves for each unit: what the cotangents of output and cell are multiplied with on the way back.
const DERIVATIVES: usize = 6;

/// The first [`LANES`] numbers; where there are fewer, zeros after them.
#[inline(always)]
fn block(numbers: &[f32]) -> [f32; LANES] {
    if let Some(full) = numbers.first_chunk() {
        return *full;
    }
    let mut block = [0.0; LANES];
    block[..numbers.len()].copy_from_slice(numbers);
    block
}

/// Writes as many numbers of a block as there is room for.
#[inline(always)]
fn write(numbers: &mut [f32], block: [f32; LANES]) {
    match numbers.first_chunk_mut() {
        Some(full) => *full = block,
        None => numbers.copy_from_slice(&block[..numbers.len()]),
    }
}

dispatch! {
    /// One step of one sample: from what goes into its gates to its new cell and output.
    fn step(gates: &[f32], cell: &mut [f32], output: &mut [f32], derivatives: &mut [f32]) {
        let width = output.len();
        for at in (0..width).step_by(LANES) {
            let gate = |index: usize| block(&gates[index * width..(index + 1) * width][at..]);
            let [inputs, forgets, news, opens] = [gate(0), gate(1), gate(2), gate(3)];
            let mut cells = block(&cell[at..]);
            let mut outputs = [0.0; LANES];
            let mut slopes = [[0.0; LANES]; DERIVATIVES];
            for lane in 0..LANES {
                let (i, f) = (simd::sigmoid(inputs[lane]), simd::sigmoid(forgets[lane]));
                let (g, o) = (simd::tanh(news[lane]), simd::sigmoid(opens[lane]));
                let before = cells[lane];
                cells[lane] = f * before + i * g;
                let shown = simd::tanh(cells[lane]);
                outputs[lane] = o * shown;
                slopes[0][lane] = g * i * (1.0 - i);
                slopes[1][lane] = before * f * (1.0 - f);
                slopes[2][lane] = i * (1.0 - g * g);
                slopes[3][lane] = shown * o * (1.0 - o);
                slopes[4][lane] = o * (1.0 - shown * shown);
                slopes[5][lane] = f;
            }
            write(&mut cell[at..], cells);
            write(&mut output[at..], outputs);
            for (index, slopes) in slopes.into_iter().enumerate() {
                write(&mut derivatives[index * width..(index + 1) * width][at..], slopes);
            }
        }
    }
}

dispatch! {
    /// The same step back: from the cotangents of output and cell to those of the gates and of the cell before.
    fn step_back(output: &[f32], cell: &mut [f32], derivatives: &[f32], gates: &mut [f32]) {
        let width = output.len();
        for at in (0..width).step_by(LANES) {
            let slope = |index: usize| block(&derivatives[index * width..(index + 1) * width][at..]);
            let slopes = [slope(0), slope(1), slope(2), slope(3), slope(4), slope(5)];
            let (outputs, mut cells) = (block(&output[at..]), block(&cell[at..]));
            let mut back = [[0.0; LANES]; 4];
            for lane in 0..LANES {
                let own = cells[lane] + outputs[lane] * slopes[4][lane];
                back[0][lane] = own * slopes[0][lane];
                back[1][lane] = own * slopes[1][lane];
                back[2][lane] = own * slopes[2][lane];
                back[3][lane] = outputs[lane] * slopes[3][lane];
                cells[lane] = own * slopes[5][lane];
            }
            write(&mut cell[at..], cells);
            for (index, back) in back.into_iter().enumerate() {
                write(&mut gates[index * width..(index + 1) * width][at..], back);
            }
        }
    }
}

impl Graph<'_> {
    /// A long short-term memory over each sample's positions, `[samples, length, 4 hidden]` to `[samples, length, hidden]`.
    ///
    /// `projections` is what the inputs bring to the gates, `x W + b`, which one [`linear`](Self::linear) gives for all positions;
    /// `weight` is `[hidden, 4 hidden]`, what the output of the step before brings. With `p + h W` cut into the four gates
    /// `i, f, g, o` (PyTorch's order), the cell is `c ← σ(f) c + σ(i) tanh(g)` and the output `h ← σ(o) tanh(c)`, both zeros in
    /// the beginning. `lengths` has one entry a sample: what comes after so many positions is padding, which gives zeros and is
    /// not looked at, NaN or not.
    ///
    /// # Panics
    /// If the sizes do not fit, or a sample is longer than its positions.
    pub fn lstm(&mut self, projections: Var, weight: ParameterId, lengths: &[u32], direction: Direction) -> Var {
        let (shape, info) = (self.shape(projections), self.parameters.info(weight));
        let [samples, positions, four] = *shape.axes() else { panic!("an LSTM reads [samples, length, 4 hidden], not {shape:?}") };
        let hidden = four / 4;
        let fits = hidden > 0 && *info.shape.axes() == [hidden, four] && four % 4 == 0;
        assert!(fits, "LSTM {}: projections {shape:?}, weight {:?}", info.name, info.shape);
        assert_eq!(lengths.len(), samples, "a length for each sample of {shape:?}");
        assert!(lengths.iter().all(|&own| own as usize <= positions), "a sample of {shape:?} is longer than its positions: {lengths:?}");
        let total: usize = lengths.iter().map(|&own| own as usize).sum();
        let longest = lengths.iter().copied().max().unwrap_or(0);
        let order = self.tape.save_integers(0..samples as u32);
        self.tape.integers[order.index()].sort_unstable_by_key(|&sample| (Reverse(lengths[sample as usize]), sample));
        let running = self.tape.save_integers((0..longest).map(|step| lengths.iter().filter(|&&own| own > step).count() as u32));
        let lengths = self.tape.save_integers(lengths.iter().copied());
        let [lengths_list, order_list, running_list] = [lengths, order, running].map(|list| &*self.tape.integers[list.index()]);
        let steps = Steps { direction, positions, lengths: lengths_list, order: order_list, running: running_list };

        let first = running_list.first().map_or(0, |&count| count as usize);
        let pool = &mut self.tape.pool;
        let mut derivatives = pool.take(total * DERIVATIVES * hidden);
        let mut outputs_before = pool.take((total - first) * hidden);
        let mut value = pool.zeros(samples * positions * hidden);
        let (mut gates, mut cells, mut outputs) = (pool.take(first * four), pool.zeros(first * hidden), pool.take(first * hidden));
        let x = &self.tape.storages[self.tape.nodes[projections.index()].storage as usize];
        let mut begin = 0;
        for (index, &count) in running_list.iter().enumerate() {
            let count = count as usize;
            let gates = &mut gates[..count * four];
            for (place, gates) in gates.chunks_exact_mut(four).enumerate() {
                gates.copy_from_slice(&x[steps.row(index, place) * four..][..four]);
            }
            if index > 0 {
                let before = &outputs_before[(begin - first) * hidden..][..count * hidden];
                self.parameters.multiply_again(weight, Way::Forward, self.tape.precision, count, before, gates, Accumulate::Add);
            }
            let derivatives = derivatives[begin * DERIVATIVES * hidden..].chunks_exact_mut(DERIVATIVES * hidden);
            let states = cells.chunks_exact_mut(hidden).zip(outputs.chunks_exact_mut(hidden));
            for (place, ((gates, (cell, output)), derivatives)) in gates.chunks_exact(four).zip(states).zip(derivatives).enumerate() {
                step(gates, cell, output, derivatives);
                value[steps.row(index, place) * hidden..][..hidden].copy_from_slice(output);
            }
            begin += count;
            let next = running_list.get(index + 1).map_or(0, |&count| count as usize);
            outputs_before[(begin - first) * hidden..][..next * hidden].copy_from_slice(&outputs[..next * hidden]);
        }
        for buffer in [gates, cells, outputs] {
            self.tape.pool.give(buffer);
        }
        let (derivatives, outputs_before) = (self.tape.save(derivatives), self.tape.save(outputs_before));
        let op = Lstm { projections, weight, direction, lengths, order, running, derivatives, outputs_before };
        self.tape.push(Op::Lstm(op), Shape::new(&[samples, positions, hidden]), value, true)
    }
}

impl Lstm {
    /// Steps in reverse, those samples alone that the task reaches. The cotangents of all steps' gates are kept, so that the weight's
    /// gradient is one product; it is always summed: sequences bring more positions to it than it has rows.
    pub(crate) fn backward(&self, sweep: &mut Sweep<'_>, output: Var) {
        let shape = sweep.shape(output);
        let (samples, positions, hidden) = (shape.samples(), shape.axes()[1], shape.last());
        let four = 4 * hidden;
        let [lengths, order, running] = [self.lengths, self.order, self.running].map(|list| sweep.integers(list));
        let steps = Steps { direction: self.direction, positions, lengths, order, running };
        let (derivatives, outputs_before) = (sweep.saved(self.derivatives), sweep.saved(self.outputs_before));
        let all_first = running.first().map_or(0, |&count| count as usize);
        for row in 0..sweep.rows() {
            let Some(cotangent) = sweep.take(output, row) else { continue };
            let span = cotangent.span;
            let reached = span.range(samples);
            let total: usize = lengths[reached.clone()].iter().map(|&own| own as usize).sum();
            let first = lengths[reached.clone()].iter().filter(|&&own| own > 0).count();
            let mut gates = sweep.buffer(total * four);
            let (mut outputs, mut cells) = (sweep.zeros(first * hidden), sweep.zeros(first * hidden));
            // Of all samples the outputs before each step lie as they are needed; of some they are put together.
            let mut own_before = sweep.buffer(if span.is_all() { 0 } else { (total - first) * hidden });
            let mut back = sweep.wants(self.projections).then(|| sweep.fresh_zeros(self.projections, span));
            let (mut begin, mut all_begin) = (total, lengths.iter().map(|&own| own as usize).sum::<usize>());
            for index in (0..running.len()).rev() {
                let end = begin;
                all_begin -= running[index] as usize;
                begin -= steps.places(index, reached.clone()).count();
                for (own, place) in steps.places(index, reached.clone()).enumerate() {
                    let at = steps.row(index, place) - reached.start * positions;
                    let unit = own * hidden..(own + 1) * hidden;
                    let gates = &mut gates[(begin + own) * four..][..four];
                    simd::add(&mut outputs[unit.clone()], &cotangent[at * hidden..][..hidden]);
                    let derivatives = &derivatives[(all_begin + place) * DERIVATIVES * hidden..][..DERIVATIVES * hidden];
                    step_back(&outputs[unit.clone()], &mut cells[unit], derivatives, gates);
                    if let Some(back) = &mut back {
                        back[at * four..][..four].copy_from_slice(gates);
                    }
                    if index > 0 && !span.is_all() {
                        let before = &outputs_before[(all_begin + place - all_first) * hidden..][..hidden];
                        own_before[(begin + own - first) * hidden..][..hidden].copy_from_slice(before);
                    }
                }
                if index > 0 && begin < end {
                    let own = &gates[begin * four..end * four];
                    sweep.parameters.multiply(
                        self.weight,
                        Way::Back,
                        sweep.precision(),
                        end - begin,
                        own,
                        &mut outputs,
                        Accumulate::Replace,
                    );
                }
            }
            if total > first {
                let before = if span.is_all() { outputs_before } else { &own_before };
                let precision = sweep.precision();
                let (gradient, into) = sweep.gradient_to_write(self.weight, row);
                matmul::left_transposed(precision, hidden, four, total - first, before, &gates[first * four..], gradient, into);
            }
            if let Some(back) = back {
                sweep.add(self.projections, row, back);
            }
            for buffer in [gates, outputs, cells, own_before, cotangent.values] {
                sweep.give(buffer);
            }
        }
    }
}
