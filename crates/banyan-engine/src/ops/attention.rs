//! Scaled dot-product attention of a sequence to itself or to another, in several heads (Vaswani et al., 2017).

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
    queries: Var,
    /// What holds the keys and the values, in its last `2 width` columns: where a sequence attends to itself, the queries' value.
    context: Var,
    heads: usize,
    /// For each sample and head its scaled queries, its keys and its values, `[length, head width]` each.
    packed: Saved,
    /// For each sample and head `[queries, keys]`, a row a query.
    probabilities: Saved,
}

/// Where the numbers of a head lie.
#[derive(Clone, Copy)]
struct Layout {
    samples: usize,
    /// Positions that ask, of each sample.
    queries: usize,
    /// Positions that are asked.
    keys: usize,
    width: usize,
    heads: usize,
    /// Numbers of a position in the value that holds the queries.
    query_stride: usize,
    /// And in that which holds the keys and values.
    context_stride: usize,
}

impl Layout {
    fn new(queries: Shape, context: Shape, width: usize, heads: usize) -> Self {
        Self {
            samples: queries.samples(),
            queries: queries.axes()[1],
            keys: context.axes()[1],
            width,
            heads,
            query_stride: queries.last(),
            context_stride: context.last(),
        }
    }

    /// The width of one head.
    fn own(self) -> usize {
        self.width / self.heads
    }

    /// The numbers of one head's queries.
    fn query_part(self) -> usize {
        self.queries * self.own()
    }

    /// The numbers of one head's keys, and of its values.
    fn key_part(self) -> usize {
        self.keys * self.own()
    }

    fn packed(self) -> usize {
        self.query_part() + 2 * self.key_part()
    }

    fn scores(self) -> usize {
        self.queries * self.keys
    }

    /// What makes the inner product of two random vectors a number of about unit size.
    fn scale(self) -> f32 {
        1.0 / (self.own() as f32).sqrt()
    }

    /// Where a head's columns begin in `[samples, queries, stride]`.
    fn first_query(self, index: usize, stride: usize) -> usize {
        index / self.heads * self.queries * stride + index % self.heads * self.own()
    }

    /// Where a head's keys begin in the value that holds them; its values begin `width` numbers later.
    fn first_key(self, index: usize) -> usize {
        let column = self.context_stride - 2 * self.width;
        index / self.heads * self.keys * self.context_stride + column + index % self.heads * self.own()
    }

    /// A head's queries, keys and values.
    fn split(self, packed: &[f32], index: usize) -> [&[f32]; 3] {
        let (queries, rest) = packed[index * self.packed()..][..self.packed()].split_at(self.query_part());
        let (keys, values) = rest.split_at(self.key_part());
        [queries, keys, values]
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
fn leave_out_keys(kept: &[bool], own: usize, scores: &mut [f32], keys: &mut [f32], values: &mut [f32]) {
    for (position, _) in kept.iter().enumerate().filter(|(_, kept)| !**kept) {
        keys[position * own..(position + 1) * own].fill(0.0);
        values[position * own..(position + 1) * own].fill(0.0);
        for row in scores.chunks_exact_mut(kept.len()) {
            row[position] = f32::NEG_INFINITY;
        }
    }
}

/// The same for queries: their rows of probabilities become zeros.
fn leave_out_queries(kept: &[bool], own: usize, scores: &mut [f32], queries: &mut [f32]) {
    let rows = scores.chunks_exact_mut(scores.len() / kept.len()).zip(queries.chunks_exact_mut(own));
    for ((scores, query), _) in rows.zip(kept).filter(|(_, kept)| !**kept) {
        query.fill(0.0);
        scores.fill(f32::NEG_INFINITY);
    }
}

/// One sample's part of a mask, which is empty where all are kept.
fn of_sample(mask: &[bool], sample: usize, length: usize) -> Option<&[bool]> {
    (!mask.is_empty()).then(|| &mask[sample * length..][..length])
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
        self.attend(input, input, Layout::new(shape, shape, three / 3, heads), &[], keep)
    }

    /// Attention of one sequence to another: `softmax(q kᵀ / √d) v` for each sample and head, with queries `[samples, n, width]` and a
    /// context `[samples, m, 2 width]` that holds keys and values side by side, to `[samples, n, width]`. The lengths `n` and `m` may
    /// differ; heads are cut as by [`attention`](Self::attention).
    ///
    /// Each mask has one entry a position, or is empty where all are kept. A key that is not kept has probability 0; a sample of
    /// which no key is kept gives zeros, and so does a query that is not kept, to which no gradient goes back either. Without
    /// any positions in the context all is zeros.
    ///
    /// # Panics
    /// If the shapes do not belong together, if the heads do not divide the width into equal parts, or if a mask does not fit.
    pub fn cross_attention(&mut self, queries: Var, context: Var, heads: usize, keep_queries: &[bool], keep_keys: &[bool]) -> Var {
        let (asking, asked) = (self.shape(queries), self.shape(context));
        let ([samples, n, width], [context_samples, m, two]) = (three_axes(asking), three_axes(asked));
        assert!(samples == context_samples && two == 2 * width && width > 0, "attention of {asking:?} to {asked:?}");
        assert!(heads > 0 && width.is_multiple_of(heads), "attention of {asking:?} in {heads} heads");
        assert!(keep_queries.is_empty() || keep_queries.len() == samples * n, "{asking:?} with a mask of {}", keep_queries.len());
        assert!(keep_keys.is_empty() || keep_keys.len() == samples * m, "{asked:?} with a mask of {}", keep_keys.len());
        self.attend(queries, context, Layout::new(asking, asked, width, heads), keep_queries, keep_keys)
    }

    fn attend(&mut self, queries: Var, context: Var, at: Layout, keep_queries: &[bool], keep_keys: &[bool]) -> Var {
        let Layout { samples, width, heads, .. } = at;
        let shape = Shape::new(&[samples, at.queries, width]);
        if samples * at.scores() == 0 {
            return self.input_with(shape, |_| {});
        }
        let own = at.own();
        let precision = precision_of_small_products(self.tape.precision);
        let mut packed = self.tape.pool.take(samples * heads * at.packed());
        let mut probabilities = self.tape.pool.take(samples * heads * at.scores());
        let mut value = self.tape.pool.take(shape.len());
        let mut mixed = self.tape.pool.take(at.query_part());
        let (x, z) = (self.tape.value(queries), self.tape.value(context));
        for index in 0..samples * heads {
            let (queries, rest) = packed[index * at.packed()..][..at.packed()].split_at_mut(at.query_part());
            let (keys, values) = rest.split_at_mut(at.key_part());
            gather(queries, x, at.first_query(index, at.query_stride), at.query_stride, own, at.scale());
            gather(keys, z, at.first_key(index), at.context_stride, own, 1.0);
            gather(values, z, at.first_key(index) + width, at.context_stride, own, 1.0);
            let scores = &mut probabilities[index * at.scores()..][..at.scores()];
            matmul::right_transposed(precision, at.queries, at.keys, own, queries, keys, scores, Accumulate::Replace);
            if let Some(kept) = of_sample(keep_queries, index / heads, at.queries) {
                leave_out_queries(kept, own, scores, queries);
            }
            if let Some(kept) = of_sample(keep_keys, index / heads, at.keys) {
                leave_out_keys(kept, own, scores, keys, values);
            }
            softmax::normalise_rows(scores, at.keys);
            matmul::plain(precision, at.queries, own, at.keys, scores, values, &mut mixed, Accumulate::Replace);
            scatter(&mut value, &mixed, at.first_query(index, width), width, own, 1.0);
        }
        self.tape.pool.give(mixed);
        let (packed, probabilities) = (self.tape.save(packed), self.tape.save(probabilities));
        let reaches = self.reaches(queries) || self.reaches(context);
        let op = Attention { queries, context, heads, packed, probabilities };
        self.tape.push(Op::Attention(op), shape, value, reaches)
    }
}

fn three_axes(shape: Shape) -> [usize; 3] {
    let [samples, length, width] = *shape.axes() else { panic!("attention reads [samples, length, width], not {shape:?}") };
    [samples, length, width]
}

/// The cotangent of a row that reaches a sample, and which of its samples that is.
fn reaching<'s>(sweep: &'s Sweep<'_>, output: Var, row: usize, sample: usize) -> Option<(usize, &'s Cotangent)> {
    let cotangent = sweep.cotangent(output, row)?;
    let reached = cotangent.span.range(sweep.shape(output).samples());
    reached.contains(&sample).then(|| (sample - reached.start, cotangent))
}

/// Lets `write` fill its part of an input's cotangent.
fn fill(sweep: &mut Sweep<'_>, input: Var, row: usize, write: impl FnOnce(&mut Cotangent)) {
    if let Some(mut cotangent) = sweep.take(input, row) {
        write(&mut cotangent);
        sweep.put(input, row, cotangent);
    }
}

impl Attention {
    /// The inputs that want a gradient, each once.
    fn wanted(&self, sweep: &Sweep<'_>) -> [Option<Var>; 2] {
        let context = (self.context != self.queries).then_some(self.context);
        [Some(self.queries), context].map(|input| input.filter(|&input| sweep.wants(input)))
    }

    /// The cotangents of all rows lie one below the other, so that a head's keys and values are multiplied with once for all tasks.
    pub(crate) fn backward(&self, sweep: &mut Sweep<'_>, output: Var) {
        let shape = sweep.shape(output);
        let at = Layout::new(sweep.shape(self.queries), sweep.shape(self.context), shape.last(), self.heads);
        let (own, part, width) = (at.own(), at.query_part(), at.width);
        let (wants_queries, wants_context) = (sweep.wants(self.queries), sweep.wants(self.context));
        let (packed, probabilities) = (sweep.saved(self.packed), sweep.saved(self.probabilities));
        let precision = precision_of_small_products(sweep.precision());
        let rows = sweep.reaching(output);
        // Every number of the inputs' cotangents is written below; what other operations gave them is added at the end.
        let mut others = Vec::new();
        for input in self.wanted(sweep).into_iter().flatten() {
            for row in 0..sweep.rows() {
                let Some(span) = sweep.cotangent(output, row).map(|cotangent| cotangent.span) else { continue };
                others.extend(sweep.take(input, row).map(|other| (input, row, other)));
                let fresh = sweep.fresh(input, span);
                sweep.put(input, row, fresh);
            }
        }
        let mut outputs = sweep.buffer(rows * part);
        let mut scores = sweep.buffer(rows * at.scores());
        let mut back = sweep.buffer(rows * part);
        let mut single = sweep.buffer(at.key_part());
        for index in 0..at.samples * self.heads {
            let (sample, head) = (index / self.heads, index % self.heads);
            let [queries, keys, values] = at.split(packed, index);
            let own_probabilities = &probabilities[index * at.scores()..][..at.scores()];
            let cotangents = (0..sweep.rows()).filter_map(|row| reaching(sweep, output, row, sample));
            let mut count = 0;
            for (outputs, (place, cotangent)) in outputs.chunks_exact_mut(part).zip(cotangents) {
                gather(outputs, cotangent, at.first_query(place * self.heads + head, width), width, own, 1.0);
                count += 1;
            }
            let (outputs, scores) = (&outputs[..count * part], &mut scores[..count * at.scores()]);
            matmul::right_transposed(precision, count * at.queries, at.keys, own, outputs, values, scores, Accumulate::Replace);
            for scores in scores.chunks_exact_mut(at.scores()) {
                softmax::pull_back(scores, own_probabilities, at.keys);
            }
            if wants_queries {
                matmul::plain(precision, count * at.queries, own, at.keys, scores, keys, &mut back, Accumulate::Replace);
            }
            let mut parts = outputs.chunks_exact(part).zip(scores.chunks_exact(at.scores())).zip(back.chunks_exact(part));
            for row in 0..sweep.rows() {
                let Some((place, _)) = reaching(sweep, output, row, sample) else { continue };
                let Some(((outputs, scores), back)) = parts.next() else { continue };
                let index = place * self.heads + head;
                if wants_queries {
                    let first = at.first_query(index, at.query_stride);
                    fill(sweep, self.queries, row, |total| scatter(total, back, first, at.query_stride, own, at.scale()));
                }
                if wants_context {
                    let first = at.first_key(index);
                    matmul::left_transposed(precision, at.keys, own, at.queries, scores, queries, &mut single, Accumulate::Replace);
                    fill(sweep, self.context, row, |total| scatter(total, &single, first, at.context_stride, own, 1.0));
                    let (p, y) = (own_probabilities, outputs);
                    matmul::left_transposed(precision, at.keys, own, at.queries, p, y, &mut single, Accumulate::Replace);
                    fill(sweep, self.context, row, |total| scatter(total, &single, first + width, at.context_stride, own, 1.0));
                }
            }
        }
        for (input, row, other) in others {
            sweep.add(input, row, other);
        }
        for buffer in [outputs, scores, back, single] {
            sweep.give(buffer);
        }
    }
}
