//! How the columns of a table write their numbers.

use super::written::Written;
use super::{Column, Table};
use crate::number_format::{Found, NumberFormat, NumberMarks, find, may_be_grouped};

/// What a table's reader knows of the marks in its numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Marks {
    /// Those that the options give.
    pub(super) given: NumberMarks,
    /// Whether cells are separated by semicolons, as they are where the comma is the decimal mark.
    pub(super) has_semicolons: bool,
}

impl Table {
    /// How a column writes its numbers: the plain form where they are numbers already, and where most texts are none.
    pub(crate) fn number_format(&self, column: &Column) -> NumberFormat {
        self.find_number_format(column).map(|found| found.format).unwrap_or_default()
    }

    /// The format that reads most texts of a column; nothing where the plain one reads all and could not mean anything else, or where most are
    /// no numbers.
    pub(crate) fn find_number_format(&self, column: &Column) -> Option<Found> {
        // As was seen when they were read.
        if column.written().is_some_and(Written::are_numbers) {
            return None;
        }
        let texts = column.texts();
        let mut may_all_be_grouped = true;
        let is_plain = texts.clone().all(|text| {
            may_all_be_grouped = may_all_be_grouped && (!text.contains('.') || may_be_grouped(text));
            is_plain(text)
        });
        let has_points = is_plain && may_all_be_grouped && texts.clone().any(|text| text.contains('.'));
        // Points that separate thousands: only another column can tell.
        if is_plain && !(has_points && self.comma_elsewhere(column) == Some(Comma::Decimal)) {
            return None;
        }
        let found = find(texts.clone(), self.marks.given, is_plain)?;
        if !found.is_ambiguous || self.marks.given.decimal.is_some() {
            return Some(found);
        }
        let elsewhere = self.comma_elsewhere(column);
        let is_guess = elsewhere.is_none() && self.marks.given.thousands.is_none();
        let found = match elsewhere.unwrap_or_else(|| self.guess_comma(column)) {
            Comma::Decimal => find(texts, self.marks.given, true)?,
            Comma::BetweenThousands => found,
        };
        Some(Found { is_guess, ..found })
    }

    /// What the comma is in a column in which it stands before three digits wherever it stands, and of which no other column tells: where numbers of
    /// three digits have none, it stands between thousands (`900`, `1,011`); otherwise it is decimal between semicolons, which are there because of it.
    fn guess_comma(&self, column: &Column) -> Comma {
        let is_hundreds = |text: &str| {
            let digits = text.trim_start_matches(|character: char| !character.is_ascii_digit());
            !text.contains([',', '.']) && !digits.starts_with('0') && text.bytes().filter(u8::is_ascii_digit).count() == 3
        };
        if self.marks.has_semicolons && !column.texts().any(is_hundreds) { Comma::Decimal } else { Comma::BetweenThousands }
    }

    /// The marks that the columns' numbers are written with, as far as they tell.
    pub fn number_marks(&self) -> NumberMarks {
        let mut marks = self.marks.given;
        for format in self.columns.iter().map(|column| self.number_format(column)) {
            if format.decimal == ',' {
                marks.decimal = marks.decimal.or(Some(','));
            }
            marks.thousands = marks.thousands.or(format.thousands);
        }
        // Columns that write numbers in different ways are each read in their own.
        if marks.decimal.is_some() && marks.decimal == marks.thousands { self.marks.given } else { marks }
    }

    /// What the comma is in the numbers of this table, by the options and by the numbers of the other columns; nothing where these do not tell.
    fn comma_elsewhere(&self, column: &Column) -> Option<Comma> {
        if let Some(mark) = self.marks.given.decimal {
            return Some(if mark == ',' { Comma::Decimal } else { Comma::BetweenThousands });
        }
        let others = || self.columns.iter().filter(|other| !std::ptr::eq(*other, column));
        let has_points = |other: &Column| match other.written() {
            Some(written) if written.are_numbers() => written.has_decimal_points(),
            _ => other.texts().all(is_plain) && other.texts().any(|text| text.contains('.') && !may_be_grouped(text)),
        };
        if others().any(has_points) {
            return Some(Comma::BetweenThousands);
        }
        let mut found = others().filter_map(|other| find(other.texts(), NumberMarks::default(), false));
        let has_commas = found.any(|found| found.first_miss.is_none() && !found.is_ambiguous && found.format.decimal == ',');
        has_commas.then_some(Comma::Decimal)
    }
}

/// What a comma in numbers is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comma {
    Decimal,
    BetweenThousands,
}

/// Whether a text is a number in the plain form.
pub(super) fn is_plain(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text).as_bytes();
    let points = digits.iter().filter(|byte| **byte == b'.').count();
    let is_short = digits.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.') && points <= 1 && digits.len() > points;
    // With an exponent, or none at all.
    is_short || (!digits.contains(&b',') && text.parse::<f64>().is_ok_and(f64::is_finite))
}
