//! The two kinds of numbers that coordinates may be.

use std::cmp::Ordering;
use std::fmt::Debug;
use std::ops::{Add, AddAssign, Div, Mul, Neg, Sub};

mod sealed {
    pub trait Sealed {}
    impl Sealed for f32 {}
    impl Sealed for f64 {}
}

/// `f32`, in which models are trained, or `f64`, in which files are read and metrics computed.
pub trait Coordinate:
    sealed::Sealed
    + Copy
    + Debug
    + Default
    + PartialOrd
    + Add<Output = Self>
    + AddAssign
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + Send
    + Sync
    + 'static
{
    /// The nearest number of this kind.
    fn of(value: f64) -> Self;
    /// The smaller of two; the other one where one is not a number.
    fn smaller(self, other: Self) -> Self;
    /// The larger of two; the other one where one is not a number.
    fn larger(self, other: Self) -> Self;
    /// The angle whose tangent is `self / other`, in radians; a right one where `other` is 0.
    fn angle_over(self, other: Self) -> Self;
    /// `e` to the power of it.
    fn power_of_e(self) -> Self;
    /// Whether it is neither infinite nor NaN.
    fn is_a_number(self) -> bool;
    /// The order of scores from the highest down, in which NaN is last and −0 is 0.
    fn descending(self, other: Self) -> Ordering;
}

macro_rules! coordinate {
    ($($kind:ident)*) => {$(
        impl Coordinate for $kind {
            #[inline]
            fn of(value: f64) -> Self {
                value as Self
            }
            #[inline]
            fn smaller(self, other: Self) -> Self {
                self.min(other)
            }
            #[inline]
            fn larger(self, other: Self) -> Self {
                self.max(other)
            }
            #[inline]
            fn angle_over(self, other: Self) -> Self {
                self.atan2(other)
            }
            #[inline]
            fn power_of_e(self) -> Self {
                self.exp()
            }
            #[inline]
            fn is_a_number(self) -> bool {
                self.is_finite()
            }
            #[inline]
            fn descending(self, other: Self) -> Ordering {
                other.partial_cmp(&self).unwrap_or_else(|| self.is_nan().cmp(&other.is_nan()))
            }
        }
    )*};
}

coordinate!(f32 f64);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_that_are_not_numbers_come_last() {
        let mut scores = [f32::NAN, 0.5, -f32::NAN, f32::NEG_INFINITY, 0.9];
        scores.sort_by(|a, b| a.descending(*b));
        assert_eq!(scores[..3], [0.9, 0.5, f32::NEG_INFINITY]);
        assert_eq!((-0.0_f64).descending(0.0), Ordering::Equal);
    }
}
