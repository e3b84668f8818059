//! Dates as seconds since 1970, without a calendar library.
//!
//! Dates are read in ISO 8601's forms (`2024-03-10`, `2024/3/10 18:00`, `2024-03-10T18:00:00.5+01:00`) and, where the
//! column as a whole shows which is which, with day or month first (`10.03.2004`, `3/31/2004`).

use serde::{Deserialize, Serialize};

/// Which part of a date comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DateOrder {
    /// Year, month, day, as ISO 8601 writes.
    YearFirst,
    /// Day, month, year.
    DayFirst,
    /// Month, day, year.
    MonthFirst,
}

/// A moment as a cell gave it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moment {
    /// Seconds since 1970-01-01 00:00, in UTC where the cell named a zone.
    pub seconds: f64,
    /// Whether the cell had a time of day.
    pub has_time: bool,
}

const DAY: f64 = 86_400.0;

/// Reads a date with its parts in the given order; `None` if the text is not such a date.
pub fn parse_date(text: &str, order: DateOrder) -> Option<Moment> {
    let text = text.trim();
    let end = text.find(['T', 't', ' ']).unwrap_or(text.len());
    let (date, time) = text.split_at(end);
    let days = parse_day(date, order)?;
    let time = time.get(1..).unwrap_or("").trim();
    if time.is_empty() {
        return (end == text.len()).then_some(Moment { seconds: days as f64 * DAY, has_time: false });
    }
    Some(Moment { seconds: days as f64 * DAY + parse_time(time)?, has_time: true })
}

/// The order in which every one of the texts is a date. Year first wins; where day first and month first
/// both fit every text, the table does not say which is meant.
pub fn find_order<'a>(texts: impl Iterator<Item = &'a str> + Clone) -> DateOrderFound {
    let fits = |order| texts.clone().all(|text| parse_date(text, order).is_some());
    if fits(DateOrder::YearFirst) {
        return DateOrderFound::One(DateOrder::YearFirst);
    }
    match (fits(DateOrder::DayFirst), fits(DateOrder::MonthFirst)) {
        (true, false) => DateOrderFound::One(DateOrder::DayFirst),
        (false, true) => DateOrderFound::One(DateOrder::MonthFirst),
        (true, true) => DateOrderFound::Ambiguous,
        (false, false) => DateOrderFound::None,
    }
}

/// What [`find_order`] found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateOrderFound {
    /// One order fits.
    One(DateOrder),
    /// Day first and month first both fit.
    Ambiguous,
    /// No order fits.
    None,
}

fn parse_day(text: &str, order: DateOrder) -> Option<i64> {
    let separator = text.chars().find(|character| matches!(character, '-' | '/' | '.'))?;
    let parts: Vec<&str> = text.split(separator).collect();
    let number = |part: &str, longest: usize| -> Option<i64> {
        let plain = (1..=longest).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        plain.then(|| part.parse().ok()).flatten()
    };
    let (year, month, day) = match (order, parts.as_slice()) {
        (DateOrder::YearFirst, [year, month]) if separator != '.' => (*year, *month, "1"),
        (DateOrder::YearFirst, [year, month, day]) => (*year, *month, *day),
        (DateOrder::DayFirst, [day, month, year]) | (DateOrder::MonthFirst, [month, day, year]) => (*year, *month, *day),
        _ => return None,
    };
    // Two-digit years are left alone: their century is a guess.
    if year.len() != 4 {
        return None;
    }
    let (year, month, day) = (number(year, 4)?, number(month, 2)?, number(day, 2)?);
    let valid = (1..=12).contains(&month) && (1..=days_in_month(year, month)).contains(&day);
    valid.then(|| days_from_civil(year, month, day))
}

/// Seconds of the day less the zone's offset, so that the sum with the day is in UTC.
fn parse_time(text: &str) -> Option<f64> {
    let (clock, zone) = match text.find(['Z', 'z', '+', '-']) {
        Some(at) => (text[..at].trim_end(), parse_zone(&text[at..])?),
        None => (text, 0.0),
    };
    let parts: Vec<&str> = clock.split(':').collect();
    let (hour, minute, second) = match parts.as_slice() {
        [hour, minute] => (*hour, *minute, "0"),
        [hour, minute, second] => (*hour, *minute, *second),
        _ => return None,
    };
    let is_plain = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if !(is_plain(hour) && is_plain(minute) && is_plain(second)) {
        return None;
    }
    let (hour, minute): (u32, u32) = (hour.parse().ok()?, minute.parse().ok()?);
    let second: f64 = second.parse().ok()?;
    // 60 is a leap second.
    (hour < 24 && minute < 60 && second < 61.0).then(|| f64::from(hour * 3600 + minute * 60) + second - zone)
}

fn parse_zone(text: &str) -> Option<f64> {
    let (sign, digits) = match text.chars().next()? {
        'Z' | 'z' => return (text.len() == 1).then_some(0.0),
        '+' => (1.0, &text[1..]),
        '-' => (-1.0, &text[1..]),
        _ => return None,
    };
    let digits = digits.replace(':', "");
    if !matches!(digits.len(), 2 | 4) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let hours: f64 = digits[..2].parse().ok()?;
    let minutes: f64 = if digits.len() == 4 { digits[2..].parse().ok()? } else { 0.0 };
    Some(sign * (hours * 3600.0 + minutes * 60.0))
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 in the proleptic Gregorian calendar: whole years, then whole months, then days.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let before = year - 1;
    let leap_days = before.div_euclid(4) - before.div_euclid(100) + before.div_euclid(400);
    const LEAP_DAYS_BEFORE_1970: i64 = 1969 / 4 - 1969 / 100 + 1969 / 400;
    let years = (year - 1970) * 365 + leap_days - LEAP_DAYS_BEFORE_1970;
    years + (1..month).map(|earlier| days_in_month(year, earlier)).sum::<i64>() + day - 1
}

/// The inverse of [`days_from_civil`].
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    // The mean year is 365.2425 days; the guess is off by at most one year.
    let mut year = 1970 + (days as f64 / 365.2425).floor() as i64;
    while days_from_civil(year, 1, 1) > days {
        year -= 1;
    }
    while days_from_civil(year + 1, 1, 1) <= days {
        year += 1;
    }
    let mut rest = days - days_from_civil(year, 1, 1);
    let mut month = 1;
    while rest >= days_in_month(year, month) {
        rest -= days_in_month(year, month);
        month += 1;
    }
    (year, month, rest + 1)
}

/// A moment in ISO 8601, without a time of day at midnight if `has_time` is false.
pub(crate) fn format_moment(moment: Moment) -> String {
    let days = (moment.seconds / DAY).floor();
    let (year, month, day) = civil_from_days(days as i64);
    if !moment.has_time {
        return format!("{year:04}-{month:02}-{day:02}");
    }
    let seconds = moment.seconds - days * DAY;
    let (hour, minute) = ((seconds / 3600.0) as u32, (seconds % 3600.0 / 60.0) as u32);
    let second = seconds % 60.0;
    let whole = second.fract() == 0.0;
    let clock = if whole { format!("{second:02}") } else { format!("{second:09.6}") };
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{clock}")
}

/// The cyclic parts of a moment as fractions of a turn: place in the year, day of the week (Monday first),
/// hour of the day.
pub(crate) fn cycles(seconds: f64) -> [f64; 3] {
    let days = (seconds / DAY).floor();
    let (year, _, _) = civil_from_days(days as i64);
    let length = if is_leap(year) { 366.0 } else { 365.0 };
    let of_year = (days - days_from_civil(year, 1, 1) as f64) / length;
    // 1970-01-01 was a Thursday, the fourth day.
    let of_week = (days + 3.0).rem_euclid(7.0) / 7.0;
    let of_day = (seconds - days * DAY) / DAY;
    [of_year, of_week, of_day]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(text: &str) -> Option<f64> {
        parse_date(text, DateOrder::YearFirst).map(|moment| moment.seconds)
    }

    #[test]
    fn known_moments() {
        assert_eq!(seconds("1970-01-01"), Some(0.0));
        assert_eq!(seconds("2000-03-01"), Some(951_868_800.0));
        assert_eq!(seconds("2024-02-29T12:30:00Z"), Some(1_709_209_800.0));
        assert_eq!(seconds("2024-02-29 13:30:00+01:00"), Some(1_709_209_800.0));
        assert_eq!(seconds("2024/2"), seconds("2024-02-01"));
        assert_eq!(seconds("1969-12-31T23:59:59.5"), Some(-0.5));
    }

    #[test]
    fn refuses_what_is_no_date() {
        for text in ["2023-02-29", "2024-13-01", "24-01-01", "2024", "2024-01-01T", "2024-01-01 25:00", "", "a-b-c", "2024-01-01 10:00+1"] {
            assert_eq!(seconds(text), None, "{text}");
        }
    }

    #[test]
    fn the_column_tells_the_order() {
        let order = |texts: &[&'static str]| find_order(texts.iter().copied());
        assert_eq!(order(&["10/03/2004", "31/03/2004"]), DateOrderFound::One(DateOrder::DayFirst));
        assert_eq!(order(&["10/03/2004", "03/31/2004"]), DateOrderFound::One(DateOrder::MonthFirst));
        assert_eq!(order(&["10.03.2004"]), DateOrderFound::Ambiguous);
        assert_eq!(order(&["2004-03-10", "31/03/2004"]), DateOrderFound::None);
    }

    #[test]
    fn days_go_there_and_back() {
        for days in (-200_000..200_000).step_by(37) {
            let (year, month, day) = civil_from_days(days);
            assert_eq!(days_from_civil(year, month, day), days);
        }
        for text in ["2024-02-29", "1969-12-31T23:59:05", "2024-02-29T12:30:00.250000"] {
            let moment = parse_date(text, DateOrder::YearFirst).unwrap();
            assert_eq!(format_moment(moment), text);
        }
    }

    #[test]
    fn cycles_of_a_known_day() {
        // 2024-07-01 was a Monday, the 183rd day of a leap year.
        let [year, week, day] = cycles(seconds("2024-07-01 06:00").unwrap());
        assert_eq!((year, week, day), (182.0 / 366.0, 0.0, 0.25));
    }
}
