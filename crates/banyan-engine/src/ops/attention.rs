//! Scaled dot-product attention of a sequence to itself, in several heads (Vaswani et al., 2017).

use super::{Op, softmax};
use crate::cotangent::Cotangent;
use crate::graph::Graph;
use crate::matmul::{self, Accumulate, Precision};
use crate::shape::Shape;
use crate::simd::dispatch;
use crate::sweep::Sweep;
use crate::tape::{Saved, Var};

#[derive(Debug, Clone, Copy)]
pub(crate) struct Attention {
    input: Var,
    heads: usize,
    /// For each sample and head its scaled queries, its keys and its values, `[length, head width]` each.
    packed: Saved,
    /// For each sample and head `[length, length]`, a row a query.
    probabilities: Saved,
}

/// Where the numbers of a head lie.
#[derive(Clone, Copy)]
struct Layout {
    length: usize,
    width: usize,
    heads: usize,
}

impl Layout {
    /// The width of one head.
    fn own(self) -> usize {
        self.width / self.heads
    }

    /// The numbers of one head's queries, and of its keys and its values.
    fn part(self) -> usize {
        self.length * self.own()
    }

    fn scores(self) -> usize {
        self.length * self.length
    }

    /// What makes the inner product of two random vectors a number of about unit size.
    fn scale(self) -> f32 {
        1.0 / (self.own() as f32).sqrt()
    }

    /// Where a head's columns begin in a row of `[length, stride]`.
    fn first(self, index: usize, stride: usize) -> usize {
        index / self.heads * self.length * stride + index % self.heads * self.own()
    }
}

/// The products of a head, or of one sample, are small: laying three parts out for the matrix unit would take what it saves.
pub(super) fn precision_of_small_products(precision: Precision) -> Precision {
    if precision == Precision::Bf16 { precision } else { Precision::F32 }
}

dispatch! {
    /// Copies a column block of `[…, stride]` from `first` on, times a factor, into rows of `own` numbers.
    fn gather(part: &mut [f32], source: &[f32], first: usize, stride: usize, own: usize, factor: f32) {
        for (row, part) in part.chunks_exact_mut(own).enumerate() {
            for (to, &from) in part.iter_mut().zip(&source[first + row * stride..][..own]) {
                *to = factor * from;
            }
        }
    }
}

dispatch! {
    /// Writes rows of `own` numbers, times a factor, to a column block of `[…, stride]` from `first` on.
    fn scatter(target: &mut [f32], part: &[f32], first: usize, stride: usize, own: usize, factor: f32) {
        for (row, part) in part.chunks_exact(own).enumerate() {
            for (to, &from) in target[first + row * stride..][..own].iter_mut().zip(part) {
                *to = factor * from;
            }
        }
    }
}

/// Makes a head forget the keys that are not kept. Their vectors become zeros, so that whatever padding holds,
/// NaN included, stays out of the products.
fn leave_out(kept: &[bool], own: usize, scores: &mut [f32], keys: &mut [f32], values: &mut [f32]) {
    for (position, _) in kept.iter().enumerate().filter(|(_, kept)| !**kept) {
        keys[position * own..(position + 1) * own].fill(0.0);
        values[position * own..(position + 1) * own].fill(0.0);
        for row in scores.chunks_exact_mut(kept.len()) {
            row[position] = f32::NEG_INFINITY;
        }
    }
}

impl Graph<'_> {
    /// `softmax(q kᵀ / √d) v` for each sample and head, `[samples, length, 3 width]` to `[samples, length, width]`.
    ///
    /// The input holds queries, keys and values side by side; head `h` has the `h`-th `d = width / heads` columns of each
    /// and writes the same columns of the output. `keep` has one entry a position, `[samples × length]`, or is empty
    /// where all are kept: a key that is not kept has probability 0, and a sample of which none is kept gives zeros.
    ///
    /// # Panics
    /// If the input has not three axes, if the heads do not divide its width into equal parts, or if the mask does not fit.
    pub fn attention(&mut self, input: Var, heads: usize, keep: &[bool]) -> Var {
        let shape = self.shape(input);
        let [samples, length, three] = *shape.axes() else { panic!("attention reads [samples, length, 3 width], not {shape:?}") };
        assert!(heads > 0 && three % (3 * heads) == 0 && three > 0, "attention of {shape:?} in {heads} heads");
        assert!(keep.is_empty() || keep.len() == samples * length, "attention of {shape:?} with a mask of {}", keep.len());
        let at = Layout { length, width: three / 3, heads };
        let (own, part) = (at.own(), at.part());
        let precision = precision_of_small_products(self.tape.precision);
        let mut packed = self.tape.pool.take(samples * heads * 3 * part);
        let mut probabilities = self.tape.pool.take(samples * heads * at.scores());
        let mut value = self.tape.pool.take(samples * length * at.width);
        let mut mixed = self.tape.pool.take(part);
        let x = self.tape.value(input);
        for index in 0..samples * heads {
            let (queries, rest) = packed[index * 3 * part..][..3 * part].split_at_mut(part);
            let (keys, values) = rest.split_at_mut(part);
            let first = at.first(index, three);
            gather(queries, x, first, three, own, at.scale());
            gather(keys, x, first + at.width, three, own, 1.0);
            gather(values, x, first + 2 * at.width, three, own, 1.0);
            let scores = &mut probabilities[index * at.scores()..][..at.scores()];
            matmul::right_transposed(precision, length, length, own, queries, keys, scores, Accumulate::Replace);
            if !keep.is_empty() {
                leave_out(&keep[index / heads * length..][..length], own, scores, keys, values);
            }
            softmax::normalise_rows(scores, length);
            matmul::plain(precision, length, own, length, scores, values, &mut mixed, Accumulate::Replace);
            scatter(&mut value, &mixed, at.first(index, at.width), at.width, own, 1.0);
        }
        self.tape.pool.give(mixed);
        let (packed, probabilities) = (self.tape.save(packed), self.tape.save(probabilities));
        let reaches = self.reaches(input);
        let op = Attention { input, heads, packed, probabilities };
        self.tape.push(Op::Attention(op), Shape::new(&[samples, length, at.width]), value, reaches)
    }
}

/// The cotangent of a row that reaches a sample, and which of its samples that is.
fn of_sample<'s>(sweep: &'s Sweep<'_>, output: Var, row: usize, sample: usize) -> Option<(usize, &'s Cotangent)> {
    let cotangent = sweep.cotangent(output, row)?;
    let reached = cotangent.span.range(sweep.shape(output).samples());
    reached.contains(&sample).then(|| (sample - reached.start, cotangent))
}

impl Attention {
    /// The cotangents of all rows lie one below the other, so that a head's keys and values are multiplied with once for all tasks.
    pub(crate) fn backward(&self, sweep: &mut Sweep<'_>, output: Var) {
        let shape = sweep.shape(output);
        let at = Layout { length: shape.axes()[1], width: shape.last(), heads: self.heads };
        let (own, part, three) = (at.own(), at.part(), 3 * at.width);
        let (packed, probabilities) = (sweep.saved(self.packed), sweep.saved(self.probabilities));
        let precision = precision_of_small_products(sweep.precision());
        let reaching = sweep.reaching(output);
        // Every number of the inputs' cotangents is written below; what other operations gave them is added at the end.
        let mut others = Vec::new();
        for row in 0..sweep.rows() {
            let Some(span) = sweep.cotangent(output, row).map(|cotangent| cotangent.span) else { continue };
            others.extend(sweep.take(self.input, row).map(|other| (row, other)));
            let fresh = sweep.fresh(self.input, span);
            sweep.put(self.input, row, fresh);
        }
        let mut outputs = sweep.buffer(reaching * part);
        let mut scores = sweep.buffer(reaching * at.scores());
        let mut back = sweep.buffer(reaching * part);
        let mut single = sweep.buffer(part);
        for index in 0..shape.samples() * self.heads {
            let (sample, head) = (index / self.heads, index % self.heads);
            let [queries, keys, values] = [0, 1, 2].map(|which| &packed[(3 * index + which) * part..][..part]);
            let own_probabilities = &probabilities[index * at.scores()..][..at.scores()];
            let cotangents = (0..sweep.rows()).filter_map(|row| of_sample(sweep, output, row, sample));
            let mut count = 0;
            for (outputs, (place, cotangent)) in outputs.chunks_exact_mut(part).zip(cotangents) {
                gather(outputs, cotangent, at.first(place * self.heads + head, at.width), at.width, own, 1.0);
                count += 1;
            }
            let (outputs, scores) = (&outputs[..count * part], &mut scores[..count * at.scores()]);
            matmul::right_transposed(precision, count * at.length, at.length, own, outputs, values, scores, Accumulate::Replace);
            for scores in scores.chunks_exact_mut(at.scores()) {
                softmax::pull_back(scores, own_probabilities, at.length);
            }
            matmul::plain(precision, count * at.length, own, at.length, scores, keys, &mut back, Accumulate::Replace);
            let mut parts = outputs.chunks_exact(part).zip(scores.chunks_exact(at.scores())).zip(back.chunks_exact(part));
            for row in 0..sweep.rows() {
                let Some((place, _)) = of_sample(sweep, output, row, sample) else { continue };
                let (Some(((outputs, scores), back)), Some(mut total)) = (parts.next(), sweep.take(self.input, row)) else { continue };
                let first = at.first(place * self.heads + head, three);
                scatter(&mut total, back, first, three, own, at.scale());
                matmul::left_transposed(precision, at.length, own, at.length, scores, queries, &mut single, Accumulate::Replace);
                scatter(&mut total, &single, first + at.width, three, own, 1.0);
                matmul::left_transposed(precision, at.length, own, at.length, own_probabilities, outputs, &mut single, Accumulate::Replace);
                scatter(&mut total, &single, first + 2 * at.width, three, own, 1.0);
                sweep.put(self.input, row, total);
            }
        }
        for (row, other) in others {
            sweep.add(self.input, row, other);
        }
        for buffer in [outputs, scores, back, single] {
            sweep.give(buffer);
        }
    }
}
