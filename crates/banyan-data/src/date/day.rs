//! The day of a date whose time of day was taken out.

use chrono::NaiveDate;

use super::compact;
use super::pieces::Piece::{self, Mark, Number, Space, Word};
use super::words::{is_filler, is_ordinal, is_weekday, month};

/// A day, in days since 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Day {
    /// The same in any order.
    Sure(f64),
    /// As each order reads it; see [`Numbers`](super::Numbers).
    Numbers { day_first: Option<f64>, month_first: Option<f64>, is_short: bool, ends: Option<[u32; 2]> },
}

/// What counts of a date.
#[derive(Debug, Clone, Copy)]
enum Part<'a> {
    Number(&'a str),
    Month(u32),
}

/// Reads the day; nothing where any piece has no meaning.
pub(super) fn read(pieces: &[Piece<'_>]) -> Option<Day> {
    let (parts, gaps) = parts(pieces)?;
    let sure = |year: &str, month: u32, day: &str| Some(Day::Sure(days(year, month, day)?));
    match *parts.as_slice() {
        [Part::Number(digits)] if digits.len() == 8 => compact::day(digits).map(Day::Sure),
        [Part::Number(first), Part::Month(month), Part::Number(last)] => match (first.len(), last.len()) {
            (4, _) => sure(first, month, last),
            _ => sure(last, month, first),
        },
        [Part::Month(month), Part::Number(day), Part::Number(year)] => sure(year, month, day),
        [Part::Month(month), Part::Number(year)] | [Part::Number(year), Part::Month(month)] if year.len() == 4 => sure(year, month, "1"),
        [Part::Number(first), Part::Number(second)] if matches!(gaps[0], '-' | '/') => match (first.len(), second.len()) {
            (4, 1..=2) => sure(first, second.parse().ok()?, "1"),
            (1..=2, 4) => sure(second, first.parse().ok()?, "1"),
            _ => None,
        },
        [Part::Number(first), Part::Number(second), Part::Number(third)] if gaps[0] == gaps[1] => of_three([first, second, third], gaps[0]),
        _ => None,
    }
}

/// Reads a text that is nothing but three numbers, as most dates are that are not of ISO 8601, without cutting it into pieces.
pub(super) fn read_three(text: &str) -> Option<Day> {
    let separator = text.chars().find(|character| matches!(character, '-' | '/' | '.'))?;
    let mut parts = text.split(separator);
    let three = [parts.next()?, parts.next()?, parts.next()?];
    let are_digits = three.iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
    if are_digits && parts.next().is_none() { of_three(three, separator) } else { None }
}

/// Three numbers with the same mark between.
fn of_three([first, second, third]: [&str; 3], gap: char) -> Option<Day> {
    if !matches!(gap, '-' | '/' | '.') {
        return None;
    }
    match (first.len(), second.len(), third.len()) {
        (4, 1..=2, 1..=2) => days(first, second.parse().ok()?, third).map(Day::Sure),
        (1..=2, 1..=2, 2 | 4) => numbers([first, second, third], gap),
        _ => None,
    }
}

/// A date with its year last.
fn numbers([first, second, year]: [&str; 3], gap: char) -> Option<Day> {
    let day_first = days(year, second.parse().ok()?, first);
    let month_first = days(year, first.parse().ok()?, second);
    let is_short = year.len() == 2;
    // With hyphens a year of two digits may come first: 24-03-10. With slashes and dots nobody writes that.
    let may_be_year = is_short && gap == '-' && first.len() == 2 && days(first, second.parse().ok()?, year).is_some();
    let ends = if may_be_year { Some([first.parse().ok()?, year.parse().ok()?]) } else { None };
    (day_first.is_some() || month_first.is_some()).then_some(Day::Numbers { day_first, month_first, is_short, ends })
}

/// The parts, and the mark in each gap between them, a space where there is none.
fn parts<'a>(pieces: &[Piece<'a>]) -> Option<(Vec<Part<'a>>, Vec<char>)> {
    let (mut parts, mut gaps): (Vec<Part<'_>>, Vec<char>) = (Vec::with_capacity(3), Vec::with_capacity(3));
    let (mut gap, mut weekdays) = (None, 0);
    for (place, piece) in pieces.iter().enumerate() {
        let part = match *piece {
            Space => continue,
            Word(word) if place > 0 && is_ordinal(word) && matches!(pieces[place - 1], Number(_)) => continue,
            Word(word) if is_filler(word) => continue,
            Word(word) if is_weekday(word) => {
                weekdays += 1;
                // The commas around it part it from the date, not the parts of the date.
                gap = gap.filter(|mark| *mark != ',');
                continue;
            }
            Mark(',' | '.') if place > 0 && matches!(pieces[place - 1], Word(word) if is_weekday(word)) => continue,
            // Behind a time of day that comes first.
            Mark(',') if parts.is_empty() => continue,
            Mark(mark @ ('-' | '/' | '.' | ',')) if gap.is_none() => {
                gap = Some(mark);
                continue;
            }
            Mark(_) => return None,
            Word(word) => Part::Month(month(word)?),
            Number(digits) => Part::Number(digits),
        };
        match (parts.is_empty(), gap.take()) {
            (true, None) => {}
            (true, Some(_)) => return None,
            (false, mark) => gaps.push(mark.unwrap_or(' ')),
        }
        parts.push(part);
        if parts.len() > 3 {
            return None;
        }
    }
    (weekdays <= 1 && matches!(gap, None | Some(',' | '.'))).then_some((parts, gaps))
}

/// Days since 1970-01-01. Years of two digits are those from 1969 to 2068, as POSIX says.
fn days(year: &str, month: u32, day: &str) -> Option<f64> {
    let number: i32 = year.parse().ok()?;
    let year = match (year.len(), number) {
        (4, year) => year,
        (2, 69..) => 1900 + number,
        (2, _) => 2000 + number,
        _ => return None,
    };
    let day = if day.len() <= 2 { day.parse().ok()? } else { return None };
    Some(f64::from(NaiveDate::from_ymd_opt(year, month, day)?.to_epoch_days()))
}
