//! Cotangents of a tape's values, each of those samples alone that it reaches.
//!
//! A task has labels of some of a chunk's samples, and its loss does not depend on the others: their cotangents are zeros all the way
//! back. Rows are sorted by their labels, so that a task's samples lie about together, and a cotangent holds the numbers of the samples
//! from its first to its last. Tasks with samples of their own cost one backward pass together.

use crate::pool::{Buffer, Pool};
use crate::simd;
use std::ops::{Deref, DerefMut, Range};

/// Some samples of a chunk, one after the other: from `begin` to `end` of `of`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    begin: u32,
    end: u32,
    of: u32,
}

impl Span {
    /// All samples of `of`.
    pub(crate) fn all(of: usize) -> Self {
        Self { begin: 0, end: of as u32, of: of as u32 }
    }

    /// The samples that hold these rows of `rows`: a sample may have several rows, each of a token or a pixel.
    pub(crate) fn of_rows(self, range: Range<usize>, rows: usize) -> Self {
        let of = self.of as usize;
        let rows = rows.max(1);
        Self { begin: (range.start * of / rows) as u32, end: (range.end * of).div_ceil(rows) as u32, of: self.of }
    }

    pub(crate) fn is_all(self) -> bool {
        self.begin == 0 && self.end == self.of
    }

    /// Where the span lies in a list that has equally many numbers of each sample.
    pub(crate) fn range(self, len: usize) -> Range<usize> {
        if self.is_all() {
            return 0..len; // also where the list is not cut into samples: a scalar
        }
        let per_sample = len / self.of as usize;
        self.begin as usize * per_sample..self.end as usize * per_sample
    }

    /// The span's part of such a list.
    pub(crate) fn part<T>(self, all: &[T]) -> &[T] {
        &all[self.range(all.len())]
    }

    fn contains(self, other: Self) -> bool {
        self.begin <= other.begin && other.end <= self.end
    }

    /// The samples of both.
    pub(crate) fn intersection(self, other: Self) -> Option<Self> {
        let (begin, end) = (self.begin.max(other.begin), self.end.min(other.end));
        (begin < end).then_some(Self { begin, end, of: self.of })
    }

    /// The samples from the first of either to the last.
    fn hull(self, other: Self) -> Self {
        Self { begin: self.begin.min(other.begin), end: self.end.max(other.end), of: self.of }
    }
}

/// The numbers of a value's cotangent: those of the samples in its span; the others' are zero.
#[derive(Debug)]
pub(crate) struct Cotangent {
    pub(crate) span: Span,
    pub(crate) values: Buffer,
}

impl Deref for Cotangent {
    type Target = [f32];

    fn deref(&self) -> &[f32] {
        &self.values
    }
}

impl DerefMut for Cotangent {
    fn deref_mut(&mut self) -> &mut [f32] {
        &mut self.values
    }
}

impl Cotangent {
    /// Memory for a span of a value of `len` numbers, of arbitrary content.
    pub(crate) fn take(pool: &mut Pool, span: Span, len: usize) -> Self {
        Self { span, values: pool.take(span.range(len).len()) }
    }

    /// The numbers of the whole value.
    fn whole_len(&self) -> usize {
        if self.span.is_all() { self.len() } else { self.len() / (self.span.end - self.span.begin) as usize * self.span.of as usize }
    }

    /// Where a part of the span lies in the numbers.
    fn range_of(&self, part: Span) -> Range<usize> {
        let (whole, first) = (self.whole_len(), self.span.range(self.whole_len()).start);
        let range = part.range(whole);
        range.start - first..range.end - first
    }

    /// The numbers of a part of the span.
    pub(crate) fn within(&self, part: Span) -> &[f32] {
        &self[self.range_of(part)]
    }

    /// The vector of row `index` of the value's `rows`, unless it is zero.
    pub(crate) fn row(&self, index: usize, rows: usize, width: usize) -> Option<&[f32]> {
        let range = self.span.range(rows);
        range.contains(&index).then(|| &self[(index - range.start) * width..][..width])
    }

    /// The same cotangent with zeros for more samples.
    pub(crate) fn widened(self, span: Span, pool: &mut Pool) -> Self {
        if self.span == span {
            return self;
        }
        let mut wide = Self::take(pool, span, self.whole_len());
        let own = wide.range_of(self.span);
        wide[..own.start].fill(0.0);
        wide[own.end..].fill(0.0);
        wide[own].copy_from_slice(&self);
        pool.give(self.values);
        wide
    }

    /// Adds another cotangent of the same value, of whatever samples.
    pub(crate) fn add(&mut self, mut other: Self, pool: &mut Pool) {
        if !self.span.contains(other.span) {
            std::mem::swap(self, &mut other);
        }
        if !self.span.contains(other.span) {
            let hull = self.span.hull(other.span);
            let own = std::mem::replace(self, Self { span: hull, values: Buffer::default() });
            *self = own.widened(hull, pool);
        }
        let range = self.range_of(other.span);
        simd::add(&mut self[range], &other);
        pool.give(other.values);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cotangent(range: Range<usize>, values: &[f32]) -> Cotangent {
        let span = Span::all(6).of_rows(range, 6);
        Cotangent { span, values: Pool::default().copy(values) }
    }

    #[test]
    fn a_span_holds_the_samples_of_its_rows() {
        let all = Span::all(4);
        assert_eq!(all.of_rows(2..6, 8).range(8), 2..6);
        assert_eq!(all.of_rows(3..5, 8).range(8), 2..6);
        assert_eq!(all.of_rows(3..5, 8).part(&[0, 1, 2, 3]), [1, 2]);
        assert!(all.of_rows(1..8, 8).is_all());
        assert_eq!(all.range(1), 0..1, "a scalar is not cut");
    }

    #[test]
    fn sums_of_spans_are_sums_of_the_whole() {
        let ranges = [0..6, 1..3, 2..5, 3..6, 0..1, 4..5];
        let mut pool = Pool::default();
        for a in &ranges {
            for b in &ranges {
                let values = |range: &Range<usize>, first: usize| (0..2 * range.len()).map(|at| (first + at) as f32).collect::<Vec<_>>();
                let mut expected = [0.0; 12];
                for (range, first) in [(a, 1), (b, 100)] {
                    for (at, value) in values(range, first).into_iter().enumerate() {
                        expected[2 * range.start + at] += value;
                    }
                }
                let mut sum = cotangent(a.clone(), &values(a, 1));
                sum.add(cotangent(b.clone(), &values(b, 100)), &mut pool);
                assert_eq!(&*sum.widened(Span::all(6), &mut pool), expected, "{a:?} and {b:?}");
            }
        }
    }

    #[test]
    fn a_row_outside_of_the_span_has_none() {
        let own = cotangent(2..4, &[1.0, 2.0, 3.0, 4.0]);
        assert_eq!(own.row(3, 6, 2), Some(&[3.0, 4.0][..]));
        assert_eq!((own.row(1, 6, 2), own.row(4, 6, 2)), (None, None));
        let both = own.span.intersection(cotangent(3..6, &[0.0; 6]).span).expect("a common sample");
        assert_eq!(own.within(both), [3.0, 4.0]);
    }
}
