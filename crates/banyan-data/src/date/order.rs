//! Which part of its dates comes first in a column.

use super::{DateOrder, Numbers, Reading, reading};

/// What [`find_order`] found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateOrderFound {
    /// One order fits.
    One(DateOrder),
    /// Several fit, so that the table does not say which is meant.
    Ambiguous,
    /// No order fits.
    None,
}

/// Days of a month lie this far apart in a column of some rows.
const DAYS_APART: u32 = 27;
/// The years of a table lie closer.
const YEARS_APART: u32 = 20;

/// The order in which every one of the texts is a date. Those whose spelling tells the order fit any.
pub fn find_order<'a>(texts: impl Iterator<Item = &'a str>) -> DateOrderFound {
    let (mut is_open, mut day_first, mut month_first) = (false, true, true);
    // Where every date may as well begin with a year of two digits: how far apart what stands first is, and what stands last.
    let (mut year_first, mut ends) = (true, [(u32::MAX, 0), (u32::MAX, 0)]);
    for text in texts {
        let numbers = match reading(text) {
            None => return DateOrderFound::None,
            Some(Reading::Sure(_)) => continue,
            Some(Reading::Numbers(numbers)) => numbers,
        };
        let Numbers { day_first: day, month_first: month, ends: own, .. } = numbers;
        (is_open, day_first, month_first) = (true, day_first && day.is_some(), month_first && month.is_some());
        year_first &= own.is_some();
        for ((least, most), end) in ends.iter_mut().zip(own.into_iter().flatten()) {
            (*least, *most) = ((*least).min(end), (*most).max(end));
        }
    }
    if !is_open {
        return DateOrderFound::One(DateOrder::YearFirst);
    }
    let [first, last] = ends.map(|(least, most)| most.saturating_sub(least));
    let found = match (day_first, month_first) {
        (true, false) => DateOrderFound::One(DateOrder::DayFirst),
        (false, true) => DateOrderFound::One(DateOrder::MonthFirst),
        (true, true) => DateOrderFound::Ambiguous,
        (false, false) => DateOrderFound::None,
    };
    let begins_with_days = first >= DAYS_APART && last <= YEARS_APART;
    if year_first && found == DateOrderFound::One(DateOrder::DayFirst) && !begins_with_days { DateOrderFound::Ambiguous } else { found }
}
