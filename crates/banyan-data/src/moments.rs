//! Mean and standard deviation, one value after the other.

/// Mean and standard deviation by running updates (Welford 1962), which lose nothing to a large mean.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Moments {
    count: f64,
    mean: f64,
    squares: f64,
}

impl Moments {
    pub(crate) fn add(&mut self, value: f64) {
        self.count += 1.0;
        let before = value - self.mean;
        self.mean += before / self.count;
        self.squares += before * (value - self.mean);
    }

    pub(crate) fn mean(&self) -> f64 {
        self.mean
    }

    /// The standard deviation over the rows; 1 where it is nothing but rounding.
    pub(crate) fn std(&self) -> f64 {
        let std = (self.squares / self.count.max(1.0)).sqrt();
        if self.is_constant() { 1.0 } else { std }
    }

    pub(crate) fn is_constant(&self) -> bool {
        let std = (self.squares / self.count.max(1.0)).sqrt();
        // Written so that an overflow to NaN counts as constant, too.
        !(std.is_finite() && std > 1e-12 * self.mean.abs())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_of_known_values() {
        let mut moments = Moments::default();
        for value in [1e9 + 1.0, 1e9 + 2.0, 1e9 + 3.0] {
            moments.add(value);
        }
        assert_eq!(moments.mean(), 1e9 + 2.0);
        assert!((moments.std() - (2f64 / 3.0).sqrt()).abs() < 1e-6);
        let mut constant = Moments::default();
        for _ in 0..10 {
            constant.add(0.1);
        }
        assert_eq!(constant.std(), 1.0);
    }
}
