//! Moments as texts, and as places in the turns of the calendar.

use chrono::{Datelike, NaiveDate};

use super::{DAY, Moment};

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
