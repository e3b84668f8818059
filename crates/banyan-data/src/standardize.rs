//! Numbers of a table as models compute with them: in standard deviations from the mean, in single precision.
//!
//! A double may be 10³⁰⁸, a single no more than 3.4 · 10³⁸, and a layer that reads less than that may give more. So what is learned of a
//! column is learned of the numbers that single precision holds, and no number goes further from the mean than [`MOST`].

use crate::moments::Moments;
use crate::report::{InputReport, Note};
use crate::value::short_number;

/// The standard deviations from the mean that an input is taken to be from it at most: of `n` rows none is further than `√n`.
const MOST: f32 = 1e6;

/// The same of labels, whose squares are to be numbers still.
const MOST_OF_LABELS: f64 = 1e15;

/// Whether single precision holds a number.
pub(crate) fn is_single(value: f64) -> bool {
    value.abs() <= f64::from(f32::MAX)
}

/// What is learned of a column of an input: mean and standard deviation of the numbers that single precision holds; of all, where it holds
/// none.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Scale {
    inside: Moments,
    outside: Moments,
}

impl Scale {
    pub(crate) fn add(&mut self, value: f64) {
        if is_single(value) { self.inside.add(value) } else { self.outside.add(value) }
    }

    pub(crate) fn moments(&self) -> Moments {
        if self.inside.is_empty() { self.outside } else { self.inside }
    }
}

/// Puts the numbers of an input on their scale, and counts those that are too far away.
pub(crate) struct Standardize(Note);

impl Standardize {
    pub(crate) fn new() -> Self {
        let subject = ["number is", "numbers are"];
        Self(Note::new(subject, "more than a million standard deviations from the mean of the training rows, and read as a million"))
    }

    pub(crate) fn standardize(&mut self, value: f64, mean: f64, std: f64) -> f32 {
        let scaled = ((value - mean) / std) as f32;
        if scaled.abs() <= MOST {
            return scaled;
        }
        self.0.add(&short_number(value));
        MOST.copysign(scaled)
    }

    pub(crate) fn report(self, report: &mut InputReport) {
        report.note(self.0);
    }
}

/// A label on its scale; none where a loss could not be computed of it.
pub(crate) fn label(scaled: f64) -> Option<f32> {
    (scaled.abs() <= MOST_OF_LABELS).then_some(scaled as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_single_precision_does_not_hold_is_no_part_of_the_scale() {
        let mut scale = Scale::default();
        [1.0, 2.0, 1e300, 3.0].into_iter().for_each(|value| scale.add(value));
        assert_eq!(scale.moments().mean(), 2.0);
        let mut large = Scale::default();
        [1e300, 3e300].into_iter().for_each(|value| large.add(value));
        assert!((large.moments().mean() / 2e300 - 1.0).abs() < 1e-12);
    }

    #[test]
    fn numbers_far_away_are_a_million_deviations_from_the_mean_and_counted() {
        let mut standardize = Standardize::new();
        let found = [3.0, 1e39, -1e300, f64::MAX, 2e6].map(|value| standardize.standardize(value, 1.0, 2.0));
        assert_eq!(found, [1.0, 1e6, -1e6, 1e6, 999_999.5]);
        let mut report = InputReport::default();
        standardize.report(&mut report);
        let note = report.notes[0].to_string();
        assert!(note.starts_with("3 numbers are more than a million standard deviations from the mean"), "{note}");
        assert!(note.ends_with("(\"1e39\", \"-1e300\", \"1.7976931348623157e308\")"), "{note}");
        assert_eq!((label(1e14), label(1e16), label(f64::INFINITY), label(f64::NAN)), (Some(1e14), None, None, None));
    }
}
