//! Gradients of weights that are kept as an input `X [n, in]` and, for each task, cotangents `Y_t [n, out]`.

use super::Engine;
use super::combination::Combination;
use super::inner_products::{add_parts, add_products_of};
use super::lane::Lane;
use crate::cotangent::Cotangent;
use crate::gradients::Operand;
use crate::matmul::{Accumulate, Kernel, Left, Matrix, Right};
use crate::parameters::{ParameterId, Parameters};
use crate::pool::{Buffer, Pool};
use crate::workers::Work;
use crate::{scratch, simd};
use std::ops::Range;

/// Rows or columns of a result that are one thread's work.
const STRIPE: usize = 64;

/// One part of a batch: its input, and where its rows begin in the batch's.
struct Part<'a> {
    lane: &'a Lane,
    factor: &'a crate::gradients::Factor,
    first: usize,
    rows: usize,
}

impl Part<'_> {
    /// The rows of the batch that a cotangent of this part has.
    fn reached(&self, cotangent: &Cotangent) -> Range<usize> {
        let own = cotangent.span.range(self.rows);
        self.first + own.start..self.first + own.end
    }
}

/// The parts of one parameter, lane after lane, and the number of their rows.
fn parts<'a>(lanes: &'a [Lane], id: ParameterId, inputs: usize) -> (Vec<Part<'a>>, usize) {
    let mut parts = Vec::new();
    let mut first = 0;
    for lane in lanes {
        for factor in lane.gradients.factors().iter().filter(|factor| factor.parameter == id) {
            let Operand::Input(x) = &factor.operand else { continue };
            let rows = x.len() / inputs;
            parts.push(Part { lane, factor, first, rows });
            first += rows;
        }
    }
    (parts, first)
}

/// All inputs, one after the other.
fn inputs_of(parts: &[Part<'_>], all: usize, inputs: usize, pool: &mut Pool) -> Buffer {
    let mut x = pool.take(all * inputs);
    for part in parts {
        if let Operand::Input(own) = &part.factor.operand {
            x[part.first * inputs..][..own.len()].copy_from_slice(own);
        }
    }
    x
}

/// Writes `Xᵀ Σ_t w_t Y_t` to a parameter's gradient, or adds it: a combination of the rows.
pub(super) fn add_gradient(
    engine: &mut Engine,
    parameters: &Parameters,
    id: ParameterId,
    combination: Combination<'_>,
    gradient: &mut [f32],
    into: Accumulate<'_>,
) {
    let Engine { lanes, active, pool, workers, precision, .. } = engine;
    let (outputs, scope) = (parameters.info(id).shape.last(), parameters.info(id).scope);
    let inputs = gradient.len() / outputs;
    let (parts, all) = parts(&lanes[..*active], id, inputs);
    let x = inputs_of(&parts, all, inputs, pool);
    let mut y = pool.take(all * outputs);
    workers.blocks(Work::numbers(y.len() * combination.places()), 16 * outputs, [&mut y], |begin, [block]| {
        block.fill(0.0);
        let (begin, end) = (begin / outputs, (begin + block.len()) / outputs);
        for part in parts.iter().filter(|part| part.first < end && part.first + part.rows > begin) {
            for (place, weight) in combination.terms(scope) {
                let Some(cotangent) = part.lane.gradients.cotangent(part.factor, place) else { continue };
                let reached = part.reached(cotangent);
                let (from, to) = (begin.max(reached.start), end.min(reached.end));
                if from >= to {
                    continue;
                }
                let own = &cotangent[(from - reached.start) * outputs..(to - reached.start) * outputs];
                simd::add_scaled(&mut block[(from - begin) * outputs..(to - begin) * outputs], weight, own);
            }
        }
    });
    let kernel = Kernel::choose(*precision, inputs, outputs, all);
    let mut packed = pool.take(kernel.right_len(all, outputs));
    kernel.pack_right(all, outputs, Matrix::rows(&y, outputs), &mut packed);
    workers.blocks(Work::products(inputs * outputs * all), STRIPE * outputs, [gradient], |begin, [stripe]| {
        let first = begin / outputs;
        let left = Left::of(Matrix::rows(&x[first..], inputs).transposed());
        kernel.multiply(stripe.len() / outputs, outputs, all, left, Right::packed(kernel, &packed), stripe, into);
    });
    for buffer in [x, y, packed] {
        pool.give(buffer);
    }
}

/// Adds `<X Xᵀ Y_i, Y_j>` for all tasks `i <= j`.
pub(super) fn add_gramian(engine: &mut Engine, parameters: &Parameters, id: ParameterId, gramian: &mut [f64]) {
    let Engine { lanes, active, pool, workers, precision, rows: tasks, .. } = engine;
    let tasks = *tasks;
    let info = parameters.info(id);
    let outputs = info.shape.last();
    let inputs = info.range.len() / outputs;
    let (parts, all) = parts(&lanes[..*active], id, inputs);
    let x = inputs_of(&parts, all, inputs, pool);

    let kernel = Kernel::choose(*precision, all, all, inputs);
    let mut packed = pool.take(kernel.right_len(inputs, all));
    kernel.pack_right(inputs, all, Matrix::rows(&x, inputs).transposed(), &mut packed);
    let mut square = pool.take(all * all);
    workers.blocks(Work::products(all * all * inputs), STRIPE * all, [&mut square], |begin, [stripe]| {
        let left = Left::of(Matrix::rows(&x[begin / all * inputs..], inputs));
        kernel.multiply(stripe.len() / all, all, inputs, left, Right::packed(kernel, &packed), stripe, Accumulate::Replace);
    });
    pool.give(packed);
    pool.give(x);

    // A task's cotangents are zero but for the samples that it reaches: only the rows between its first and last are gone through.
    let reached = |task: usize| {
        let mut own = parts.iter().filter_map(|part| part.lane.gradients.cotangent(part.factor, task).map(|own| part.reached(own)));
        let first = own.next();
        let last = own.next_back().or(first.clone());
        first.zip(last).map_or(0..0, |(first, last)| first.start..last.end)
    };
    let kernel = Kernel::choose(*precision, all, STRIPE.min(outputs), all);
    let mut packed = pool.take(kernel.left_len(all, all));
    kernel.pack_left(all, all, Matrix::rows(&square, all), &mut packed);
    let stripes = outputs.div_ceil(STRIPE);
    let size = tasks * tasks;
    let mut sums = pool.take_doubles(stripes * size);
    let mut places: Vec<&mut [f64]> = sums.chunks_exact_mut(size).collect();
    workers.each(Work::products(tasks * all * all * outputs), &mut places, |stripe, sums| {
        let first = stripe * STRIPE;
        let width = STRIPE.min(outputs - first);
        let len = all * width;
        scratch::with(2 * tasks * len, |memory| {
            let (y, z) = memory.split_at_mut(tasks * len);
            for (task, (y, z)) in y.chunks_exact_mut(len).zip(z.chunks_exact_mut(len)).enumerate() {
                let rows = reached(task);
                let y = &mut y[rows.start * width..rows.end * width];
                let mut filled = 0;
                for part in &parts {
                    let Some(cotangent) = part.lane.gradients.cotangent(part.factor, task) else { continue };
                    let own = part.reached(cotangent);
                    let (begin, end) = ((own.start - rows.start) * width, (own.end - rows.start) * width);
                    y[filled..begin].fill(0.0);
                    for (to, from) in y[begin..end].chunks_exact_mut(width).zip(cotangent.chunks_exact(outputs)) {
                        to.copy_from_slice(&from[first..first + width]);
                    }
                    filled = end;
                }
                let left = match rows.len() == all {
                    true => Left::packed(kernel, &packed),
                    false => Left::of(Matrix::rows(&square[rows.start.min(all - 1)..], all)),
                };
                kernel.multiply(all, width, rows.len(), left, Right::of(Matrix::rows(y, width)), z, Accumulate::Replace);
            }
            if (0..tasks).all(|task| reached(task).len() == all) {
                add_products_of(z, y, len, sums);
                return;
            }
            for j in 0..tasks {
                let rows = reached(j);
                let range = rows.start * width..rows.end * width;
                for i in 0..=j {
                    let (z, y) = (&z[i * len..(i + 1) * len][range.clone()], &y[j * len..(j + 1) * len][range.clone()]);
                    sums[i * tasks + j] += f64::from(simd::dot(z, y));
                }
            }
        });
    });
    add_parts(&sums, gramian);
    pool.give_doubles(sums);
    pool.give(packed);
    pool.give(square);
}
