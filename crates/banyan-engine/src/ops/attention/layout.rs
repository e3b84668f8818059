//! Where the numbers of a head lie, and how they are copied to and fro.

use crate::cotangent::Cotangent;
use crate::shape::Shape;
use crate::simd::dispatch;
use crate::sweep::Sweep;
use crate::tape::Var;

/// Where the numbers of a head lie.
#[derive(Clone, Copy)]
pub(super) struct Layout {
    pub(super) samples: usize,
    /// Positions of a sample.
    pub(super) queries: usize,
    pub(super) keys: usize,
    pub(super) width: usize,
    pub(super) heads: usize,
    /// The last axis of the value that holds the queries.
    pub(super) query_stride: usize,
    /// The last axis of the value that holds keys and values.
    pub(super) context_stride: usize,
}

impl Layout {
    pub(super) fn new(queries: Shape, context: Shape, width: usize, heads: usize) -> Self {
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

    pub(super) fn head_width(self) -> usize {
        self.width / self.heads
    }

    /// The size of one head's queries.
    pub(super) fn query_len(self) -> usize {
        self.queries * self.head_width()
    }

    /// The size of one head's keys, and of its values.
    pub(super) fn key_len(self) -> usize {
        self.keys * self.head_width()
    }

    /// The size of one head's queries, keys and values.
    pub(super) fn packed_len(self) -> usize {
        self.query_len() + 2 * self.key_len()
    }

    /// How many positions a block has; none where a head's scores are kept whole.
    pub(super) fn block(self) -> Option<usize> {
        (self.scores_len() > super::MOST_WHOLE).then_some(super::BLOCK)
    }

    pub(super) fn scores_len(self) -> usize {
        self.queries * self.keys
    }

    /// What makes the inner product of two random vectors a number of about unit size.
    pub(super) fn scale(self) -> f32 {
        1.0 / (self.head_width() as f32).sqrt()
    }

    /// Where a head's columns begin in `[samples, queries, stride]`.
    pub(super) fn first_query(self, index: usize, stride: usize) -> usize {
        index / self.heads * self.queries * stride + index % self.heads * self.head_width()
    }

    /// Where a head's keys begin in the value that holds them; its values begin `width` numbers later.
    pub(super) fn first_key(self, index: usize) -> usize {
        let column = self.context_stride - 2 * self.width;
        index / self.heads * self.keys * self.context_stride + column + index % self.heads * self.head_width()
    }

    /// A head's queries, keys and values.
    pub(super) fn split(self, packed: &[f32], index: usize) -> [&[f32]; 3] {
        let (queries, rest) = packed[index * self.packed_len()..][..self.packed_len()].split_at(self.query_len());
        let (keys, values) = rest.split_at(self.key_len());
        [queries, keys, values]
    }
}

dispatch! {
    /// Copies a column block of `[…, stride]` from `first` on, times a factor, into rows of `own` numbers.
    pub(super) fn gather(part: &mut [f32], source: &[f32], first: usize, stride: usize, own: usize, factor: f32) {
        for (row, part) in part.chunks_exact_mut(own).enumerate() {
            for (to, &from) in part.iter_mut().zip(&source[first + row * stride..][..own]) {
                *to = factor * from;
            }
        }
    }
}

dispatch! {
    /// Writes rows of `own` numbers, times a factor, to a column block of `[…, stride]` from `first` on.
    pub(super) fn scatter(target: &mut [f32], part: &[f32], first: usize, stride: usize, own: usize, factor: f32) {
        for (row, part) in part.chunks_exact(own).enumerate() {
            for (to, &from) in target[first + row * stride..][..own].iter_mut().zip(part) {
                *to = factor * from;
            }
        }
    }
}

/// One sample's part of a mask; none where the mask is empty, which keeps all.
pub(super) fn sample_mask(mask: &[bool], sample: usize, length: usize) -> Option<&[bool]> {
    (!mask.is_empty()).then(|| &mask[sample * length..][..length])
}

/// The cotangent of a row that reaches a sample, and which of its samples that is.
pub(super) fn reaching<'s>(sweep: &'s Sweep<'_>, output: Var, row: usize, sample: usize) -> Option<(usize, &'s Cotangent)> {
    let cotangent = sweep.cotangent(output, row)?;
    let reached = cotangent.span.range(sweep.shape(output).samples());
    reached.contains(&sample).then(|| (sample - reached.start, cotangent))
}

/// Writes a part of an input's cotangent, which is there already.
pub(super) fn fill(sweep: &mut Sweep<'_>, input: Var, row: usize, write: impl FnOnce(&mut Cotangent)) {
    if let Some(mut cotangent) = sweep.take(input, row) {
        write(&mut cotangent);
        sweep.put(input, row, cotangent);
    }
}

/// Makes the inputs' cotangents, each once, for every number to be written; returns what other operations gave them, to be added at the
/// end.
pub(super) fn fresh_cotangents(sweep: &mut Sweep<'_>, [queries, context]: [Var; 2], output: Var) -> Vec<(Var, usize, Cotangent)> {
    let context = (context != queries).then_some(context);
    let wanted = [Some(queries), context].map(|input| input.filter(|&input| sweep.wants(input)));
    let mut others = Vec::new();
    for input in wanted.into_iter().flatten() {
        for row in 0..sweep.rows() {
            let Some(span) = sweep.cotangent(output, row).map(|cotangent| cotangent.span) else { continue };
            others.extend(sweep.take(input, row).map(|other| (input, row, other)));
            let fresh = sweep.fresh(input, span);
            sweep.put(input, row, fresh);
        }
    }
    others
}
