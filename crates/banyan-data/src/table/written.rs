//! What is known of the texts that a column was read from, as far as they are numbers.

use super::entry::{Entry, Place};
use super::plain::plain_number;
use super::texts;
use crate::number_format::may_be_grouped;

/// How the texts of a column write numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Written {
    /// Whether texts were turned into the numbers that they spell.
    has_numbers: bool,
    /// Whether every text spells a number with a decimal point and nothing else, in whatever way.
    are_all_plain: bool,
    /// Whether one of them has a point, and whether all points could stand between groups of digits.
    has_points: bool,
    may_all_be_grouped: bool,
}

impl Default for Written {
    fn default() -> Self {
        Self { has_numbers: false, are_all_plain: true, has_points: false, may_all_be_grouped: true }
    }
}

impl Written {
    fn see(&mut self, text: &str) {
        // After one point that is a decimal one nothing is left to learn.
        if self.may_all_be_grouped && text.contains('.') {
            self.has_points = true;
            self.may_all_be_grouped = may_be_grouped(text);
        }
    }

    /// What is known of several parts of a column together.
    pub(super) fn and(self, other: Self) -> Self {
        Self {
            has_numbers: self.has_numbers || other.has_numbers,
            are_all_plain: self.are_all_plain && other.are_all_plain,
            has_points: self.has_points || other.has_points,
            may_all_be_grouped: self.may_all_be_grouped && other.may_all_be_grouped,
        }
    }

    /// Whether numbers have to be texts again: among words, and where all of them could mean another number (`1.234`).
    pub(super) fn must_be_spelled(self) -> bool {
        self.has_numbers && !self.are_numbers()
    }

    /// Whether all texts are numbers with a decimal point and nothing else, and could not be others.
    pub(super) fn are_numbers(self) -> bool {
        self.are_all_plain && !(self.has_points && self.may_all_be_grouped)
    }

    /// Whether some texts are no such numbers.
    pub(super) fn has_words(self) -> bool {
        !self.are_all_plain
    }

    /// Whether some of them have a point, which then is a decimal one.
    pub(super) fn has_decimal_points(self) -> bool {
        self.are_numbers() && self.has_points
    }
}

/// Cells of a column that were read from texts, before they are put to the others.
#[derive(Debug, Default)]
pub(super) struct Part {
    pub(super) entries: Vec<Entry>,
    /// The texts of those cells that are none of a plain number.
    pub(super) text: String,
    pub(super) written: Written,
    /// Whether numbers are to be left as texts.
    is_of_texts: bool,
}

impl Part {
    /// A part of a column of which it is known whether it has words. Numbers among words stay texts in the end, and are not looked for.
    pub(super) fn new(is_of_texts: bool) -> Self {
        let written = Written { are_all_plain: !is_of_texts, ..Written::default() };
        Self { is_of_texts, written, ..Self::default() }
    }

    pub(super) fn push_missing(&mut self) {
        self.entries.push(Entry::MISSING);
    }

    /// Appends a text that is not empty and has no space at its ends.
    pub(super) fn push(&mut self, text: &str) {
        if !self.is_of_texts {
            if let Some(value) = plain_number(text) {
                self.written.has_numbers = true;
                self.written.see(text);
                self.entries.push(Entry::new(Place::Number(value)));
                return;
            }
            if super::numbers::is_plain(text) {
                self.written.see(text);
            } else {
                self.written.are_all_plain = false;
                self.is_of_texts = true;
            }
        }
        self.entries.push(Entry::new(Place::Text(texts::push(&mut self.text, text))));
    }
}
