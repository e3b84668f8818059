//! Numbers as a person reads them.

/// Four significant digits without useless zeros, with a real minus sign; very large and very small ones with an exponent.
pub(super) fn short(value: f64) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    let size = value.abs();
    let text = if value == 0.0 {
        "0".to_owned()
    } else if (1e-3..1e6).contains(&size) {
        let decimals = (3 - size.log10().floor() as i32).clamp(0, 6) as usize;
        trim_zeros(&format!("{value:.decimals$}")).to_owned()
    } else {
        format!("{value:.2e}")
    };
    text.replace('-', "−")
}

/// Three decimals below ten, so that a column of metrics lines up; otherwise as [`short`].
pub(super) fn metric(value: f64) -> String {
    let lines_up = value.is_finite() && value.abs() < 10.0 && (value == 0.0 || value.abs() >= 1e-3);
    if lines_up { format!("{value:.3}").replace('-', "−") } else { short(value) }
}

/// A count with thin spaces between thousands.
pub(super) fn count(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

/// A time: `850 ms`, `12.5 s`, `3 min 20 s`, `2 h 5 min`.
pub(super) fn duration(seconds: f64) -> String {
    if !seconds.is_finite() || seconds < 0.0 {
        return "–".to_owned();
    }
    if seconds < 1.0 {
        return format!("{:.0} ms", seconds * 1000.0);
    }
    if seconds < 60.0 {
        return format!("{} s", trim_zeros(&format!("{seconds:.1}")));
    }
    let whole = seconds.round() as u64;
    if whole < 3600 { format!("{} min {} s", whole / 60, whole % 60) } else { format!("{} h {} min", whole / 3600, whole % 3600 / 60) }
}

pub(super) fn trim_zeros(text: &str) -> &str {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text }
}

#[cfg(test)]
mod tests {
    use super::{count, duration, metric, short};

    #[test]
    fn numbers() {
        let shown = [0.0, 0.97, 0.123456, 12.34567, 1234.5, 123456.7, 0.00012345, -0.25, 4e9, f64::NAN].map(short);
        assert_eq!(shown, ["0", "0.97", "0.1235", "12.35", "1234", "123457", "1.23e−4", "−0.25", "4.00e9", "–"]);
    }

    #[test]
    fn metrics_line_up() {
        assert_eq!(
            [0.97, 0.95061, 1.0, 0.0, -0.5, 12.34567, 0.0001].map(metric),
            ["0.970", "0.951", "1.000", "0.000", "−0.500", "12.35", "1.00e−4"]
        );
    }

    #[test]
    fn counts_and_times() {
        assert_eq!([7, 1234, 1234567].map(count), ["7", "1\u{202f}234", "1\u{202f}234\u{202f}567"]);
        assert_eq!([0.25, 12.5, 200.0, 7500.0].map(duration), ["250 ms", "12.5 s", "3 min 20 s", "2 h 5 min"]);
    }
}
