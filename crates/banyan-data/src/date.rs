//! Dates as seconds since 1970.
//!
//! Dates are read in ISO 8601's forms (`2024-03-10`, `2024/3/10 18:00`, `2024-03-10T18:00:00.5+01:00`) and, where the
//! column as a whole shows which is which, with day or month first (`10.03.2004`, `3/31/2004`).

use chrono::{Datelike, NaiveDate};
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
    let days = f64::from(parse_day(date, order)?.to_epoch_days());
    let time = time.get(1..).unwrap_or("").trim();
    if time.is_empty() {
        return (end == text.len()).then_some(Moment { seconds: days * DAY, has_time: false });
    }
    Some(Moment { seconds: days * DAY + parse_time(time)?, has_time: true })
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

fn parse_day(text: &str, order: DateOrder) -> Option<NaiveDate> {
    let separator = text.chars().find(|character| matches!(character, '-' | '/' | '.'))?;
    let parts: Vec<&str> = text.split(separator).collect();
    let number = |part: &str, longest: usize| -> Option<u32> {
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
    NaiveDate::from_ymd_opt(number(year, 4)?.try_into().ok()?, number(month, 2)?, number(day, 2)?)
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

/// The day, so many days after 1970-01-01. What is further away than a calendar goes (some 260,000 years) is its first or last day.
fn day_of(days: f64) -> NaiveDate {
    let farthest = if days < 0.0 { NaiveDate::MIN } else { NaiveDate::MAX };
    // A cast from a float saturates.
    NaiveDate::from_epoch_days(days as i32).unwrap_or(farthest)
}

/// A moment in ISO 8601, without a time of day at midnight if `has_time` is false.
pub(crate) fn format_moment(moment: Moment) -> String {
    let days = (moment.seconds / DAY).floor();
    let date = day_of(days);
    let date = format!("{:04}-{:02}-{:02}", date.year(), date.month(), date.day());
    if !moment.has_time {
        return date;
    }
    let seconds = moment.seconds - days * DAY;
    let (hour, minute) = ((seconds / 3600.0) as u32, (seconds % 3600.0 / 60.0) as u32);
    let second = seconds % 60.0;
    let whole = second.fract() == 0.0;
    let clock = if whole { format!("{second:02}") } else { format!("{second:09.6}") };
    format!("{date}T{hour:02}:{minute:02}:{clock}")
}

/// The cyclic parts of a moment as fractions of a turn: place in the year, day of the week (Monday first),
/// hour of the day.
pub(crate) fn cycles(seconds: f64) -> [f64; 3] {
    let days = (seconds / DAY).floor();
    let day = day_of(days);
    let length = if day.leap_year() { 366.0 } else { 365.0 };
    let of_year = f64::from(day.ordinal0()) / length;
    let of_week = f64::from(day.weekday().num_days_from_monday()) / 7.0;
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
    fn moments_are_written_as_they_are_read() {
        for text in ["2024-02-29", "1969-12-31T23:59:05", "2024-02-29T12:30:00.250000"] {
            let moment = parse_date(text, DateOrder::YearFirst).unwrap();
            assert_eq!(format_moment(moment), text);
        }
        let far = |seconds| format_moment(Moment { seconds, has_time: false });
        assert_eq!((far(253_402_300_800.0), far(-62_198_755_200.0)), ("10000-01-01".to_owned(), "-001-01-01".to_owned()));
        assert_eq!((far(1e18), far(-1e18)), ("262142-12-31".to_owned(), "-262143-01-01".to_owned()));
    }

    #[test]
    fn cycles_of_a_known_day() {
        // 2024-07-01 was a Monday, the 183rd day of a leap year.
        let [year, week, day] = cycles(seconds("2024-07-01 06:00").unwrap());
        assert_eq!((year, week, day), (182.0 / 366.0, 0.0, 0.25));
    }
}
