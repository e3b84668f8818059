//! Counter-based randomness: every number is a function of (seed, step, stream, index), so that a resumed run draws
//! what an undisturbed one would have drawn.

/// The finaliser of SplitMix64 (Steele, Lea & Flood, OOPSLA 2014): a bijection in which every input bit reaches
/// every output bit.
fn mix(value: u64) -> u64 {
    let value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

/// The draws of one method in one step.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Draws {
    key: u64,
}

impl Draws {
    /// `method` keeps two methods with one seed apart.
    pub(crate) fn new(method: &str, seed: u64, step: u64) -> Self {
        let name = method.bytes().fold(0, |hash, byte| mix(hash ^ u64::from(byte)));
        Draws { key: mix(mix(name ^ seed) ^ step) }
    }

    fn bits(self, stream: usize, index: usize) -> u64 {
        mix(mix(self.key ^ stream as u64) ^ index as u64)
    }

    /// Uniform in the open interval (0, 1).
    pub(crate) fn uniform(self, stream: usize, index: usize) -> f64 {
        ((self.bits(stream, index) >> 11) as f64 + 0.5) / (1u64 << 53) as f64
    }

    /// Standard normal, by Box and Muller's transform.
    pub(crate) fn normal(self, stream: usize) -> f64 {
        let radius = (-2.0 * self.uniform(stream, 0).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.uniform(stream, 1)).cos()
    }

    /// Fisher and Yates's shuffle.
    pub(crate) fn shuffle(self, stream: usize, items: &mut [usize]) {
        for last in (1..items.len()).rev() {
            // The high word of the product is uniform in 0..=last but for a bias of about 2^-60.
            let other = (u128::from(self.bits(stream, last)) * (last as u128 + 1)) >> 64;
            items.swap(last, other as usize);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Draws;

    #[test]
    fn normals_have_mean_zero_and_variance_one() {
        let draws: Vec<f64> = (0..20_000).map(|step| Draws::new("test", 7, step).normal(3)).collect();
        let mean = draws.iter().sum::<f64>() / draws.len() as f64;
        let variance = draws.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / draws.len() as f64;
        assert!(mean.abs() < 0.03, "{mean}");
        assert!((variance - 1.0).abs() < 0.04, "{variance}");
    }

    #[test]
    fn shuffles_reach_every_order_equally_often() {
        let mut counts = std::collections::BTreeMap::new();
        for step in 0..6_000 {
            let mut items = [0, 1, 2];
            Draws::new("test", 1, step).shuffle(0, &mut items);
            *counts.entry(items).or_insert(0) += 1;
        }
        assert_eq!(counts.len(), 6);
        assert!(counts.values().all(|count| (850..1150).contains(count)), "{counts:?}");
    }

    #[test]
    fn draws_depend_on_each_part_of_the_counter() {
        let base = Draws::new("a", 1, 2).uniform(3, 4);
        assert_eq!(base, Draws::new("a", 1, 2).uniform(3, 4));
        for other in [
            Draws::new("b", 1, 2).uniform(3, 4),
            Draws::new("a", 9, 2).uniform(3, 4),
            Draws::new("a", 1, 9).uniform(3, 4),
            Draws::new("a", 1, 2).uniform(9, 4),
            Draws::new("a", 1, 2).uniform(3, 9),
        ] {
            assert_ne!(base, other);
        }
    }
}
