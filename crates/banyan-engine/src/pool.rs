//! Buffers that are used again, step after step.
//!
//! Fresh pages are what makes a small training step slow elsewhere: the operating system zeroes them and
//! the caches are cold. A tape takes all its memory from a [`Pool`] and gives it back when it is reset,
//! so that from the second step on nothing is asked of the system.

use std::ops::{Deref, DerefMut};

/// Numbers in memory that came from a [`Pool`], `len` of them in use.
#[derive(Debug, Default, Clone)]
pub(crate) struct Buffer {
    data: Vec<f32>,
    len: usize,
}

impl Deref for Buffer {
    type Target = [f32];

    fn deref(&self) -> &[f32] {
        &self.data[..self.len]
    }
}

impl DerefMut for Buffer {
    fn deref_mut(&mut self) -> &mut [f32] {
        &mut self.data[..self.len]
    }
}

/// Free buffers, by size class (powers of two).
#[derive(Debug, Default)]
pub(crate) struct Pool {
    numbers: Vec<Vec<Vec<f32>>>,
    integers: Vec<Vec<u32>>,
}

fn class(len: usize) -> usize {
    len.max(16).next_power_of_two().trailing_zeros() as usize
}

impl Pool {
    /// A buffer of `len` numbers with arbitrary (old) content.
    pub(crate) fn take(&mut self, len: usize) -> Buffer {
        let class = class(len);
        let free = self.numbers.get_mut(class).and_then(Vec::pop);
        Buffer { data: free.unwrap_or_else(|| vec![0.0; 1 << class]), len }
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
        let len = buffer.data.len();
        if len < 16 || !len.is_power_of_two() {
            return; // an empty default: of no size class
        }
        let class = len.trailing_zeros() as usize;
        if self.numbers.len() <= class {
            self.numbers.resize_with(class + 1, Vec::new);
        }
        self.numbers[class].push(buffer.data);
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
