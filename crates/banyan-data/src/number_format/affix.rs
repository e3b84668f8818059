//! What stands around a number: its sign, a currency, a percent sign or a unit.

/// A text that holds one number.
#[derive(Debug, PartialEq)]
pub(super) struct Parts<'a> {
    pub(super) negative: bool,
    /// A currency, or nothing.
    pub(super) prefix: &'a str,
    /// Digits with the marks between them, and an exponent.
    pub(super) digits: &'a str,
    /// A percent sign, a currency or a unit, or nothing. A unit has no plural: `1 year` and `3 years` have one.
    pub(super) suffix: &'a str,
}

/// Currencies that are written before a number, besides those of one symbol.
const CURRENCIES: [&str; 44] = [
    "US$", "A$", "AU$", "C$", "CA$", "NZ$", "HK$", "S$", "R$", "NT$", "Rs", "Rs.", "kr", "Fr.", "USD", "EUR", "GBP", "JPY", "CNY", "CHF",
    "AUD", "CAD", "NZD", "INR", "BRL", "KRW", "SEK", "NOK", "DKK", "PLN", "CZK", "HUF", "TRY", "ZAR", "MXN", "SGD", "HKD", "THB", "ILS",
    "RUB", "UAH", "IDR", "MYR", "VND",
];
const SYMBOLS: &str = "$€£¥₹₩₽₺₪₫₴₦₱₲₡₵₸₼₾฿¢¤";
/// The longest unit, in characters.
const LONGEST_UNIT: usize = 14;
/// What follows numbers without being a unit: times of day, ordinal numbers.
const NO_UNITS: [&str; 8] = ["am", "pm", "a.m.", "p.m.", "st", "nd", "rd", "th"];

impl<'a> Parts<'a> {
    /// Takes a text apart; nothing where it holds no number, or more than one.
    pub(super) fn of(text: &'a str) -> Option<Self> {
        let text = text.trim();
        // As accountants write what is owed.
        let (text, owed) = match text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
            Some(inner) => (inner, true),
            None => (text, false),
        };
        let first = text.find(|character: char| character.is_ascii_digit())?;
        // A fraction without a digit before it.
        let begin = first - usize::from(text[..first].ends_with(['.', ',']));
        let (head, rest) = text.split_at(begin);
        let (digits, suffix) = rest.split_at(end_of_digits(rest));
        let (prefix, is_minus) = without_sign(head);
        let suffix = singular(suffix.trim());
        let is_known = (prefix.is_empty() || is_currency(prefix)) && (suffix.is_empty() || is_behind_numbers(suffix));
        (is_known && !(owed && is_minus)).then_some(Self { negative: owed || is_minus, prefix, digits, suffix })
    }

    /// Whether nothing but a sign stands around the digits.
    pub(super) fn is_bare(&self) -> bool {
        self.prefix.is_empty() && self.suffix.is_empty()
    }
}

/// The end of the digits with their marks, an exponent included.
fn end_of_digits(text: &str) -> usize {
    let is_mark = |character: char| matches!(character, '.' | ',' | '\'' | '’' | '_' | ' ' | '\u{a0}' | '\u{2009}' | '\u{202f}');
    let after = text.find(|character: char| !character.is_ascii_digit() && !is_mark(character)).unwrap_or(text.len());
    let end = text[..after].rfind(|character: char| character.is_ascii_digit()).map_or(0, |place| place + 1);
    let exponent = text[end..].strip_prefix(['e', 'E']).map_or(0, |rest| {
        let signed = rest.strip_prefix(['-', '+']).unwrap_or(rest);
        let digits = signed.bytes().take_while(u8::is_ascii_digit).count();
        let ends = !signed[digits..].starts_with(char::is_alphanumeric);
        if digits > 0 && ends { 1 + rest.len() - signed.len() + digits } else { 0 }
    });
    end + exponent
}

/// What stands before a number without its sign, on whichever side of a currency that is.
fn without_sign(head: &str) -> (&str, bool) {
    let head = head.trim();
    for (sign, is_minus) in [('-', true), ('−', true), ('+', false)] {
        if let Some(rest) = head.strip_prefix(sign).or_else(|| head.strip_suffix(sign)) {
            return (rest.trim(), is_minus);
        }
    }
    (head, false)
}

fn is_currency(text: &str) -> bool {
    let mut characters = text.chars();
    let is_symbol = characters.next().is_some_and(|first| SYMBOLS.contains(first)) && characters.next().is_none();
    is_symbol || CURRENCIES.contains(&text)
}

/// A unit of several things is the unit of one.
fn singular(unit: &str) -> &str {
    unit.strip_suffix('s').filter(|stem| stem.len() > 2 && stem.bytes().all(|byte| byte.is_ascii_lowercase())).unwrap_or(unit)
}

/// Whether a text is a percent sign, a currency, or a unit of at most two words.
fn is_behind_numbers(text: &str) -> bool {
    if is_currency(text) {
        return true;
    }
    let begins = |first: char| first.is_alphabetic() || matches!(first, '%' | '‰' | '°');
    let goes_on =
        |character: char| character.is_alphabetic() || matches!(character, '%' | '°' | '/' | '²' | '³' | '2' | '3' | '.' | '·' | ' ');
    let is_short = text.chars().count() <= LONGEST_UNIT && text.split_whitespace().count() <= 2;
    let is_of_letters = text.starts_with(begins) && text.chars().all(goes_on);
    is_short && is_of_letters && !NO_UNITS.iter().any(|other| text.eq_ignore_ascii_case(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_come_apart() {
        for (text, expected) in [
            ("12 kg", Some((false, "", "12", "kg"))),
            ("$1,234.50", Some((false, "$", "1,234.50", ""))),
            ("-$5", Some((true, "$", "5", ""))),
            ("US$ −5", Some((true, "US$", "5", ""))),
            ("(1,000)", Some((true, "", "1,000", ""))),
            ("12,5%", Some((false, "", "12,5", "%"))),
            ("1.5e-3 m", Some((false, "", "1.5e-3", "m"))),
            ("5 eV", Some((false, "", "5", "eV"))),
            ("9 m2", Some((false, "", "9", "m2"))),
            ("1 250 000 km/h", Some((false, "", "1 250 000", "km/h"))),
            ("3 years", Some((false, "", "3", "year"))),
            (".5", Some((false, "", ".5", ""))),
            ("5-10", None),
            ("2023-01-05", None),
            ("05/03/2023", None),
            ("12:30", None),
            ("10 am", None),
            ("3rd", None),
            ("B12", None),
            ("<5", None),
            ("12 Main Street North", None),
            ("", None),
        ] {
            let parts = Parts::of(text).map(|parts| (parts.negative, parts.prefix, parts.digits, parts.suffix));
            assert_eq!(parts, expected, "{text}");
        }
    }
}
