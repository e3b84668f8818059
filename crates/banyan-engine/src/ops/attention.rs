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
    /// Keys and values, side by side in its last `2 width` columns. Self-attention has all three in one value.
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
    /// Positions of a sample.
    queries: usize,
    keys: usize,
    width: usize,
    heads: usize,
    /// The last axis of the value that holds the queries.
    query_stride: usize,
    /// The last axis of the value that holds keys and values.
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

    fn head_width(self) -> usize {
        self.width / self.heads
    }

    /// The size of one head's queries.
    fn query_len(self) -> usize {
        self.queries * self.head_width()
    }

    /// The size of one head's keys, and of its values.
    fn key_len(self) -> usize {
        self.keys * self.head_width()
    }

    /// The size of one head's queries, keys and values.
    fn packed_len(self) -> usize {
        self.query_len() + 2 * self.key_len()
    }

    fn scores_len(self) -> usize {
        self.queries * self.keys
    }

    /// What makes the inner product of two random vectors a number of about unit size.
    fn scale(self) -> f32 {
        1.0 / (self.head_width() as f32).sqrt()
    }

    /// Where a head's columns begin in `[samples, queries, stride]`.
    fn first_query(self, index: usize, stride: usize) -> usize {
        index / self.heads * self.queries * stride + index % self.heads * self.head_width()
    }

    /// Where a head's keys begin in the value that holds them; its values begin `width` numbers later.
    fn first_key(self, index: usize) -> usize {
        let column = self.context_stride - 2 * self.width;
        index / self.heads * self.keys * self.context_stride + column + index % self.heads * self.head_width()
    }

    /// A head's queries, keys and values.
    fn split(self, packed: &[f32], index: usize) -> [&[f32]; 3] {
        let (queries, rest) = packed[index * self.packed_len()..][..self.packed_len()].split_at(self.query_len());
        let (keys, values) = rest.split_at(self.key_len());
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

/// Masks the keys that are not kept. Their vectors become zeros, so that whatever padding holds, NaN included, stays out of
/// the products.
fn mask_keys(kept: &[bool], own: usize, scores: &mut [f32], keys: &mut [f32], values: &mut [f32]) {
    for (position, _) in kept.iter().enumerate().filter(|(_, kept)| !**kept) {
        keys[position * own..(position + 1) * own].fill(0.0);
        values[position * own..(position + 1) * own].fill(0.0);
        for row in scores.chunks_exact_mut(kept.len()) {
            row[position] = f32::NEG_INFINITY;
        }
    }
}

/// Masks the queries that are not kept: their rows of probabilities become zeros.
fn mask_queries(kept: &[bool], own: usize, scores: &mut [f32], queries: &mut [f32]) {
    let rows = scores.chunks_exact_mut(scores.len() / kept.len()).zip(queries.chunks_exact_mut(own));
    for ((scores, query), _) in rows.zip(kept).filter(|(_, kept)| !**kept) {
        query.fill(0.0);
        scores.fill(f32::NEG_INFINITY);
    }
}

/// One sample's part of a mask; none where the mask is empty, which keeps all.
fn sample_mask(mask: &[bool], sample: usize, length: usize) -> Option<&[bool]> {
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
    /// Each mask has one entry a position, `[samples × n]` and `[samples × m]`, or is empty where all are kept. A key that is not kept has
    /// probability 0. A query that is not kept gives zeros and gets no gradient; so do all queries of a sample without any key that
    /// is kept, and of a context of length 0.
    ///
    /// # Panics
    /// If samples or widths differ, if the heads do not divide the width into equal parts, or if a mask does not fit.
    pub fn cross_attention(&mut self, queries: Var, context: Var, heads: usize, keep_queries: &[bool], keep_keys: &[bool]) -> Var {
        let (query_shape, context_shape) = (self.shape(queries), self.shape(context));
        let ([samples, n, width], [context_samples, m, two]) = (three_axes(query_shape), three_axes(context_shape));
        assert!(samples == context_samples && two == 2 * width && width > 0, "attention of {query_shape:?} to {context_shape:?}");
        assert!(heads > 0 && width.is_multiple_of(heads), "attention of {query_shape:?} in {heads} heads");
        assert!(keep_queries.is_empty() || keep_queries.len() == samples * n, "{query_shape:?} with a mask of {}", keep_queries.len());
        assert!(keep_keys.is_empty() || keep_keys.len() == samples * m, "{context_shape:?} with a mask of {}", keep_keys.len());
        self.attend(queries, context, Layout::new(query_shape, context_shape, width, heads), keep_queries, keep_keys)
    }

    fn attend(&mut self, queries: Var, context: Var, at: Layout, keep_queries: &[bool], keep_keys: &[bool]) -> Var {
        let Layout { samples, width, heads, .. } = at;
        let shape = Shape::new(&[samples, at.queries, width]);
        if samples * at.scores_len() == 0 {
            return self.input_with(shape, |_| {});
        }
        let head_width = at.head_width();
        let precision = precision_of_small_products(self.tape.precision);
        let mut packed = self.tape.pool.take(samples * heads * at.packed_len());
        let mut probabilities = self.tape.pool.take(samples * heads * at.scores_len());
        let mut value = self.tape.pool.take(shape.len());
        let mut mixed = self.tape.pool.take(at.query_len());
        let (x, z) = (self.tape.value(queries), self.tape.value(context));
        for index in 0..samples * heads {
            let (queries, rest) = packed[index * at.packed_len()..][..at.packed_len()].split_at_mut(at.query_len());
            let (keys, values) = rest.split_at_mut(at.key_len());
            gather(queries, x, at.first_query(index, at.query_stride), at.query_stride, head_width, at.scale());
            gather(keys, z, at.first_key(index), at.context_stride, head_width, 1.0);
            gather(values, z, at.first_key(index) + width, at.context_stride, head_width, 1.0);
            let scores = &mut probabilities[index * at.scores_len()..][..at.scores_len()];
            matmul::right_transposed(precision, at.queries, at.keys, head_width, queries, keys, scores, Accumulate::Replace);
            if let Some(kept) = sample_mask(keep_queries, index / heads, at.queries) {
                mask_queries(kept, head_width, scores, queries);
            }
            if let Some(kept) = sample_mask(keep_keys, index / heads, at.keys) {
                mask_keys(kept, head_width, scores, keys, values);
            }
            softmax::normalize_rows(scores, at.keys);
            matmul::plain(precision, at.queries, head_width, at.keys, scores, values, &mut mixed, Accumulate::Replace);
            scatter(&mut value, &mixed, at.first_query(index, width), width, head_width, 1.0);
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

/// Writes a part of an input's cotangent, which is there already.
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
        let (head_width, part, width) = (at.head_width(), at.query_len(), at.width);
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
        let mut scores = sweep.buffer(rows * at.scores_len());
        let mut back = sweep.buffer(rows * part);
        let mut single = sweep.buffer(at.key_len());
        for index in 0..at.samples * self.heads {
            let (sample, head) = (index / self.heads, index % self.heads);
            let [queries, keys, values] = at.split(packed, index);
            let probabilities_of_head = &probabilities[index * at.scores_len()..][..at.scores_len()];
            let cotangents = (0..sweep.rows()).filter_map(|row| reaching(sweep, output, row, sample));
            let mut count = 0;
            for (outputs, (place, cotangent)) in outputs.chunks_exact_mut(part).zip(cotangents) {
                gather(outputs, cotangent, at.first_query(place * self.heads + head, width), width, head_width, 1.0);
                count += 1;
            }
            let (outputs, scores) = (&outputs[..count * part], &mut scores[..count * at.scores_len()]);
            matmul::right_transposed(precision, count * at.queries, at.keys, head_width, outputs, values, scores, Accumulate::Replace);
            for scores in scores.chunks_exact_mut(at.scores_len()) {
                softmax::pull_back(scores, probabilities_of_head, at.keys);
            }
            if wants_queries {
                matmul::plain(precision, count * at.queries, head_width, at.keys, scores, keys, &mut back, Accumulate::Replace);
            }
            let mut parts = outputs.chunks_exact(part).zip(scores.chunks_exact(at.scores_len())).zip(back.chunks_exact(part));
            for row in 0..sweep.rows() {
                let Some((place, _)) = reaching(sweep, output, row, sample) else { continue };
                let Some(((outputs, scores), back)) = parts.next() else { continue };
                let index = place * self.heads + head;
                if wants_queries {
                    let first = at.first_query(index, at.query_stride);
                    fill(sweep, self.queries, row, |total| scatter(total, back, first, at.query_stride, head_width, at.scale()));
                }
                if wants_context {
                    let first = at.first_key(index);
                    matmul::left_transposed(precision, at.keys, head_width, at.queries, scores, queries, &mut single, Accumulate::Replace);
                    fill(sweep, self.context, row, |total| scatter(total, &single, first, at.context_stride, head_width, 1.0));
                    let (p, y) = (probabilities_of_head, outputs);
                    matmul::left_transposed(precision, at.keys, head_width, at.queries, p, y, &mut single, Accumulate::Replace);
                    fill(sweep, self.context, row, |total| scatter(total, &single, first + width, at.context_stride, head_width, 1.0));
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
