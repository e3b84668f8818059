//! Cells as numbers and as names.
//!
//! A class is the same class whether a file writes it `1`, `1.0` (as a data frame does to a column of whole
//! numbers with gaps) or as a number: [`canonical`] gives the one spelling.

pub use banyan_text::quote;

/// From 2^53 on a 64-bit float does not hold every whole number.
pub(crate) const FIRST_INEXACT: f64 = 9_007_199_254_740_992.0;

/// Whether a text is a whole number, of digits alone, that a float would round: it names something (a key of a database), and as numbers two
/// such names would become one.
pub(crate) fn is_inexact_whole(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_whole = digits.len() > 15 && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_whole && text.parse::<f64>().is_ok_and(|value| value.abs() >= FIRST_INEXACT)
}

/// A text as a number: plain or scientific notation, spaces around it allowed. `NaN` and the infinities
/// parse too, and so may be told apart from words.
pub fn parse_number(text: &str) -> Option<f64> {
    let text = text.trim();
    // `f64::from_str` knows "inf", "infinity" and "nan" in any case; a table's "Infinity" means it as well.
    text.parse().ok()
}

/// What follows numbers without being a unit: times of day, ordinal numbers.
const NO_UNITS: [&str; 6] = ["am", "pm", "st", "nd", "rd", "th"];
/// The longest unit, in characters.
const LONGEST_UNIT: usize = 14;

/// Whether a text is a number with a mark before it or a unit behind it, and so a quantity to a person alone: `~53`, `27k`, `5 kg`.
pub(crate) fn is_quantity(text: &str) -> bool {
    let text = text.trim();
    let bare = text.trim_start_matches(|character: char| "~≈<>≤≥±= ".contains(character));
    let end = bare.find(|character: char| !character.is_ascii_digit() && !matches!(character, '.' | ',')).unwrap_or(bare.len());
    let (number, unit) = (&bare[..end], bare[end..].trim());
    let is_unit = |character: char| character.is_alphabetic() || "%°/²³$€£".contains(character);
    let has_unit = !unit.is_empty() && unit.chars().all(is_unit) && unit.chars().count() <= LONGEST_UNIT;
    let is_marked = bare.len() < text.len();
    number.starts_with(|first: char| first.is_ascii_digit())
        && (has_unit || (is_marked && unit.is_empty()))
        && !NO_UNITS.contains(&unit.to_lowercase().as_str())
}

/// `true` and `false` as files write them.
pub(crate) fn truth_value(text: &str) -> Option<bool> {
    match text {
        "true" | "True" | "TRUE" => Some(true),
        "false" | "False" | "FALSE" => Some(false),
        _ => None,
    }
}

/// A truth value in whatever word files have for it.
pub(crate) fn truth_word(text: &str) -> Option<bool> {
    match text.to_lowercase().as_str() {
        "true" | "t" | "yes" | "y" | "on" | "1" => Some(true),
        "false" | "f" | "no" | "n" | "off" | "0" => Some(false),
        _ => None,
    }
}

/// Whether a text is the empty list or set, as Python and JSON write it: none of something, where an empty cell is unknown.
pub(crate) fn is_empty_list(text: &str) -> bool {
    matches!(text, "[]" | "()" | "{}" | "set()" | "frozenset()")
}

/// A number as a class is named: whole numbers without a fraction.
pub fn format_number(value: f64) -> String {
    // Adding zero turns -0 into 0, which is the same class.
    format!("{}", value + 0.0)
}

/// A number as a message shows it: very large and very small ones by their exponent.
pub fn short_number(value: f64) -> String {
    let size = value.abs();
    if size == 0.0 || (1e-5..1e15).contains(&size) { format_number(value) } else { format!("{value:e}") }
}

/// A number to four places, or to five digits where these show nothing of it.
pub(crate) fn rounded_number(value: f64) -> String {
    let size = value.abs();
    if size == 0.0 || (1e-3..1e15).contains(&size) { format!("{value:.4}") } else { format!("{value:.4e}") }
}

/// The one spelling of a class or category: trailing `.0` of a whole number is dropped and the capitals of
/// `True` and `False` are lowered; all else stays.
pub fn canonical(text: &str) -> &str {
    if let Some(value) = truth_value(text) {
        return if value { "true" } else { "false" };
    }
    let Some((whole, fraction)) = text.split_once('.') else { return text };
    let digits = whole.strip_prefix('-').unwrap_or(whole);
    let is_whole = !digits.is_empty()
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && !fraction.is_empty()
        && fraction.bytes().all(|byte| byte == b'0');
    match (is_whole, whole) {
        (true, "-0") => "0",
        (true, whole) => whole,
        (false, _) => text,
    }
}

/// Orders class names as people do: numbers by value and before words.
pub fn compare_names(left: &str, right: &str) -> std::cmp::Ordering {
    match (parse_number(left), parse_number(right)) {
        (Some(a), Some(b)) => a.total_cmp(&b).then_with(|| left.cmp(right)),
        (Some(_), None) => std::cmp::Ordering::Less,
        (None, Some(_)) => std::cmp::Ordering::Greater,
        (None, None) => left.cmp(right),
    }
}

/// A text as a list of numbers: `[0.1, 0.2]`, `(1; 2)`, `0.1 0.2`, `1,2,3`. `nan` marks a gap.
/// `None` unless every part is a number and there are at least two (one, where it stands in brackets).
pub fn parse_vector(text: &str) -> Option<Vec<f64>> {
    let (parts, is_bracketed) = vector_parts(text);
    let values = parts.map(parse_number).collect::<Option<Vec<f64>>>()?;
    (values.len() >= if is_bracketed { 1 } else { 2 }).then_some(values)
}

/// Whether a list of numbers could be something else, as long as nobody says what it is: two numbers without brackets may be one with a decimal
/// comma, and digits after a `0` or a `+` are those of a telephone number.
pub(crate) fn may_be_no_vector(text: &str) -> bool {
    let (parts, is_bracketed) = vector_parts(text);
    let is_name =
        |part: &str| part.starts_with('+') || (part.len() > 1 && part.starts_with('0') && part.bytes().all(|byte| byte.is_ascii_digit()));
    !is_bracketed && (parts.clone().count() < 3 || parts.clone().any(is_name))
}

/// What stands between commas, semicolons and spaces, and whether all of it stands in brackets.
fn vector_parts(text: &str) -> (impl Iterator<Item = &str> + Clone, bool) {
    let text = text.trim();
    let bracketed =
        [('[', ']'), ('(', ')')].into_iter().find_map(|(open, close)| text.strip_prefix(open).and_then(|rest| rest.strip_suffix(close)));
    let parts = bracketed.unwrap_or(text).split(|character: char| matches!(character, ',' | ';') || character.is_whitespace());
    (parts.filter(|part| !part.is_empty()), bracketed.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_have_one_spelling() {
        for (text, expected) in [
            ("1.0", "1"),
            ("-3.00", "-3"),
            ("007", "007"),
            ("1.50", "1.50"),
            ("-0.0", "0"),
            (".0", ".0"),
            ("v1.0", "v1.0"),
            ("True", "true"),
        ] {
            assert_eq!(canonical(text), expected, "{text}");
        }
        assert_eq!(format_number(5.0), "5");
        assert_eq!(format_number(-0.0), "0");
        assert_eq!(format_number(0.6), "0.6");
        assert_eq!([1e300, -1e-300, 0.25, 1e12, 0.0].map(short_number), ["1e300", "-1e-300", "0.25", "1000000000000", "0"]);
        assert_eq!([1e300, 4.1e-14, 12.0, 0.0].map(rounded_number), ["1.0000e300", "4.1000e-14", "12.0000", "0.0000"]);
    }

    #[test]
    fn vectors_in_their_usual_spellings() {
        assert_eq!(parse_vector("[0.1, -2,3e1]"), Some(vec![0.1, -2.0, 30.0]));
        assert_eq!(parse_vector("1 2\t3"), Some(vec![1.0, 2.0, 3.0]));
        assert_eq!(parse_vector("(1;2)"), Some(vec![1.0, 2.0]));
        assert_eq!(parse_vector("[7]"), Some(vec![7.0]));
        assert_eq!(parse_vector("7"), None);
        assert_eq!(parse_vector("1 two"), None);
        assert!(parse_vector("[1, nan]").unwrap()[1].is_nan());
    }

    #[test]
    fn quantities_are_told_from_numbers_and_names() {
        assert!(["~53", "27k", "1.2M", "5 kg", "300 g", "< 5", "≈1,5 m²", "12%"].into_iter().all(is_quantity));
        assert!(!["53", "3rd", "10 am", "a12", "12-14", "5 big cats", "", "~", "2024-01-02", "12a3"].into_iter().any(is_quantity));
    }

    #[test]
    fn what_may_be_no_vector() {
        for (text, expected) in
            [("6,4", true), ("084 426 453", true), ("+49 30 12", true), ("[6, 4]", false), ("1,2,3", false), ("0 0.5 1", false)]
        {
            assert_eq!(may_be_no_vector(text), expected, "{text}");
        }
    }

    #[test]
    fn names_sort_by_value_then_by_letter() {
        let mut names = vec!["b", "10", "9", "a"];
        names.sort_by(|a, b| compare_names(a, b));
        assert_eq!(names, ["9", "10", "a", "b"]);
    }
}
