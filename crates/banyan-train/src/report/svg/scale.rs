//! From values to pixels, with ticks at round numbers.

use crate::report::number::trim_zeros;

/// How values are spaced on an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::report) enum Spacing {
    /// Equal differences at equal distances.
    Linear,
    /// Equal ratios at equal distances; values must be above 0.
    Logarithmic,
}

/// An axis.
#[derive(Debug, Clone)]
pub(super) struct Scale {
    low: f64,
    high: f64,
    spacing: Spacing,
    from: f64,
    to: f64,
    ticks: Vec<f64>,
}

impl Scale {
    /// An axis for the finite ones of these values, from one pixel to another, with about `wanted` ticks.
    pub(super) fn new(values: impl Iterator<Item = f64>, spacing: Spacing, pixels: (f64, f64), wanted: usize) -> Self {
        let usable = |value: &f64| value.is_finite() && (spacing == Spacing::Linear || *value > 0.0);
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for value in values.filter(usable) {
            low = low.min(value);
            high = high.max(value);
        }
        if low > high {
            (low, high) = if spacing == Spacing::Linear { (0.0, 1.0) } else { (0.1, 1.0) };
        }
        if low == high {
            // One value is put in the middle.
            (low, high) = match spacing {
                Spacing::Linear if low == 0.0 => (-1.0, 1.0),
                Spacing::Linear => (low - low.abs() * 0.1, low + low.abs() * 0.1),
                Spacing::Logarithmic => (low / 2.0, low * 2.0),
            };
        }
        let ticks = match spacing {
            Spacing::Linear => linear_ticks(low, high, wanted),
            Spacing::Logarithmic => logarithmic_ticks(low, high, wanted),
        };
        Self { low, high, spacing, from: pixels.0, to: pixels.1, ticks }
    }

    /// Widens a linear axis to round numbers and a logarithmic one by a tenth, so that lines do not touch the frame.
    pub(super) fn rounded(mut self) -> Self {
        if self.spacing == Spacing::Logarithmic {
            (self.low, self.high) = (self.low / 1.1, self.high * 1.1);
            return self;
        }
        if let [first, second, ..] = self.ticks.as_slice() {
            let step = second - first;
            let (low, high) = ((self.low / step).floor() * step, (self.high / step).ceil() * step);
            let count = ((high - low) / step).round() as usize;
            self.ticks = (0..=count).map(|index| low + index as f64 * step).collect();
            (self.low, self.high) = (low, high);
        }
        self
    }

    /// The pixel of a value; not finite where the value has none.
    pub(super) fn pixel(&self, value: f64) -> f64 {
        let share = match self.spacing {
            Spacing::Linear => (value - self.low) / (self.high - self.low),
            Spacing::Logarithmic => (value / self.low).ln() / (self.high / self.low).ln(),
        };
        self.from + share * (self.to - self.from)
    }

    /// The ticks with their labels.
    pub(super) fn ticks(&self) -> Vec<(f64, String)> {
        let step = match self.ticks.as_slice() {
            [first, second, ..] => second - first,
            _ => 1.0,
        };
        let label = |value: f64| match self.spacing {
            Spacing::Linear => linear_label(value, step),
            Spacing::Logarithmic => power_label(value),
        };
        self.ticks.iter().map(|&value| (value, label(value))).collect()
    }
}

/// Multiples of 1, 2 or 5 times a power of ten within the range.
fn linear_ticks(low: f64, high: f64, wanted: usize) -> Vec<f64> {
    let raw = (high - low) / wanted.max(1) as f64;
    let power = 10f64.powf(raw.log10().floor());
    let factor = [1.0, 2.0, 5.0, 10.0].into_iter().find(|factor| factor * power >= raw * 0.999).unwrap_or(10.0);
    let step = factor * power;
    let (first, last) = ((low / step - 1e-9).ceil() as i64, (high / step + 1e-9).floor() as i64);
    (first..=last).map(|index| index as f64 * step).collect()
}

/// Powers of ten, thinned out where there are too many, and with numbers between them where there are too few.
fn logarithmic_ticks(low: f64, high: f64, wanted: usize) -> Vec<f64> {
    let (first, last) = (low.log10().floor() as i32, high.log10().ceil() as i32);
    let decades = (high / low).log10();
    let factors: &[f64] = match decades / wanted.max(1) as f64 {
        ..0.45 => &[1.0, 2.0, 5.0],
        0.45..0.75 => &[1.0, 3.0],
        _ => &[1.0],
    };
    let every = ((decades / wanted.max(1) as f64).ceil() as i32).max(1);
    let powers = (first..=last).filter(|power| power.rem_euclid(every) == 0);
    let ticks = powers.flat_map(|power| factors.iter().map(move |factor| factor * 10f64.powi(power)));
    ticks.filter(|tick| (low * 0.999..=high * 1.001).contains(tick)).collect()
}

fn linear_label(value: f64, step: f64) -> String {
    if value.abs() < step * 1e-6 {
        return "0".to_owned();
    }
    let largest = value.abs().max(step);
    if largest >= 1e5 || step < 1e-4 {
        return scientific(value);
    }
    let decimals = (-step.log10().floor()).max(0.0) as usize;
    format!("{value:.decimals$}").replace('-', "−")
}

fn power_label(value: f64) -> String {
    if (1e-3..1e5).contains(&value) {
        let decimals = (-value.log10().floor()).max(0.0) as usize;
        return format!("{value:.decimals$}");
    }
    scientific(value)
}

/// `2e6`, `1.5e−7`; thousands and millions of steps as `200k` and `3M`.
fn scientific(value: f64) -> String {
    let size = value.abs();
    let (scaled, unit) = if (1e9..1e12).contains(&size) {
        (value / 1e9, "G")
    } else if (1e6..1e9).contains(&size) {
        (value / 1e6, "M")
    } else if (1e3..1e6).contains(&size) {
        (value / 1e3, "k")
    } else {
        return format!("{value:e}").chars().take(12).collect::<String>().replace('-', "−");
    };
    format!("{}{unit}", trim_zeros(&format!("{scaled:.3}"))).replace('-', "−")
}

#[cfg(test)]
mod tests {
    use super::{Scale, Spacing};

    fn labels(values: &[f64], spacing: Spacing) -> Vec<String> {
        let scale = Scale::new(values.iter().copied(), spacing, (0.0, 100.0), 5);
        scale.ticks().into_iter().map(|(_, label)| label).collect()
    }

    #[test]
    fn ticks_are_round_and_few() {
        assert_eq!(labels(&[0.0, 1.0], Spacing::Linear), ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"].map(|label| label.replace("0.0", "0")));
        assert_eq!(labels(&[3.0, 1870.0], Spacing::Linear), ["500", "1000", "1500"]);
        assert_eq!(labels(&[-0.31, 0.22], Spacing::Linear), ["−0.2", "0", "0.2"]);
        assert_eq!(labels(&[0.0, 400_000.0], Spacing::Linear), ["0", "100k", "200k", "300k", "400k"]);
        assert_eq!(labels(&[0.012, 35.0], Spacing::Logarithmic), ["0.03", "0.1", "0.3", "1", "3", "10", "30"]);
        assert_eq!(labels(&[0.3, 2.5], Spacing::Logarithmic), ["0.5", "1", "2"]);
        for low in [-7.3, 0.0, 1e-9, 123.4] {
            for span in [1e-7, 0.9, 17.0, 3e8] {
                let ticks = labels(&[low, low + span], Spacing::Linear);
                assert!((2..=8).contains(&ticks.len()), "{low} {span}: {ticks:?}");
            }
        }
    }

    #[test]
    fn pixels_follow_the_spacing() {
        let linear = Scale::new([0.0, 10.0].into_iter(), Spacing::Linear, (100.0, 0.0), 5);
        assert_eq!([0.0, 2.5, 10.0].map(|value| linear.pixel(value)), [100.0, 75.0, 0.0]);
        let logarithmic = Scale::new([0.01, 100.0].into_iter(), Spacing::Logarithmic, (0.0, 100.0), 5);
        assert!((logarithmic.pixel(1.0) - 50.0).abs() < 1e-9);
        assert!(!logarithmic.pixel(0.0).is_finite());
    }

    #[test]
    fn values_that_are_all_the_same_or_none_still_have_an_axis() {
        for values in [&[][..], &[f64::NAN], &[0.0, 0.0], &[-3.0], &[1e-12]] {
            for spacing in [Spacing::Linear, Spacing::Logarithmic] {
                let scale = Scale::new(values.iter().copied(), spacing, (0.0, 100.0), 5).rounded();
                assert!(!scale.ticks().is_empty(), "{values:?}");
                for (tick, _) in scale.ticks() {
                    assert!((-1.0..=101.0).contains(&scale.pixel(tick)), "{values:?} {tick}");
                }
            }
        }
    }
}
