//! Random numbers that are the same on every machine and in every version, so that a split stays what it was.

use banyan_text::hash::mix;

/// The hash as a fraction in `[0, 1)`.
pub(crate) fn fraction(hash: u64) -> f64 {
    (hash >> 11) as f64 / (1u64 << 53) as f64
}

/// Random numbers: a counter, mixed (SplitMix64; Steele, Lea and Flood 2014).
#[derive(Debug, Clone)]
pub(crate) struct Stream {
    state: u64,
}

impl Stream {
    /// The numbers of a seed.
    pub(crate) fn seeded(seed: u64) -> Self {
        Self { state: mix(seed ^ 0x6a09_e667_f3bc_c909) }
    }

    /// The numbers of a place, such as a seed, a step and a row: whoever asks, and in whatever order, they are the same. (They are those that
    /// the engine's layers would draw there.)
    pub(crate) fn at(words: &[u64]) -> Self {
        let key = |state: u64, &word: &u64| mix(state.rotate_left(23) ^ mix(word ^ 0xd1b5_4a32_d192_ed03));
        Self { state: words.iter().fold(0x9e37_79b9_7f4a_7c15, key) }
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.state)
    }

    /// Any 64 bits.
    pub(crate) fn draw(&mut self) -> u64 {
        self.next()
    }

    /// A number below `bound`, which is above zero. The bias of the multiplication is below 2⁻³² for any table.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        ((u128::from(self.next()) * bound as u128) >> 64) as usize
    }

    /// Shuffles in place (Fisher and Yates).
    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for end in (1..items.len()).rev() {
            items.swap(end, self.below(end + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shuffles_keep_all_and_depend_on_the_seed() {
        let shuffled = |seed| {
            let mut items: Vec<usize> = (0..100).collect();
            Stream::seeded(seed).shuffle(&mut items);
            items
        };
        let mut sorted = shuffled(1);
        assert_eq!(shuffled(1), shuffled(1));
        assert_ne!(shuffled(1), shuffled(2));
        sorted.sort_unstable();
        assert_eq!(sorted, (0..100).collect::<Vec<_>>());
    }
}
