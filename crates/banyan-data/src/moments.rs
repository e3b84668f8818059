//! Mean and standard deviation, one value after the other.

/// Mean and standard deviation by running updates (Welford 1962), which lose nothing to a large mean.
///
/// Values are taken in a unit of their own, a power of two near the first that is not 0: squares then neither overflow nor vanish, whether
/// the column holds 1e300 or 1e-300, and numbers of usual size have the bits that they would have without.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moments {
    count: f64,
    mean: f64,
    squares: f64,
    /// What values are multiplied with; 0 before the first that is not 0.
    scale: f64,
}

/// Values that are larger than so much, in the unit, need a larger unit: a sum of 2¹⁰⁰ of their squares would still be a number.
const MOST: f64 = exponential(400);

/// Two to the power of a whole number from -1022 to 1023.
const fn exponential(power: i64) -> f64 {
    f64::from_bits(((power + 1023) as u64) << 52)
}

/// The power of two by which a value becomes about 1.
fn scale_of(value: f64) -> f64 {
    let power = ((value.to_bits() >> 52) & 0x7ff) as i64 - 1023;
    exponential((-power).clamp(-1000, 1000))
}

impl Default for Moments {
    fn default() -> Self {
        Self { count: 0.0, mean: 0.0, squares: 0.0, scale: 0.0 }
    }
}

impl Moments {
    pub(crate) fn add(&mut self, value: f64) {
        if (self.scale == 0.0 && value != 0.0) || value.abs() * self.scale > MOST {
            self.rescale(scale_of(value));
        }
        let value = value * self.scale;
        self.count += 1.0;
        let before = value - self.mean;
        self.mean += before / self.count;
        self.squares += before * (value - self.mean);
    }

    fn rescale(&mut self, scale: f64) {
        if self.scale != 0.0 {
            let factor = scale / self.scale;
            self.mean *= factor;
            self.squares *= factor * factor;
        }
        self.scale = scale;
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.count == 0.0
    }

    /// The mean of no values, or of zeros alone, is 0.
    pub(crate) fn mean(&self) -> f64 {
        if self.scale == 0.0 { 0.0 } else { self.mean / self.scale }
    }

    /// The standard deviation over the rows; 1 where it is nothing but rounding.
    pub(crate) fn std(&self) -> f64 {
        if self.is_constant() { 1.0 } else { self.scaled_std() / self.scale }
    }

    /// Whether the values differ by no more than the last digits that a double has.
    pub(crate) fn is_constant(&self) -> bool {
        let (std, rounding) = (self.scaled_std(), 4.0 * f64::EPSILON * self.mean.abs());
        std <= rounding || std.is_nan() || rounding.is_nan()
    }

    fn scaled_std(&self) -> f64 {
        (self.squares / self.count.max(1.0)).sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: impl IntoIterator<Item = f64>) -> Moments {
        let mut moments = Moments::default();
        values.into_iter().for_each(|value| moments.add(value));
        moments
    }

    #[test]
    fn moments_of_known_values() {
        let moments = of([1e9 + 1.0, 1e9 + 2.0, 1e9 + 3.0]);
        assert_eq!(moments.mean(), 1e9 + 2.0);
        assert!((moments.std() - (2f64 / 3.0).sqrt()).abs() < 1e-6);
        assert_eq!(of([0.1; 10]).std(), 1.0);
        assert_eq!((of([]).mean(), of([0.0; 3]).mean(), of([0.0; 3]).std()), (0.0, 0.0, 1.0));
    }

    /// `(value - mean) / std` of 1, 2 and 3 in any unit that a double has.
    #[test]
    fn any_unit_has_a_mean_and_a_deviation() {
        for unit in [1e300, 1e307, 1e160, 1e-300, 1e-160, 5e-324, -1e300] {
            let moments = of([unit, 2.0 * unit, 3.0 * unit]);
            assert!(!moments.is_constant(), "{unit:e}");
            assert!((moments.mean() / (2.0 * unit) - 1.0).abs() < 1e-12, "{unit:e}: {:e}", moments.mean());
            let std = unit.abs() * (2f64 / 3.0).sqrt();
            assert!((moments.std() / std - 1.0).abs() < 1e-12 || unit == 5e-324, "{unit:e}: {:e}", moments.std());
        }
        // From small to large and back, and as far apart as can be.
        let moments = of([1e-300, 0.0, 3.0, -1e-200, 0.0]);
        assert!((moments.mean() - 0.6).abs() < 1e-12 && (moments.std() - 1.2).abs() < 1e-12);
        let moments = of([1.7e308, -1.7e308]);
        assert!(moments.mean().abs() < 1e295 && (moments.std() / 1.7e308 - 1.0).abs() < 1e-12);
    }

    #[test]
    fn only_values_that_are_the_same_are_constant() {
        let moments = of((0..100).map(|step| 1e12 + 0.001 * f64::from(step)));
        assert!(!moments.is_constant());
        assert!((moments.std() - 0.0289).abs() < 1e-3, "{}", moments.std());
        // Sums of the same numbers in another order are the same but for rounding.
        assert!(of([0.1 + 0.2, 0.3, 0.1 + 0.2]).is_constant());
        assert!(of([1e300; 7]).is_constant() && of([-5e-324; 7]).is_constant());
    }
}
