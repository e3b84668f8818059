//! Durations as a person writes and reads them.

use std::time::Duration;

/// Reads `90s`, `10m`, `1h`, `2d` and sums such as `1h30m`.
pub(crate) fn parse(text: &str) -> Result<Duration, String> {
    let wrong = || "write a number with s, m, h or d behind it: 90s, 10m, 1h30m".to_owned();
    let (mut rest, mut seconds) = (text.trim(), 0.0);
    while !rest.is_empty() {
        let digits = rest.find(|character: char| !(character.is_ascii_digit() || character == '.')).ok_or_else(wrong)?;
        let number: f64 = rest[..digits].parse().map_err(|_| wrong())?;
        let mut behind = rest[digits..].chars();
        let unit = match behind.next() {
            Some('s') => 1.0,
            Some('m') => 60.0,
            Some('h') => 3600.0,
            Some('d') => 86_400.0,
            _ => return Err(wrong()),
        };
        seconds += number * unit;
        rest = behind.as_str();
    }
    match Duration::try_from_secs_f64(seconds) {
        Ok(duration) if seconds > 0.0 => Ok(duration),
        _ => Err(wrong()),
    }
}

/// `0:09`, `1:20`, `2:03:10`.
pub(crate) fn clock(seconds: f64) -> String {
    // A cast from a float saturates: what cannot be told is shown as a very long time.
    let whole = seconds.max(0.0).round() as u64;
    let (hours, minutes, seconds) = (whole / 3600, whole / 60 % 60, whole % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_as_people_write_them() {
        for (text, seconds) in [("90s", 90.0), ("10m", 600.0), ("1h30m", 5400.0), ("1.5h", 5400.0), ("2d", 172_800.0), ("0.5s", 0.5)] {
            assert_eq!(parse(text).unwrap().as_secs_f64(), seconds, "{text}");
        }
        for text in ["", "10", "m", "10x", "-5s", "0s", "1h 5", "1..2s"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn clocks_round_to_seconds() {
        assert_eq!([clock(9.4), clock(80.0), clock(7390.0), clock(f64::NAN)], ["0:09", "1:20", "2:03:10", "0:00"]);
    }
}
