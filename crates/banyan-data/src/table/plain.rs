//! Numbers that a text spells in the one way in which they are written again.

use std::fmt::{self, Write};

use crate::value::FIRST_INEXACT;

/// Significant digits that a 64-bit float holds whatever they are.
const SAFE: u64 = 1_000_000_000_000_000;

/// Powers of ten that a 64-bit float holds exactly.
const TENS: [f64; 23] =
    [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22];

/// The number that a text spells, where the number's own spelling is that very text: no sign but a minus, no zeros that could be left out, no
/// exponent, and no whole number that a float would round. Such a text need not be kept.
pub(crate) fn plain_number(text: &str) -> Option<f64> {
    let bytes = text.as_bytes();
    let is_negative = bytes.first() == Some(&b'-');
    let digits = &bytes[usize::from(is_negative)..];
    let (mut mantissa, mut decimals, mut has_point) = (0_u64, 0_usize, false);
    for (place, byte) in digits.iter().enumerate() {
        match byte {
            b'0'..=b'9' => {
                mantissa = mantissa.checked_mul(10)?.checked_add(u64::from(byte - b'0'))?;
                decimals += usize::from(has_point);
            }
            b'.' if !has_point && place > 0 => has_point = true,
            _ => return None,
        }
    }
    let is_padded = match digits {
        [] => true,
        [b'0', second, ..] => *second != b'.',
        _ => false,
    };
    if is_padded || (has_point && matches!(digits.last(), Some(b'0' | b'.'))) || (is_negative && mantissa == 0) {
        return None;
    }
    if mantissa < SAFE && decimals < TENS.len() {
        // Both are exact, so the quotient is what reading the text gives.
        let value = mantissa as f64 / TENS[decimals];
        return Some(if is_negative { -value } else { value });
    }
    let value: f64 = text.parse().ok()?;
    let is_exact = has_point || value.abs() < FIRST_INEXACT;
    (is_exact && is_spelled(value, text)).then_some(value)
}

/// Whether a number is written as a text.
fn is_spelled(value: f64, text: &str) -> bool {
    /// What is left of the text, as the number's digits come.
    struct Rest<'a>(&'a str);

    impl Write for Rest<'_> {
        fn write_str(&mut self, part: &str) -> fmt::Result {
            self.0 = self.0.strip_prefix(part).ok_or(fmt::Error)?;
            Ok(())
        }
    }

    let mut rest = Rest(text);
    write!(rest, "{value}").is_ok() && rest.0.is_empty()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::value::format_number;

    #[test]
    fn only_what_is_written_again_as_it_was() {
        for text in ["0", "7", "-7", "0.5", "-0.25", "123456789012345", "0.1", "1.1", "9007199254740991", "0.00001", "0.4967141530112327"] {
            assert_eq!(plain_number(text), Some(text.parse().unwrap()), "{text}");
        }
        for text in [
            "",
            "-",
            "+1",
            "007",
            "00",
            "-0",
            "-0.0",
            "1.0",
            "1.50",
            "1.",
            ".5",
            "1e5",
            "1,5",
            "1.2.3",
            "NaN",
            "inf",
            " 1",
            "0x1",
            "9007199254740992",
            "9007199254740993",
            "99999999999999999999",
            "0.1000000000000000055",
            "0.49671415301123267",
        ] {
            assert_eq!(plain_number(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn digits_are_read_as_the_standard_library_reads_them(text in "-?[0-9]{1,19}(\\.[0-9]{1,24})?") {
            if let Some(value) = plain_number(&text) {
                prop_assert_eq!(value, text.parse::<f64>().unwrap());
                prop_assert_eq!(format_number(value), text);
            }
        }

        #[test]
        fn every_number_of_few_digits_is_plain(mantissa in -999_999_999_999_999_i64..1_000_000_000_000_000, decimals in 0_i32..10) {
            let text = format_number(mantissa as f64 / 10_f64.powi(decimals));
            prop_assert_eq!(plain_number(&text), Some(text.parse::<f64>().unwrap()), "{}", text);
        }
    }
}
