//! Words: what begins and ends with a letter or a digit.

use super::forms::{is_abbreviation, is_address, is_number};
use super::lists::{CLITICS, CONTRACTIONS, ENDINGS, PREFIXES, UNITS};
use super::{piece, repeats, run};

/// Marks that part a word wherever they stand in it.
const MARKS: &str = "…-—–;!?\"“”()[]{}<>=|~";

/// Parts clitics, compounds and units.
pub(super) fn word<'a>(text: &'a str, last: bool, tokens: &mut Vec<&'a str>) {
    let lower = text.to_lowercase().replace('’', "'");
    // Small letters of a few scripts are longer: what cannot be cut by them is not English.
    let same = lower.chars().count() == text.chars().count();
    let cut = |characters: usize| text.char_indices().nth(characters).map_or(text.len(), |(start, _)| start);
    if let Some((_, first)) = CONTRACTIONS.iter().find(|(whole, _)| text.is_ascii() && *whole == lower) {
        tokens.extend([&text[..*first], &text[*first..]]);
        return;
    }
    if let Some(clitic) = CLITICS.iter().find(|clitic| same && lower.len() > clitic.len() && lower.ends_with(*clitic)) {
        let start = cut(lower.chars().count() - clitic.chars().count());
        // The 60's and two DVD's are words of their own, but few write the latter.
        if !text[..start].ends_with(|before: char| before.is_ascii_digit()) {
            piece(&text[..start], false, tokens);
            tokens.push(&text[start..]);
            return;
        }
    }
    if let Some((start, length)) = infix(text) {
        piece(&text[..start], false, tokens);
        tokens.push(&text[start..start + length]);
        piece(&text[start + length..], last, tokens);
        return;
    }
    if let Some(start) = abbreviated(text).or_else(|| unit(text)) {
        piece(&text[..start], false, tokens);
        piece(&text[start..], last, tokens);
        return;
    }
    tokens.push(text);
}

/// Where an abbreviation ends that a word or number follows without a space: `Nov.28`, `U.Penn`.
fn abbreviated(text: &str) -> Option<usize> {
    let point = text.rfind('.')?;
    let mut after = text[point + 1..].chars();
    let follows = match after.next() {
        Some(first) if first.is_uppercase() => after.next().is_some_and(char::is_lowercase),
        first => first.is_some_and(|first| first.is_ascii_digit()),
    };
    (follows && is_abbreviation(&text[..=point], false)).then_some(point + 1)
}

/// Where the unit of an amount begins: one of the usual ones, or any word in small letters that does not make an ordinal or a decade.
fn unit(text: &str) -> Option<usize> {
    let start = text.find(|character: char| !(character.is_ascii_digit() || ".,:".contains(character))).filter(|start| *start > 0)?;
    let unit = &text[start..];
    let is_word = || unit.chars().all(|letter| letter.is_ascii_lowercase()) && !ENDINGS.contains(&unit);
    (UNITS.contains(&unit) || is_word()).then_some(start)
}

/// Start and bytes of the first mark within a word that parts it.
fn infix(text: &str) -> Option<(usize, usize)> {
    if is_number(text) || is_address(text) {
        return None;
    }
    let mut before = text.chars().next()?;
    let mut passed_prefix = false;
    for (start, mark) in text.char_indices().skip(1) {
        let length = run(text[start..].chars(), mark);
        let after = text[start + length..].chars().next().unwrap_or(' ');
        let single = length == mark.len_utf8();
        let digits = before.is_ascii_digit() && after.is_ascii_digit();
        let parts = match mark {
            '-' if single && !passed_prefix && PREFIXES.contains(&text[..start].to_lowercase().as_str()) => {
                passed_prefix = true;
                false
            }
            '.' => !single || is_missing_space(text, start),
            ',' | ':' => !digits,
            '\'' => digits,
            // w/ and b/c are abbreviations.
            '/' => !(text[..start].eq_ignore_ascii_case("w") || text.eq_ignore_ascii_case("b/c")),
            // Letters that are not for everybody's eyes.
            '*' => !after.is_alphabetic(),
            _ if MARKS.contains(mark) => true,
            _ => false,
        };
        if parts {
            return Some((start, if repeats(mark) { length } else { mark.len_utf8() }));
        }
        before = mark;
    }
    None
}

/// Whether a point is the end of a sentence before another without a space: between a word in small letters and a capital.
fn is_missing_space(text: &str, point: usize) -> bool {
    let (before, after) = (&text[..point], &text[point + 1..]);
    let mut after = after.chars();
    before.chars().count() > 1
        && before.chars().skip(1).all(char::is_lowercase)
        && after.next().is_some_and(char::is_uppercase)
        && after.next().is_some_and(char::is_lowercase)
}
