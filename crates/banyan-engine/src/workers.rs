//! The threads that a step runs on.

use rayon::prelude::*;
use std::time::Duration;

/// Below this much work a step runs on one thread, since waking others costs more.
const WORTH_SHARING: Duration = Duration::from_micros(150);

/// Threads that share work where there is enough of it. What they compute does not depend on their number.
#[derive(Debug)]
pub struct Workers {
    pool: rayon::ThreadPool,
    share: bool,
}

impl Workers {
    /// So many threads; 0 for one a core.
    ///
    /// # Errors
    /// If the system refuses to start them.
    pub fn new(threads: usize) -> Result<Self, std::io::Error> {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().map_err(std::io::Error::other)?;
        Ok(Self { pool, share: false })
    }

    /// Learns how much work a step is.
    pub(crate) fn note(&mut self, work: Duration) {
        self.share = self.pool.current_num_threads() > 1 && work > WORTH_SHARING;
    }

    /// Calls `f` for every item, each on one thread.
    pub fn each<T: Send>(&self, items: &mut [T], f: impl Fn(usize, &mut T) + Sync) {
        if self.share && items.len() > 1 {
            self.pool.install(|| items.par_iter_mut().enumerate().with_max_len(1).for_each(|(index, item)| f(index, item)));
        } else {
            items.iter_mut().enumerate().for_each(|(index, item)| f(index, item));
        }
    }

    /// Cuts slices of one length into blocks at multiples of `block`, and calls `f` with the place where a block begins and
    /// each slice's part of it.
    pub fn blocks<const N: usize>(&self, block: usize, slices: [&mut [f32]; N], f: impl Fn(usize, [&mut [f32]; N]) + Sync) {
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
        if self.share && slices.first().is_some_and(|slice| slice.len() > block) {
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
            let mut workers = Workers::new(threads).expect("threads");
            workers.note(Duration::from_secs(work));
            let (mut a, mut b) = (vec![0.0; 1003], (0..1003).map(|x| x as f32).collect::<Vec<_>>());
            workers.blocks(64, [&mut a, &mut b], |begin, [a, b]| {
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
