//! Attention that keeps all probabilities of a head: the fastest for short rows.

use super::layout::{Layout, fill, fresh_cotangents, gather, reaching, sample_mask, scatter};
use super::precision_of_small_products;
use crate::graph::Graph;
use crate::matmul::{self, Accumulate};
use crate::ops::{Op, softmax};
use crate::shape::Shape;
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

impl Attention {
    pub(super) fn forward(graph: &mut Graph<'_>, [queries, context]: [Var; 2], at: Layout, [keep_queries, keep_keys]: [&[bool]; 2]) -> Var {
        let Layout { samples, width, heads, .. } = at;
        let shape = Shape::new(&[samples, at.queries, width]);
        let head_width = at.head_width();
        let precision = precision_of_small_products(graph.tape.precision);
        let mut packed = graph.tape.pool.take(samples * heads * at.packed_len());
        let mut probabilities = graph.tape.pool.take(samples * heads * at.scores_len());
        let mut value = graph.tape.pool.take(shape.len());
        let mut mixed = graph.tape.pool.take(at.query_len());
        let (x, z) = (graph.tape.value(queries), graph.tape.value(context));
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
        graph.tape.pool.give(mixed);
        let (packed, probabilities) = (graph.tape.save(packed), graph.tape.save(probabilities));
        let reaches = graph.reaches(queries) || graph.reaches(context);
        let op = Attention { queries, context, heads, packed, probabilities };
        graph.tape.push(Op::Attention(op), shape, value, reaches)
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
        let others = fresh_cotangents(sweep, [self.queries, self.context], output);
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
