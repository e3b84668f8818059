//! The one spelling that nearly all tables have, read without detours: `2024-03-10`, `2024-03-10T18:00:00.5+01:00`; and that of cameras.

use chrono::NaiveDate;

use super::{DAY, Moment};

/// Reads such a date; of a text in any other spelling, or of none, nothing is said.
pub(super) fn read(text: &[u8]) -> Option<Moment> {
    let (date, rest) = text.split_at_checked(10)?;
    // Cameras write colons: 2024:03:10 18:00:00. Of other years that may be a span of time.
    let is_of_camera = date[4] == b':' && matches!(&date[..2], b"19" | b"20");
    if date[7] != date[4] || !(date[4] == b'-' || is_of_camera) {
        return None;
    }
    let date = NaiveDate::from_ymd_opt(number(&date[..4])? as i32, number(&date[5..7])?, number(&date[8..])?)?;
    let days = f64::from(date.to_epoch_days());
    let Some((joint, clock)) = rest.split_first() else {
        return Some(Moment { seconds: days * DAY, has_time: false });
    };
    if !matches!(joint, b'T' | b' ') {
        return None;
    }
    Some(Moment { seconds: days * DAY + time(clock)?, has_time: true })
}

/// Seconds of the day less the zone's offset.
fn time(text: &[u8]) -> Option<f64> {
    let (clock, rest) = text.split_at_checked(5)?;
    let (hour, minute) = (number(&clock[..2])?, number(&clock[3..])?);
    if clock[2] != b':' || hour > 23 || minute > 59 {
        return None;
    }
    let seconds = f64::from(hour * 3600 + minute * 60);
    let (seconds, rest) = match rest {
        [b':', rest @ ..] => {
            let end = rest.iter().position(|byte| !byte.is_ascii_digit() && *byte != b'.').unwrap_or(rest.len());
            let (second, rest) = rest.split_at(end);
            number(second.get(..2)?)?;
            let second: f64 = std::str::from_utf8(second).ok()?.parse().ok()?;
            // 60 is a leap second.
            ((second < 61.0).then_some(seconds + second)?, rest)
        }
        rest => (seconds, rest),
    };
    match rest {
        [] | [b'Z'] => Some(seconds),
        [sign @ (b'+' | b'-'), zone @ ..] if zone.len() == 5 && zone[2] == b':' => {
            let (hours, minutes) = (number(&zone[..2])?, number(&zone[3..])?);
            let offset = f64::from(hours * 3600 + minutes * 60);
            (hours < 24 && minutes < 60).then_some(if *sign == b'+' { seconds - offset } else { seconds + offset })
        }
        _ => None,
    }
}

/// A number of digits alone, which must be few.
fn number(digits: &[u8]) -> Option<u32> {
    let digit = |value: u32, byte: &u8| byte.is_ascii_digit().then(|| value * 10 + u32::from(byte - b'0'));
    digits.iter().try_fold(0, digit)
}
