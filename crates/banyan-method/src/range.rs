//! The numbers that an option takes.

use std::fmt;
use std::ops::{Bound, RangeBounds};

/// An interval of finite numbers, and at most one number apart from it.
///
/// ```
/// use banyan_method::Range;
/// const SHARE: Range = Range::ANY.at_least(0.0).below(1.0);
/// assert!(SHARE.contains(0.0) && !SHARE.contains(1.0) && !SHARE.contains(f64::NAN));
/// assert_eq!(format!("a number {SHARE}"), "a number of at least 0 and below 1");
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Range {
    lower: Bound<f64>,
    upper: Bound<f64>,
    exception: Option<f64>,
}

impl Range {
    /// All finite numbers.
    pub const ANY: Self = Self { lower: Bound::Unbounded, upper: Bound::Unbounded, exception: None };

    /// The numbers from `minimum` to `maximum`, both included.
    #[must_use]
    pub const fn between(minimum: f64, maximum: f64) -> Self {
        Self::ANY.at_least(minimum).at_most(maximum)
    }

    /// This range's numbers that are not smaller than `minimum`.
    #[must_use]
    pub const fn at_least(self, minimum: f64) -> Self {
        Self { lower: Bound::Included(minimum), ..self }
    }

    /// This range's numbers that are larger than `bound`.
    #[must_use]
    pub const fn above(self, bound: f64) -> Self {
        Self { lower: Bound::Excluded(bound), ..self }
    }

    /// This range's numbers that are not larger than `maximum`.
    #[must_use]
    pub const fn at_most(self, maximum: f64) -> Self {
        Self { upper: Bound::Included(maximum), ..self }
    }

    /// This range's numbers that are smaller than `bound`.
    #[must_use]
    pub const fn below(self, bound: f64) -> Self {
        Self { upper: Bound::Excluded(bound), ..self }
    }

    /// This range and one more number, such as a 0 that switches something off.
    #[must_use]
    pub const fn or(self, number: f64) -> Self {
        Self { exception: Some(number), ..self }
    }

    /// Whether a number is finite and in the range, as it is and as models compute with it, in single precision: 0.999999999 is not
    /// below 1 there, and 1e-60 not above 0.
    #[must_use]
    pub fn contains(&self, number: f64) -> bool {
        let rounded = |bound: Bound<f64>| match bound {
            Bound::Included(bound) => Bound::Included(single(bound)),
            Bound::Excluded(bound) => Bound::Excluded(single(bound)),
            Bound::Unbounded => Bound::Unbounded,
        };
        let of_singles = Self { lower: rounded(self.lower), upper: rounded(self.upper), exception: self.exception.map(single) };
        // What rounds to 0 would switch something off that was meant to be on.
        let vanishes = number != 0.0 && single(number) == 0.0;
        self.holds(number) && of_singles.holds(single(number)) && !vanishes
    }

    fn holds(&self, number: f64) -> bool {
        number.is_finite() && ((self.lower, self.upper).contains(&number) || self.exception == Some(number))
    }

    /// What is to be said of a number that is out of the range by nothing but its rounding to single precision; `None` of others.
    #[must_use]
    pub fn rounding(&self, number: f64) -> Option<String> {
        (self.holds(number) && !self.contains(number)).then(|| rounding(number))
    }

    /// The lower bound.
    #[must_use]
    pub const fn lower(&self) -> Bound<f64> {
        self.lower
    }

    /// The upper bound.
    #[must_use]
    pub const fn upper(&self) -> Bound<f64> {
        self.upper
    }

    /// The number apart from the interval.
    #[must_use]
    pub const fn exception(&self) -> Option<f64> {
        self.exception
    }
}

/// A number as it is in single precision.
fn single(number: f64) -> f64 {
    f64::from(number as f32)
}

/// What a number is in single precision, in which models compute: the end of a sentence about one that is refused for it.
#[must_use]
pub fn rounding(number: f64) -> String {
    match single(number) {
        rounded if rounded.is_finite() => format!("in single precision it is {rounded}"),
        _ => "it is beyond single precision".to_owned(),
    }
}

impl fmt::Display for Range {
    /// What follows "a number": "between 0 and 1", "above 0"; nothing for any number.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let (Bound::Included(minimum), Bound::Included(maximum)) = (self.lower, self.upper) {
            write!(formatter, "between {minimum} and {maximum}")?;
        } else {
            let lower = match self.lower {
                Bound::Included(bound) => Some(format!("of at least {bound}")),
                Bound::Excluded(bound) => Some(format!("above {bound}")),
                Bound::Unbounded => None,
            };
            let upper = match self.upper {
                Bound::Included(bound) => Some(format!("at most {bound}")),
                Bound::Excluded(bound) => Some(format!("below {bound}")),
                Bound::Unbounded => None,
            };
            let both: Vec<String> = lower.into_iter().chain(upper).collect();
            formatter.write_str(&both.join(" and "))?;
        }
        match self.exception {
            Some(number) => write!(formatter, ", or {number}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_in_or_out_as_they_say() {
        assert!(Range::between(-1.0, 1.0).contains(-1.0) && Range::between(-1.0, 1.0).contains(1.0));
        assert!(!Range::ANY.above(0.0).contains(0.0) && Range::ANY.above(0.0).contains(1e-30));
        assert!(Range::ANY.contains(f64::from(f32::MAX)) && !Range::ANY.contains(f64::INFINITY) && !Range::ANY.contains(f64::NAN));
        let off_or_between = Range::between(0.1, 10.0).or(0.0);
        assert!(off_or_between.contains(0.0) && off_or_between.contains(0.1) && !off_or_between.contains(0.05));
    }

    /// The neighbors of a bound in double precision are on its other side, or on it, in single precision.
    #[test]
    fn numbers_are_in_range_in_single_precision_too() {
        let below_one = Range::ANY.at_least(0.0).below(1.0);
        assert!(!below_one.contains(1.0_f64.next_down()) && !below_one.contains(0.999_999_999));
        assert!(below_one.contains(f64::from(1.0_f32.next_down())) && below_one.contains(0.0));
        assert!(!Range::ANY.above(0.0).contains(0.0_f64.next_up()) && Range::ANY.above(0.0).contains(f64::from(0.0_f32.next_up())));
        assert!(!Range::ANY.contains(f64::MAX) && !Range::ANY.contains(-1e39));
        // 0.3 is more in single precision than in double precision, and so is the bound.
        assert!(Range::between(0.3, 0.3).contains(0.3) && !Range::between(0.0, 0.3).contains(0.3_f64.next_up()));
        assert_eq!(below_one.rounding(0.999_999_999), Some("in single precision it is 1".to_owned()));
        assert_eq!(Range::ANY.rounding(1e39), Some("it is beyond single precision".to_owned()));
        assert_eq!((below_one.rounding(1.0), below_one.rounding(0.5)), (None, None));
    }

    #[test]
    fn ranges_read_as_sentences() {
        let words = |range: Range| range.to_string();
        assert_eq!(words(Range::between(0.0, 100.0)), "between 0 and 100");
        assert_eq!(words(Range::ANY.at_least(0.0)), "of at least 0");
        assert_eq!(words(Range::ANY.above(0.0)), "above 0");
        assert_eq!(words(Range::ANY.at_most(3.0)), "at most 3");
        assert_eq!(words(Range::ANY.above(0.0).below(1.0)), "above 0 and below 1");
        assert_eq!(words(Range::between(0.1, 10.0).or(0.0)), "between 0.1 and 10, or 0");
        assert_eq!(words(Range::ANY), "");
    }
}
