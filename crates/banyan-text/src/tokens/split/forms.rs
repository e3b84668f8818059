//! What is one token though it has marks within.

use super::lists::{ABBREVIATIONS, CLITICS, DOMAINS, ELISIONS, FILES, SMILEYS};
use crate::characters::is_word;

/// Whether a text with marks at its ends is a token as it is.
pub(super) fn is_whole(text: &str) -> bool {
    let is_clitic = || {
        let plain = text.to_lowercase().replace('’', "'");
        CLITICS.contains(&plain.as_str()) || ELISIONS.contains(&plain.as_str())
    };
    is_line(text) || SMILEYS.contains(&text) || is_address(text) || is_signed(text) || is_clitic()
}

/// Marks that draw something: `-----`, `|----+---->`, `^_^`.
fn is_line(text: &str) -> bool {
    let drawn = text.chars().filter(|character| "-=|+*~_<>{}.".contains(*character)).count();
    let all = text.chars().count();
    let first = text.chars().next();
    let is_stop = |character| matches!(character, '.' | '!' | '?');
    if all > 1 && text.chars().all(is_stop) && !text.contains("..") {
        return true;
    }
    all > 1 && (first.is_some_and(|first| !is_word(first) && text.chars().all(|character| character == first)) || (drawn == all && all > 3))
}

/// A number with a sign or a point before it, or a year without its century: `+44`, `.04`, `'72`.
fn is_signed(text: &str) -> bool {
    text.strip_prefix(['+', '.', '\'', '’']).is_some_and(|rest| {
        rest.starts_with(|first: char| first.is_ascii_digit())
            && rest.chars().all(|character| character.is_ascii_digit() || ".,".contains(character))
            && rest.ends_with(|last: char| last.is_ascii_digit())
    })
}

/// Whether a text is an abbreviation with its point. At the end of a text the point counts as that of the sentence, but for initials.
pub(super) fn is_abbreviation(text: &str, last: bool) -> bool {
    let Some(before) = text.strip_suffix('.') else { return false };
    let is_letter = |part: &str| part.chars().count() == 1 && part.chars().all(char::is_alphabetic);
    if is_letter(before) {
        return before != "I" && before.chars().all(char::is_uppercase);
    }
    !last && (before.split('.').all(is_letter) || ABBREVIATIONS.contains(&before))
}

/// Digits with points, commas, colons, slashes and hyphens that belong together: `1,000.50`, `12:30`, `11/28/2000`, `713-853-3989`.
/// Ranges (`5-10`) and fractions (`1/2`) do not.
pub(super) fn is_number(text: &str) -> bool {
    if !text.chars().all(|character| character.is_ascii_digit() || ".,:/-".contains(character)) {
        return false;
    }
    let lengths = |mark: char| text.split(mark).map(str::len).collect::<Vec<usize>>();
    match (lengths('-').as_slice(), lengths('/').as_slice()) {
        ([_], [_]) => true,
        // A telephone number or a postal code.
        ([3 | 5, 4], [_]) => !text.contains([':', '.', ',']),
        ([_, _], [_]) => false,
        ([_], [_, _]) => is_day(text),
        _ => true,
    }
}

/// Month and day, and not one of the usual fractions.
fn is_day(text: &str) -> bool {
    let Some((month, day)) = text.split_once('/') else { return false };
    match (month.parse::<u32>(), day.parse::<u32>()) {
        (Ok(month), Ok(day)) => (1..=12).contains(&month) && (1..=31).contains(&day) && !(month < day && day < 5),
        _ => false,
    }
}

/// The address of a page or of a mailbox, or the name of a file.
pub(super) fn is_address(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    if lower.ends_with(['.', ',', ';', ':', '!', '?', ')', '>', ']', '}', '"', '\'', '”', '’']) {
        return false;
    }
    let is_scheme = |scheme: &str| scheme.len() > 1 && scheme.chars().all(|character| character.is_ascii_alphabetic());
    if lower.split_once("://").is_some_and(|(scheme, _)| is_scheme(scheme))
        || lower.strip_prefix("www.").is_some_and(|rest| !rest.is_empty())
    {
        return true;
    }
    let lower = lower.strip_prefix("mailto:").unwrap_or(&lower);
    let is_part = |part: &str, marks: &str| {
        !part.is_empty() && part.chars().all(|character| character.is_alphanumeric() || marks.contains(character))
    };
    if let Some((mailbox, host)) = lower.split_once('@') {
        return is_part(mailbox, "._%+-&") && is_part(host, ".-_");
    }
    let (host, path) = lower.split_once('/').map_or((lower, None), |(host, path)| (host, Some(path)));
    let Some((name, ending)) = host.rsplit_once('.') else { return false };
    let is_host = is_part(name, ".-") && name.starts_with(is_word) && DOMAINS.contains(&ending);
    is_host || (path.is_none() && FILES.contains(&ending) && (name.is_empty() || is_part(name, ".-_#%!")))
}
