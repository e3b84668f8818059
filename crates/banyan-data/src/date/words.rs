//! Words of dates: months, weekdays, zones.

const MONTHS: [&str; 12] =
    ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"];
const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
/// Abbreviations of other than three letters.
const OTHER_WEEKDAYS: [&str; 3] = ["tues", "thur", "thurs"];
/// What may stand between: `9th of August 2023`, `August 9, 2023 at 10:15`.
const FILLERS: [&str; 4] = ["of", "the", "at", "on"];
const ORDINALS: [&str; 4] = ["st", "nd", "rd", "th"];
/// Zones by their name, in hours from UTC: those of RFC 2822, and Europe's.
const ZONES: [(&str, f64); 18] = [
    ("Z", 0.0),
    ("UTC", 0.0),
    ("GMT", 0.0),
    ("UT", 0.0),
    ("EST", -5.0),
    ("EDT", -4.0),
    ("CST", -6.0),
    ("CDT", -5.0),
    ("MST", -7.0),
    ("MDT", -6.0),
    ("PST", -8.0),
    ("PDT", -7.0),
    ("WET", 0.0),
    ("WEST", 1.0),
    ("CET", 1.0),
    ("CEST", 2.0),
    ("EET", 2.0),
    ("EEST", 3.0),
];

/// Whether a word is a name, or its first three letters.
fn is_short_for(word: &str, name: &str) -> bool {
    name.eq_ignore_ascii_case(word) || (word.len() == 3 && name[..3].eq_ignore_ascii_case(word))
}

fn is_one_of(word: &str, words: &[&str]) -> bool {
    words.iter().any(|known| known.eq_ignore_ascii_case(word))
}

/// The number of a month, from 1.
pub(super) fn month(word: &str) -> Option<u32> {
    let place = MONTHS.iter().position(|name| is_short_for(word, name));
    place.or_else(|| word.eq_ignore_ascii_case("sept").then_some(8)).map(|place| place as u32 + 1)
}

pub(super) fn is_weekday(word: &str) -> bool {
    WEEKDAYS.iter().any(|name| is_short_for(word, name)) || is_one_of(word, &OTHER_WEEKDAYS)
}

pub(super) fn is_filler(word: &str) -> bool {
    is_one_of(word, &FILLERS)
}

/// Whether a word behind a number makes it a first, a second, …
pub(super) fn is_ordinal(word: &str) -> bool {
    is_one_of(word, &ORDINALS)
}

/// The seconds that a zone is ahead of UTC.
pub(super) fn zone(word: &str) -> Option<f64> {
    ZONES.iter().find(|(name, _)| name.eq_ignore_ascii_case(word)).map(|(_, hours)| hours * 3600.0)
}
