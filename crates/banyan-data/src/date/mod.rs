//! Dates as seconds since 1970.
//!
//! A date is read in whatever spelling says which part is which: ISO 8601 (`2024-03-10`, `2024/3/10 18:00`,
//! `2024-03-10T18:00:00.5+01:00`, `20240310`, as cameras write it (`2024:03:10 18:00:00`), `2024-03`, `2024-W10-7`, `2024-070`) with or without a time of day, and the names of
//! months (`10-Mar-2024`, `March 10, 2024 6:00 PM`, `Sun, 10 Mar 2024 18:00:00 +0100`). Of numbers with the year last
//! (`10.03.2004`, `3/31/2004`) only the column as a whole says whether the day or the month comes first: [`find_order`].

mod clock;
mod compact;
mod day;
mod iso;
mod looks;
mod order;
mod pieces;
#[cfg(test)]
mod tests;
mod words;
mod write;

use serde::{Deserialize, Serialize};

pub use order::{DateOrderFound, find_order};

pub(crate) use compact::{is_compact, is_year};
pub(crate) use looks::looks_like_date;
pub(crate) use write::{cycles, format_moment};

/// Which part of a date comes first, where its spelling leaves that open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DateOrder {
    /// Year, month, day, or whatever the spelling says of itself.
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

/// What a text is as a date.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Reading {
    /// The same in any order.
    Sure(Moment),
    /// Numbers of which only their order tells the day from the month.
    Numbers(Numbers),
}

/// A date of three numbers, the year last, as each order reads it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Numbers {
    day_first: Option<Moment>,
    month_first: Option<Moment>,
    /// The year has two digits.
    is_short: bool,
    /// Where the year might as well come first, in two digits: what stands first and last.
    ends: Option<[u32; 2]>,
}

impl Numbers {
    /// The moment in an order; of a date that only one order reads, in any.
    fn in_order(self, order: DateOrder) -> Option<Moment> {
        match order {
            DateOrder::DayFirst => self.day_first,
            DateOrder::MonthFirst => self.month_first,
            // Two digits may be those of a year that comes first.
            DateOrder::YearFirst if self.is_short => None,
            DateOrder::YearFirst => match (self.day_first, self.month_first) {
                (Some(moment), None) | (None, Some(moment)) => Some(moment),
                (Some(left), Some(right)) => (left == right).then_some(left),
                (None, None) => None,
            },
        }
    }
}

/// Reads a date; `None` if the text is none that has its parts in the given order, or in one that its spelling tells.
pub fn parse_date(text: &str, order: DateOrder) -> Option<Moment> {
    match reading(text)? {
        Reading::Sure(moment) => Some(moment),
        Reading::Numbers(numbers) => numbers.in_order(order),
    }
}

/// Reads a text as a date.
pub(crate) fn reading(text: &str) -> Option<Reading> {
    let text = text.trim();
    // Nearly all dates of tables are of this form.
    if let Some(moment) = iso::read(text.as_bytes()) {
        return Some(Reading::Sure(moment));
    }
    if let Some(moment) = compact::read(text) {
        return Some(Reading::Sure(moment));
    }
    let (day, clock) = match day::read_three(text) {
        Some(day) => (day, None),
        None => {
            let mut pieces = pieces::cut(text)?;
            let clock = clock::take(&mut pieces).ok()?;
            (day::read(&pieces)?, clock)
        }
    };
    let at = |days: f64| Moment { seconds: days * DAY + clock.unwrap_or(0.0), has_time: clock.is_some() };
    Some(match day {
        day::Day::Sure(days) => Reading::Sure(at(days)),
        day::Day::Numbers { day_first, month_first, is_short, ends } => {
            Reading::Numbers(Numbers { day_first: day_first.map(at), month_first: month_first.map(at), is_short, ends })
        }
    })
}
