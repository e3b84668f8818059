//! Attention block by block, as Flash attention computes it (Dao et al., 2022): no more than a block of scores is ever in memory.
//!
//! A query's softmax runs over the keys' blocks: its largest score so far, the sum of the exponentials, and the values that they
//! weigh, which are scaled down when a larger score comes (Milakov and Gimelshein, 2018). The backward pass computes the scores again from
//! the logarithm of that sum, the one number a query that is kept.

use super::layout::{Layout, fill, fresh_cotangents, gather, reaching, sample_mask, scatter};
use super::precision_of_small_products;
use crate::graph::Graph;
use crate::matmul::{self, Accumulate, Precision};
use crate::ops::Op;
use crate::pool::Buffer;
use crate::shape::Shape;
use crate::simd::{self, LANES, dispatch};
use crate::sweep::Sweep;
use crate::tape::{Integers, Saved, Var};
use std::ops::Range;

#[derive(Debug, Clone, Copy)]
pub(crate) struct BlockedAttention {
    queries: Var,
    /// Keys and values, side by side in its last `2 width` columns. Self-attention has all three in one value.
    context: Var,
    heads: usize,
    /// Positions of a block.
    block: usize,
    /// For each sample, head and query the logarithm of the sum of its exponentials; minus infinity where it reads nothing.
    log_sums: Saved,
    /// Which keys are kept, 0 or 1 each; empty where all are.
    keep_keys: Integers,
}

/// The blocks of so many positions.
fn blocks(length: usize, block: usize) -> impl Iterator<Item = Range<usize>> {
    (0..length).step_by(block).map(move |first| first..length.min(first + block))
}

/// The rows of some positions, of `own` numbers each.
fn rows(positions: &Range<usize>, own: usize) -> Range<usize> {
    positions.start * own..positions.end * own
}

/// The scores of keys that are not kept become minus infinity.
fn mask_scores(is_kept: impl Fn(usize) -> bool, keys: Range<usize>, scores: &mut [f32]) {
    let width = keys.len();
    for column in keys.enumerate().filter(|(_, key)| !is_kept(*key)).map(|(column, _)| column) {
        for row in scores.chunks_exact_mut(width) {
            row[column] = f32::NEG_INFINITY;
        }
    }
}

/// Fills the vectors of positions that are not kept with zeros, so that whatever they hold, NaN included, stays out of the products.
fn clear(vectors: &mut [f32], own: usize, is_kept: impl Fn(usize) -> bool) {
    for (_, vector) in vectors.chunks_exact_mut(own).enumerate().filter(|(position, _)| !is_kept(*position)) {
        vector.fill(0.0);
    }
}

dispatch! {
    /// Takes a block of scores, `keys` a query, into the running softmax: they become exponentials, and what was mixed before,
    /// `own` numbers a query, is scaled to the new largest score.
    fn take_in(scores: &mut [f32], keys: usize, largest: &mut [f32], sums: &mut [f32], mixed: &mut [f32], own: usize) {
        let larger = |a: f32, b: f32| if b > a { b } else { a };
        let queries = scores.chunks_exact_mut(keys).zip(mixed.chunks_exact_mut(own));
        for (((scores, mixed), largest), sum) in queries.zip(largest).zip(sums) {
            let mut maxima = [f32::NEG_INFINITY; LANES];
            simd::in_blocks(scores, f32::NEG_INFINITY, |block| {
                for (maximum, &x) in maxima.iter_mut().zip(block.iter()) {
                    *maximum = larger(*maximum, x);
                }
            });
            let now = larger(*largest, simd::fold(maxima, larger));
            // Where all is left out so far, exponentials of minus infinity, which are 0, are wanted, and not of infinity minus infinity.
            let shift = if now == f32::NEG_INFINITY { 0.0 } else { now };
            let mut totals = [0.0; LANES];
            simd::in_blocks(scores, f32::NEG_INFINITY, |block| {
                for (total, x) in totals.iter_mut().zip(block) {
                    *x = simd::exp(*x - shift);
                    *total += *x;
                }
            });
            let before = simd::exp(*largest - shift);
            *sum = *sum * before + simd::fold(totals, |a, b| a + b);
            *largest = now;
            for x in mixed {
                *x *= before;
            }
        }
    }
}

/// Divides what was mixed by the sums, and turns the largest scores into the sums' logarithms. A query without any key gives zeros.
fn finish(largest: &mut [f32], sums: &[f32], mixed: &mut [f32], own: usize) {
    for ((largest, &sum), mixed) in largest.iter_mut().zip(sums).zip(mixed.chunks_exact_mut(own)) {
        if sum == 0.0 {
            mixed.fill(0.0);
            *largest = f32::NEG_INFINITY;
        } else {
            let scale = 1.0 / sum;
            mixed.iter_mut().for_each(|x| *x *= scale);
            *largest += sum.ln();
        }
    }
}

dispatch! {
    /// Turns scores, `keys` a query, into probabilities by the logarithms of their sums.
    fn probabilities(scores: &mut [f32], log_sums: &[f32], keys: usize) {
        for (row, &log_sum) in scores.chunks_exact_mut(keys).zip(log_sums) {
            if log_sum == f32::NEG_INFINITY {
                row.fill(0.0);
                continue;
            }
            simd::in_blocks(row, f32::NEG_INFINITY, |block| {
                for x in block {
                    *x = simd::exp(*x - log_sum);
                }
            });
        }
    }
}

dispatch! {
    /// The cotangent of scores from that of probabilities, in place: `p (c − δ)`, where a query's `δ` is the inner product of its output
    /// and the output's cotangent.
    fn pull_back(cotangent: &mut [f32], probabilities: &[f32], deltas: &[f32], keys: usize) {
        let rows = cotangent.chunks_exact_mut(keys).zip(probabilities.chunks_exact(keys));
        for ((c, p), &delta) in rows.zip(deltas) {
            for (c, &p) in c.iter_mut().zip(p) {
                *c = p * (*c - delta);
            }
        }
    }
}

impl BlockedAttention {
    pub(super) fn forward(
        graph: &mut Graph<'_>,
        [queries, context]: [Var; 2],
        at: Layout,
        [keep_queries, keep_keys]: [&[bool]; 2],
        block: usize,
    ) -> Var {
        let Layout { samples, width, heads, .. } = at;
        assert!(block > 0, "attention in blocks of no position");
        let shape = Shape::new(&[samples, at.queries, width]);
        let own = at.head_width();
        let precision = precision_of_small_products(graph.tape.precision);
        let pool = &mut graph.tape.pool;
        let mut operands = pool.take(at.packed_len());
        let mut log_sums = pool.take(samples * heads * at.queries);
        let mut sums = pool.take(block.min(at.queries));
        let mut scores = pool.take(block.min(at.queries) * block.min(at.keys));
        let mut value = pool.take(shape.len());
        let mut mixed = pool.take(at.query_len());
        let (x, z) = (graph.tape.value(queries), graph.tape.value(context));
        for index in 0..samples * heads {
            let sample = index / heads;
            let (kept_queries, kept_keys) = (sample_mask(keep_queries, sample, at.queries), sample_mask(keep_keys, sample, at.keys));
            let reads = |query: usize| kept_queries.is_none_or(|kept| kept[query]);
            let is_read = |key: usize| kept_keys.is_none_or(|kept| kept[key]);
            let [queries, keys, values] = load(&mut operands, [x, z], at, index, reads, is_read);
            let log_sums = &mut log_sums[index * at.queries..][..at.queries];
            for asking in blocks(at.queries, block) {
                let (largest, sums) = (&mut log_sums[asking.clone()], &mut sums[..asking.len()]);
                let (queries, mixed) = (&queries[rows(&asking, own)], &mut mixed[rows(&asking, own)]);
                largest.fill(f32::NEG_INFINITY);
                sums.fill(0.0);
                mixed.fill(0.0);
                for asked in blocks(at.keys, block).filter(|keys| keys.clone().any(is_read)) {
                    let (keys, values) = (&keys[rows(&asked, own)], &values[rows(&asked, own)]);
                    let scores = &mut scores[..asking.len() * asked.len()];
                    matmul::right_transposed(precision, asking.len(), asked.len(), own, queries, keys, scores, Accumulate::Replace);
                    mask_scores(is_read, asked.clone(), scores);
                    take_in(scores, asked.len(), largest, sums, mixed, own);
                    matmul::plain(precision, asking.len(), own, asked.len(), scores, values, mixed, Accumulate::Add);
                }
                for (place, _) in asking.enumerate().filter(|(_, query)| !reads(*query)) {
                    sums[place] = 0.0; // it reads nothing
                }
                finish(largest, sums, mixed, own);
            }
            scatter(&mut value, &mixed, at.first_query(index, width), width, own, 1.0);
        }
        for buffer in [operands, sums, scores, mixed] {
            graph.tape.pool.give(buffer);
        }
        let log_sums = graph.tape.save(log_sums);
        let keep_keys = graph.tape.save_integers(keep_keys.iter().map(|&kept| u32::from(kept)));
        let reaches = graph.reaches(queries) || graph.reaches(context);
        let op = Self { queries, context, heads, block, log_sums, keep_keys };
        graph.tape.push(Op::BlockedAttention(op), shape, value, reaches)
    }

    /// The cotangents of all rows lie one below the other, so that a block's probabilities are computed once for all tasks.
    pub(crate) fn backward(&self, sweep: &mut Sweep<'_>, output: Var) {
        let at = Layout::new(sweep.shape(self.queries), sweep.shape(self.context), sweep.shape(output).last(), self.heads);
        let (own, width) = (at.head_width(), at.width);
        let (x, z, value) = (sweep.value(self.queries), sweep.value(self.context), sweep.value(output));
        let (log_sums, keep_keys) = (sweep.saved(self.log_sums), sweep.integers(self.keep_keys));
        let wanted = Wanted { queries: sweep.wants(self.queries), context: sweep.wants(self.context) };
        let count = sweep.reaching(output);
        let others = fresh_cotangents(sweep, [self.queries, self.context], output);
        let mut operands = sweep.buffer(at.packed_len());
        let mut work = Work {
            precision: precision_of_small_products(sweep.precision()),
            block: self.block,
            outputs: sweep.buffer(count * at.query_len()),
            deltas: sweep.buffer(count * at.queries),
            probabilities: sweep.buffer(self.block.min(at.queries) * self.block.min(at.keys)),
            scores: sweep.buffer(self.block.min(at.queries) * self.block.min(at.keys)),
            back: [at.query_len(), at.key_len(), at.key_len()].map(|len| sweep.buffer(count * len)),
        };
        for index in 0..at.samples * self.heads {
            let (sample, head) = (index / self.heads, index % self.heads);
            let log_sums = &log_sums[index * at.queries..][..at.queries];
            let is_read = |key: usize| keep_keys.is_empty() || keep_keys[sample * at.keys + key] != 0;
            let reads = |query: usize| log_sums[query] != f32::NEG_INFINITY;
            let operands = load(&mut operands, [x, z], at, index, reads, is_read);
            let mut count = 0;
            for row in 0..sweep.rows() {
                let Some((place, cotangent)) = reaching(sweep, output, row, sample) else { continue };
                let outputs = &mut work.outputs[count * at.query_len()..][..at.query_len()];
                gather(outputs, cotangent, at.first_query(place * self.heads + head, width), width, own, 1.0);
                let deltas = &mut work.deltas[count * at.queries..][..at.queries];
                for ((query, delta), cotangent) in deltas.iter_mut().enumerate().zip(outputs.chunks_exact(own)) {
                    *delta = simd::dot(cotangent, &value[at.first_query(index, width) + query * width..][..own]);
                }
                count += 1;
            }
            work.pull_back(at, operands, log_sums, is_read, count, wanted);
            let mut part = 0;
            for row in 0..sweep.rows() {
                let Some((place, _)) = reaching(sweep, output, row, sample) else { continue };
                let index = place * self.heads + head;
                let [queries, keys, values] = &work.back;
                if wanted.queries {
                    let (first, back) = (at.first_query(index, at.query_stride), &queries[part * at.query_len()..][..at.query_len()]);
                    fill(sweep, self.queries, row, |total| scatter(total, back, first, at.query_stride, own, at.scale()));
                }
                if wanted.context {
                    for (column, back) in [(0, keys), (width, values)] {
                        let (first, back) = (at.first_key(index) + column, &back[part * at.key_len()..][..at.key_len()]);
                        fill(sweep, self.context, row, |total| scatter(total, back, first, at.context_stride, own, 1.0));
                    }
                }
                part += 1;
            }
        }
        for (input, row, other) in others {
            sweep.add(input, row, other);
        }
        let Work { outputs, deltas, probabilities, scores, back: [queries, keys, values], .. } = work;
        for buffer in [operands, outputs, deltas, probabilities, scores, queries, keys, values] {
            sweep.give(buffer);
        }
    }
}

/// A head's scaled queries, its keys and its values, those that are masked being zeros.
fn load<'b>(
    operands: &'b mut [f32],
    [x, z]: [&[f32]; 2],
    at: Layout,
    index: usize,
    reads: impl Fn(usize) -> bool,
    is_read: impl Fn(usize) -> bool,
) -> [&'b [f32]; 3] {
    let own = at.head_width();
    let (queries, rest) = operands.split_at_mut(at.query_len());
    let (keys, values) = rest.split_at_mut(at.key_len());
    gather(queries, x, at.first_query(index, at.query_stride), at.query_stride, own, at.scale());
    gather(keys, z, at.first_key(index), at.context_stride, own, 1.0);
    gather(values, z, at.first_key(index) + at.width, at.context_stride, own, 1.0);
    clear(queries, own, reads);
    clear(keys, own, &is_read);
    clear(values, own, &is_read);
    [queries, keys, values]
}

/// What wants a gradient.
#[derive(Clone, Copy)]
struct Wanted {
    queries: bool,
    context: bool,
}

/// Memory of a backward pass: linear in the length, but for one block.
struct Work {
    precision: Precision,
    block: usize,
    /// The outputs' cotangents of one head, those of all rows one below the other.
    outputs: Buffer,
    deltas: Buffer,
    probabilities: Buffer,
    scores: Buffer,
    /// The cotangents of queries, keys and values of one head, as the outputs'.
    back: [Buffer; 3],
}

impl Work {
    /// The cotangents of one head's queries, keys and values, in `count` rows.
    fn pull_back(
        &mut self,
        at: Layout,
        [queries, keys, values]: [&[f32]; 3],
        log_sums: &[f32],
        is_read: impl Fn(usize) -> bool + Copy,
        count: usize,
        wanted: Wanted,
    ) {
        let (own, precision) = (at.head_width(), self.precision);
        self.back.iter_mut().for_each(|back| back.fill(0.0));
        for asked in blocks(at.keys, self.block).filter(|keys| keys.clone().any(is_read)) {
            let (keys, values) = (&keys[rows(&asked, own)], &values[rows(&asked, own)]);
            for asking in blocks(at.queries, self.block) {
                let queries = &queries[rows(&asking, own)];
                let (n, m) = (asking.len(), asked.len());
                let (p, scores) = (&mut self.probabilities[..n * m], &mut self.scores[..n * m]);
                matmul::right_transposed(precision, n, m, own, queries, keys, p, Accumulate::Replace);
                mask_scores(is_read, asked.clone(), p);
                probabilities(p, &log_sums[asking.clone()], m);
                for row in 0..count {
                    let outputs = &self.outputs[row * at.query_len()..][rows(&asking, own)];
                    let deltas = &self.deltas[row * at.queries..][asking.clone()];
                    matmul::right_transposed(precision, n, m, own, outputs, values, scores, Accumulate::Replace);
                    pull_back(scores, p, deltas, m);
                    let [back_queries, back_keys, back_values] = &mut self.back;
                    if wanted.queries {
                        let back = &mut back_queries[row * at.query_len()..][rows(&asking, own)];
                        matmul::plain(precision, n, own, m, scores, keys, back, Accumulate::Add);
                    }
                    if wanted.context {
                        let back = &mut back_keys[row * at.key_len()..][rows(&asked, own)];
                        matmul::left_transposed(precision, m, own, n, scores, queries, back, Accumulate::Add);
                        let back = &mut back_values[row * at.key_len()..][rows(&asked, own)];
                        matmul::left_transposed(precision, m, own, n, p, outputs, back, Accumulate::Add);
                    }
                }
            }
        }
    }
}
