//! Dates of digits alone, `20240310`, with or without a time of day, `20240310T180000Z`, and the weeks and days of a year in ISO 8601.

use std::ops::RangeInclusive;

use chrono::{NaiveDate, Weekday};

use super::{DAY, Moment};

/// The years that eight digits are read in: among other numbers of eight digits hardly any is such a date.
const YEARS: RangeInclusive<i32> = 1900..=2100;

/// Whether a text is a date of digits alone.
pub(crate) fn is_compact(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit()) && read(text).is_some()
}

/// Whether a text is a year.
pub(crate) fn is_year(text: &str) -> bool {
    text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Reads `20240310`, `202403101800`, `20240310180000`, `20240310T180000`, `2024-W10`, `2024-W10-7` and `2024-070`.
pub(super) fn read(text: &str) -> Option<Moment> {
    if let Some((year, rest)) = text.split_at_checked(4).and_then(|(year, rest)| Some((year, rest.strip_prefix('-')?))) {
        let days = f64::from(within_year(number(year)? as i32, rest)?.to_epoch_days());
        return Some(Moment { seconds: days * DAY, has_time: false });
    }
    let (date, rest) = text.split_at_checked(8)?;
    let days = day(date)?;
    let (clock, zone) = match rest.strip_suffix('Z') {
        Some(clock) => (clock, true),
        None => (rest, false),
    };
    let clock = match clock.strip_prefix('T') {
        Some(clock) => clock,
        // Without the T there are digits alone.
        None if zone => return None,
        None => clock,
    };
    if rest.is_empty() {
        return Some(Moment { seconds: days * DAY, has_time: false });
    }
    if !matches!(clock.len(), 4 | 6) {
        return None;
    }
    let second = if clock.len() == 6 { number(clock.get(4..)?)? } else { 0 };
    let (hour, minute) = (number(clock.get(..2)?)?, number(clock.get(2..4)?)?);
    let seconds = f64::from(hour * 3600 + minute * 60 + second);
    (hour < 24 && minute < 60 && second < 61).then_some(Moment { seconds: days * DAY + seconds, has_time: true })
}

/// The day of eight digits, year, month and day.
pub(super) fn day(digits: &str) -> Option<f64> {
    let (year, month, day) = (number(digits.get(..4)?)?, number(digits.get(4..6)?)?, number(digits.get(6..8)?)?);
    let year = i32::try_from(year).ok().filter(|year| YEARS.contains(year))?;
    (digits.len() == 8).then_some(f64::from(NaiveDate::from_ymd_opt(year, month, day)?.to_epoch_days()))
}

/// A week of a year, `W10` or `W10-7`, or a day of it, `070`.
fn within_year(year: i32, text: &str) -> Option<NaiveDate> {
    let Some(week) = text.strip_prefix('W') else {
        return (text.len() == 3).then(|| NaiveDate::from_yo_opt(year, number(text)?))?;
    };
    let (week, day) = week.split_once('-').unwrap_or((week, "1"));
    if week.len() != 2 || day.len() != 1 {
        return None;
    }
    let from_monday = u8::try_from(number(day)?).ok()?.checked_sub(1)?;
    NaiveDate::from_isoywd_opt(year, number(week)?, Weekday::try_from(from_monday).ok()?)
}

fn number(digits: &str) -> Option<u32> {
    let is_plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_plain.then(|| digits.parse().ok())?
}
