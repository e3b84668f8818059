//! How a column of texts writes its numbers: decimal commas, separators of thousands, currencies, percent signs and units.
//!
//! A format is found from a whole column, since one cell seldom tells: `1,234` is more than a thousand in one file and little more than one in
//! another. It belongs to what is learned of a column, so that new rows are read as the training rows were.

mod affix;
mod find;

use serde::{Deserialize, Serialize};

use crate::value::parse_number;
use affix::Parts;
pub(crate) use find::{Found, find};

/// How numbers are written. The default is the plain form: a decimal point and nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NumberFormat {
    /// What stands before the fraction: a point or a comma.
    pub decimal: char,
    /// What stands between groups of digits. A space stands for all kinds of spaces, `'` for `’` too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thousands: Option<char>,
    /// What stands before each number: a currency.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub prefix: String,
    /// What stands behind each number: a percent sign, a unit, a currency.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub suffix: String,
}

impl Default for NumberFormat {
    fn default() -> Self {
        Self { decimal: '.', thousands: None, prefix: String::new(), suffix: String::new() }
    }
}

/// The marks that a configuration gives, for all columns of its tables.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct NumberMarks {
    /// The decimal mark, a point or a comma.
    pub decimal: Option<char>,
    /// What stands between groups of digits.
    pub thousands: Option<char>,
}

impl NumberFormat {
    /// Whether numbers are written with a decimal point and nothing else.
    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }

    /// A text as a number. What stands around the number may be left out, and the plain form is read too, unless its point could be a
    /// separator of thousands.
    pub(crate) fn parse(&self, text: &str) -> Option<f64> {
        if self.is_plain()
            && let Some(value) = parse_number(text)
        {
            return Some(value);
        }
        let of_format = || {
            let parts = Parts::of(text)?;
            let fits = parts.is_bare() || (parts.prefix == self.prefix && parts.suffix == self.suffix);
            number(parts.digits, self.decimal, self.thousands).filter(|_| fits).map(|value| if parts.negative { -value } else { value })
        };
        of_format().or_else(|| parse_number(text).filter(|_| self.decimal == '.' || !may_be_grouped(text)))
    }

    /// The format in a few words: `a decimal comma, " €" behind`.
    pub(crate) fn describe(&self) -> String {
        let mut words = Vec::new();
        if self.decimal == ',' {
            words.push("a decimal comma".to_owned());
        }
        if let Some(mark) = self.thousands {
            words.push(format!("\"{mark}\" between thousands"));
        }
        if !self.prefix.is_empty() {
            words.push(format!("\"{}\" before", self.prefix));
        }
        if !self.suffix.is_empty() {
            words.push(format!("\"{}\" behind", self.suffix));
        }
        words.join(", ")
    }
}

/// Whether a plain number has exactly one point, which could stand between groups of digits: `1.234`, but not `0.234` or `1.5`.
pub(crate) fn may_be_grouped(text: &str) -> bool {
    let text = text.trim();
    let text = text.strip_prefix(['-', '+']).unwrap_or(text);
    text.contains('.') && number(text, ',', Some('.')).is_some()
}

/// Digits with marks as a number.
fn number(digits: &str, decimal: char, thousands: Option<char>) -> Option<f64> {
    let (mantissa, exponent) = match digits.find(['e', 'E']) {
        Some(place) => digits.split_at(place),
        None => (digits, ""),
    };
    let (whole, fraction) = mantissa.split_once(decimal).unwrap_or((mantissa, ""));
    let is_of_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_of_digits(fraction) || (whole.is_empty() && fraction.is_empty()) {
        return None;
    }
    let whole = match thousands {
        Some(mark) => without_groups(whole, mark, mantissa.contains(decimal))?,
        None if is_of_digits(whole) => whole.to_owned(),
        None => return None,
    };
    format!("{whole}.{fraction}{exponent}").parse().ok()
}

/// Digits in groups of three (of two before the last, as in India) without what stands between them. Where there is no decimal mark beside, no
/// number begins with a group of 0: what stands behind it is a fraction.
fn without_groups(whole: &str, mark: char, has_decimal: bool) -> Option<String> {
    let is_mark = |character: char| match mark {
        ' ' => character.is_whitespace(),
        '\'' => matches!(character, '\'' | '’'),
        mark => character == mark,
    };
    let groups: Vec<&str> = whole.split(is_mark).collect();
    if !groups.iter().all(|group| group.bytes().all(|byte| byte.is_ascii_digit())) {
        return None;
    }
    if let [first, middle @ .., last] = groups.as_slice() {
        let of_three = middle.iter().all(|group| group.len() == 3) && (1..=3).contains(&first.len());
        let of_two = middle.iter().all(|group| group.len() == 2) && (1..=2).contains(&first.len());
        if last.len() != 3 || (first.starts_with('0') && !has_decimal) || !(of_three || of_two) {
            return None;
        }
    }
    Some(groups.concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn format(decimal: char, thousands: Option<char>, prefix: &str, suffix: &str) -> NumberFormat {
        NumberFormat { decimal, thousands, prefix: prefix.to_owned(), suffix: suffix.to_owned() }
    }

    #[test]
    fn formats_read_their_own_spellings() {
        let european = format(',', Some('.'), "", "€");
        for (text, expected) in [
            ("1.234,56 €", Some(1234.56)),
            ("-1.234,56€", Some(-1234.56)),
            ("12", Some(12.0)),
            ("0,5 €", Some(0.5)),
            ("0.107,17 €", Some(107.17)),
            (",5", Some(0.5)),
            ("1,5e-3", Some(0.0015)),
            // Unambiguous in the plain form too.
            ("6.4", Some(6.4)),
            ("0.234", Some(0.234)),
            ("1.234", Some(1234.0)),
            ("1,234.5 €", None),
            ("12 $", None),
            ("abc", None),
        ] {
            assert_eq!(european.parse(text), expected, "{text}");
        }
        assert_eq!(format(',', None, "", "").parse("1.234"), None, "a point that could separate thousands");
        let american = format('.', Some(','), "$", "");
        for (text, expected) in [
            ("$1,234", Some(1234.0)),
            ("-$5", Some(-5.0)),
            ("$-5", Some(-5.0)),
            ("($1,234.50)", Some(-1234.5)),
            ("7", Some(7.0)),
            ("$1,23", None),
            ("$12,34,567", Some(1_234_567.0)),
            ("$,5", None),
        ] {
            assert_eq!(american.parse(text), expected, "{text}");
        }
        assert_eq!(format('.', Some(' '), "", "km").parse("12\u{202f}500 km"), Some(12_500.0));
        assert_eq!(format('.', Some('\''), "CHF", "").parse("CHF 1’250.50"), Some(1250.5));
        assert_eq!(NumberFormat::default().parse("6,4"), None);
    }
}
