//! A stable 64-bit hash: the same on every machine and in every version, so that a run's text buckets and a
//! split by hash stay what they were.

/// FNV-1a over the bytes, then a mixing of the bits (the finaliser of Stafford's variant 13), since the low bits of
/// FNV alone are poor buckets.
pub fn hash(bytes: impl IntoIterator<Item = u8>) -> u64 {
    const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0000_0100_0000_01b3;
    mix(bytes.into_iter().fold(OFFSET, |state, byte| (state ^ u64::from(byte)).wrapping_mul(PRIME)))
}

/// A one-to-one scrambling of 64 bits.
pub fn mix(mut value: u64) -> u64 {
    value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
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
}
