//! What is wrong with a file whose lengths do not agree, and how what a reader says of one becomes the end of a sentence.

use std::fmt::Display;

use crate::Error;

/// Characters of a reader's message that are kept: some print what they have read.
const LONGEST: usize = 300;

/// A length or a number in a file that the file itself cannot hold.
pub(crate) fn damaged(what: &str) -> Error {
    format!("it is damaged: {what}; copy or write the file again").into()
}

/// A reader that panicked.
pub(crate) fn failed() -> Error {
    damaged("its reader failed")
}

/// An error of a reader: its first line, without control characters, and not longer than a sentence is.
pub(crate) fn described(cause: &dyn Display) -> Error {
    let cause = cause.to_string();
    let line = cause.lines().next().unwrap_or_default();
    let mut text: String = line.chars().take(LONGEST).map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    if line.chars().nth(LONGEST).is_some() {
        text.push('…');
    }
    text.into()
}

/// A number of a file, where one that is negative cannot be meant.
pub(crate) fn unsigned(value: i64, what: &str) -> Result<u64, Error> {
    u64::try_from(value).map_err(|_| damaged(&format!("{what} is negative")))
}

/// Whether a part lies within a whole.
pub(crate) fn within(start: u64, length: u64, whole: u64) -> bool {
    start.checked_add(length).is_some_and(|end| end <= whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_of_readers_are_one_short_line() {
        assert_eq!(described(&"Parquet error: x\u{1b}[31m\nat 3").to_string(), "Parquet error: x [31m");
        assert_eq!(described(&"é".repeat(5000)).to_string().chars().count(), LONGEST + 1);
    }

    #[test]
    fn sums_beyond_all_numbers_lie_within_nothing() {
        assert!(within(3, 4, 7) && !within(3, 5, 7) && !within(u64::MAX, 2, u64::MAX));
    }
}
