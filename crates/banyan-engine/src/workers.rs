//! The threads that a step runs on.

use rayon::prelude::*;
use std::time::Duration;

/// About how long something takes on one thread.
///
/// Less than some tens of microseconds is not shared, since waking other threads costs more.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Work {
    nanoseconds: f64,
}

impl Work {
    const WORTH_SHARING: Self = Self { nanoseconds: 100_000.0 };

    /// So many numbers read or written.
    pub fn numbers(count: usize) -> Self {
        Self { nanoseconds: count as f64 / 4.0 }
    }

    /// So many multiplications of products of matrices.
    pub fn products(count: usize) -> Self {
        Self { nanoseconds: count as f64 / 40.0 }
    }

    /// What took so long before.
    pub fn measured(time: Duration) -> Self {
        Self { nanoseconds: time.as_nanos() as f64 }
    }
}

/// Threads that share work where there is enough of it. What they compute does not depend on their number.
#[derive(Debug)]
pub struct Workers {
    pool: rayon::ThreadPool,
}

impl Workers {
    /// So many threads; 0 for one a core.
    ///
    /// # Errors
    /// If the system refuses to start them.
    pub fn new(threads: usize) -> Result<Self, std::io::Error> {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().map_err(std::io::Error::other)?;
        Ok(Self { pool })
    }

    fn shares(&self, work: Work) -> bool {
        self.pool.current_num_threads() > 1 && work > Work::WORTH_SHARING
    }

    /// Calls `f` for every item, each on one thread; `work` is that of all.
    pub fn each<T: Send>(&self, work: Work, items: &mut [T], f: impl Fn(usize, &mut T) + Sync) {
        if self.shares(work) && items.len() > 1 {
            self.pool.install(|| items.par_iter_mut().enumerate().with_max_len(1).for_each(|(index, item)| f(index, item)));
        } else {
            items.iter_mut().enumerate().for_each(|(index, item)| f(index, item));
        }
    }

    /// Cuts slices of one length into blocks at multiples of `block`, and calls `f` with the place where a block begins and
    /// each slice's part of it; `work` is that of all.
    pub fn blocks<const N: usize>(&self, work: Work, block: usize, slices: [&mut [f32]; N], f: impl Fn(usize, [&mut [f32]; N]) + Sync) {
        fn serial<const N: usize>(begin: usize, block: usize, mut slices: [&mut [f32]; N], f: &impl Fn(usize, [&mut [f32]; N])) {
            let mut begin = begin;
            while slices.iter().any(|slice| !slice.is_empty()) {
                let mut parts = slices.each_mut().map(|slice| slice.split_off_mut(..block.min(slice.len())).unwrap_or_default());
                f(begin, parts.each_mut().map(|part| &mut **part));
                begin += block;
            }
        }
        fn halves<const N: usize>(begin: usize, block: usize, slices: [&mut [f32]; N], f: &(impl Fn(usize, [&mut [f32]; N]) + Sync)) {
            let blocks = slices.first().map_or(0, |slice| slice.len().div_ceil(block));
            if blocks < 2 {
                serial(begin, block, slices, f);
                return;
            }
            let half = blocks / 2 * block;
            let mut right = slices;
            let left = right.each_mut().map(|slice| slice.split_off_mut(..half).unwrap_or_default());
            rayon::join(|| halves(begin, block, left, f), || halves(begin + half, block, right, f));
        }
        if self.shares(work) && slices.first().is_some_and(|slice| slice.len() > block) {
            self.pool.install(|| halves(0, block, slices, &f));
        } else {
            serial(0, block, slices, &f);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_cover_every_number_once() {
        for (threads, work) in [(1, 0), (3, 1)] {
            let (workers, work) = (Workers::new(threads).expect("threads"), Work::measured(Duration::from_secs(work)));
            let (mut a, mut b) = (vec![0.0; 1003], (0..1003).map(|x| x as f32).collect::<Vec<_>>());
            workers.blocks(work, 64, [&mut a, &mut b], |begin, [a, b]| {
                assert!(a.len() == b.len() && a.len() <= 64);
                for (at, (a, b)) in a.iter_mut().zip(b).enumerate() {
                    assert_eq!(*b, (begin + at) as f32);
                    *a += 1.0;
                }
            });
            assert!(a.iter().all(|&a| a == 1.0));
        }
    }
}
