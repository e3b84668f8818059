//! Buffers that are used again, step after step.
//!
//! Fresh pages are what makes a small training step slow elsewhere: the operating system zeroes them and
//! the caches are cold. A tape takes all its memory from a [`Pool`] and gives it back when it is reset,
//! so that from the second step on nothing is asked of the system.

use std::ops::{Deref, DerefMut};

/// A line of the processor's cache.
#[derive(Debug, Clone, Copy)]
#[repr(C, align(64))]
struct Line([f32; LINE]);

const LINE: usize = 16;

/// Numbers on a boundary of cache lines, `len` of them in use.
#[derive(Debug, Default, Clone)]
pub(crate) struct Buffer {
    lines: Vec<Line>,
    len: usize,
}

impl Buffer {
    fn new(len: usize) -> Self {
        Self { lines: vec![Line([0.0; LINE]); len.div_ceil(LINE)], len }
    }

    /// Makes `len` numbers of arbitrary content usable, in new memory where the old is too small.
    pub(crate) fn reserve(&mut self, len: usize) {
        if self.lines.len() * LINE < len {
            self.lines = Self::new(len.next_power_of_two()).lines;
        }
        self.len = len;
    }
}

impl Deref for Buffer {
    type Target = [f32];

    #[expect(unsafe_code, reason = "lines are read as the numbers that they are")]
    fn deref(&self) -> &[f32] {
        // SAFETY: a line is 16 numbers without padding, so `lines` holds 16 times its length of them, and `len` is at most that.
        unsafe { std::slice::from_raw_parts(self.lines.as_ptr().cast(), self.len) }
    }
}

impl DerefMut for Buffer {
    #[expect(unsafe_code, reason = "lines are read as the numbers that they are")]
    fn deref_mut(&mut self) -> &mut [f32] {
        // SAFETY: as in `deref`; the lines are borrowed mutably.
        unsafe { std::slice::from_raw_parts_mut(self.lines.as_mut_ptr().cast(), self.len) }
    }
}

/// Free buffers, by size class (powers of two).
#[derive(Debug, Default)]
pub(crate) struct Pool {
    numbers: Vec<Vec<Buffer>>,
    integers: Vec<Vec<u32>>,
    doubles: Vec<Vec<f64>>,
}

fn class(len: usize) -> usize {
    len.max(16).next_power_of_two().trailing_zeros() as usize
}

impl Pool {
    /// A buffer of `len` numbers with arbitrary (old) content.
    pub(crate) fn take(&mut self, len: usize) -> Buffer {
        let class = class(len);
        let free = self.numbers.get_mut(class).and_then(Vec::pop);
        let mut buffer = free.unwrap_or_else(|| Buffer::new(1 << class));
        buffer.len = len;
        buffer
    }

    /// A buffer of `len` zeros.
    pub(crate) fn zeros(&mut self, len: usize) -> Buffer {
        let mut buffer = self.take(len);
        buffer.fill(0.0);
        buffer
    }

    /// A buffer with a copy of `values`.
    pub(crate) fn copy(&mut self, values: &[f32]) -> Buffer {
        let mut buffer = self.take(values.len());
        buffer.copy_from_slice(values);
        buffer
    }

    /// Gives a buffer back.
    pub(crate) fn give(&mut self, buffer: Buffer) {
        let len = buffer.lines.len() * LINE;
        if !len.is_power_of_two() {
            return; // an empty default: of no size class
        }
        let class = len.trailing_zeros() as usize;
        if self.numbers.len() <= class {
            self.numbers.resize_with(class + 1, Vec::new);
        }
        self.numbers[class].push(buffer);
    }

    /// A list of `len` zeros in double precision.
    pub(crate) fn take_doubles(&mut self, len: usize) -> Vec<f64> {
        let mut list = self.doubles.pop().unwrap_or_default();
        list.clear();
        list.resize(len, 0.0);
        list
    }

    /// Gives a list of doubles back.
    pub(crate) fn give_doubles(&mut self, list: Vec<f64>) {
        self.doubles.push(list);
    }

    /// An empty list of integers that keeps an earlier one's memory.
    pub(crate) fn take_integers(&mut self) -> Vec<u32> {
        self.integers.pop().unwrap_or_default()
    }

    /// Gives a list of integers back.
    pub(crate) fn give_integers(&mut self, mut list: Vec<u32>) {
        list.clear();
        self.integers.push(list);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_returned_buffer_is_used_again() {
        let mut pool = Pool::default();
        let first = pool.take(100);
        let place = first.as_ptr();
        pool.give(first);
        let second = pool.take(120);
        assert_eq!(place, second.as_ptr());
        assert_eq!(second.len(), 120);
    }

    #[test]
    fn zeros_are_zero_after_use() {
        let mut pool = Pool::default();
        let mut buffer = pool.take(20);
        buffer.fill(3.0);
        pool.give(buffer);
        assert!(pool.zeros(18).iter().all(|&x| x == 0.0));
    }
}
