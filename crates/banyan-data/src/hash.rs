//! A stable 64-bit hash: the same on every machine and in every version, so that a run's text buckets and a
//! split by hash stay what they were.

/// FNV-1a over the bytes, then a mixing of the bits (the finaliser of Stafford's variant 13), since the low bits of
/// FNV alone are poor buckets.
pub(crate) fn hash(bytes: impl IntoIterator<Item = u8>) -> u64 {
    const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0000_0100_0000_01b3;
    mix(bytes.into_iter().fold(OFFSET, |state, byte| (state ^ u64::from(byte)).wrapping_mul(PRIME)))
}

/// A one-to-one scrambling of 64 bits.
pub(crate) fn mix(mut value: u64) -> u64 {
    value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

/// The hash as a fraction in `[0, 1)`.
pub(crate) fn fraction(hash: u64) -> f64 {
    (hash >> 11) as f64 / (1u64 << 53) as f64
}

/// Random numbers from a seed: a counter, mixed (SplitMix64; Steele, Lea and Flood 2014).
#[derive(Debug, Clone)]
pub(crate) struct Random {
    state: u64,
}

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self { state: mix(seed ^ 0x6a09_e667_f3bc_c909) }
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.state)
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
    fn stays_what_it_was() {
        // Runs on disk depend on these.
        assert_eq!(hash(*b""), mix(0xcbf2_9ce4_8422_2325));
        assert_eq!(hash(*b"banyan"), 0xa0e2_4986_f599_ec38);
    }

    #[test]
    fn buckets_are_even() {
        let mut counts = [0usize; 16];
        for number in 0..16_000u32 {
            counts[(hash(number.to_le_bytes()) % 16) as usize] += 1;
        }
        assert!(counts.iter().all(|count| (850..1150).contains(count)), "{counts:?}");
    }

    #[test]
    fn shuffles_keep_all_and_depend_on_the_seed() {
        let shuffled = |seed| {
            let mut items: Vec<usize> = (0..100).collect();
            Random::new(seed).shuffle(&mut items);
            items
        };
        let mut sorted = shuffled(1);
        assert_eq!(shuffled(1), shuffled(1));
        assert_ne!(shuffled(1), shuffled(2));
        sorted.sort_unstable();
        assert_eq!(sorted, (0..100).collect::<Vec<_>>());
    }
}
