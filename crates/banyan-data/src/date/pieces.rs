//! A text cut into numbers, words and what is between.

/// Longer texts are no dates.
const LONGEST: usize = 80;

/// A part of a text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Piece<'a> {
    /// Digits.
    Number(&'a str),
    /// Letters.
    Word(&'a str),
    /// White space.
    Space,
    /// Any other character.
    Mark(char),
}

/// Cuts a text, unless it is too long for a date.
pub(super) fn cut(text: &str) -> Option<Vec<Piece<'_>>> {
    if text.len() > LONGEST {
        return None;
    }
    let mut pieces = Vec::with_capacity(16);
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let run = |belongs: fn(char) -> bool| rest.find(|character| !belongs(character)).unwrap_or(rest.len());
        let (piece, end) = if first.is_ascii_digit() {
            let end = run(|character| character.is_ascii_digit());
            (Piece::Number(&rest[..end]), end)
        } else if first.is_alphabetic() {
            let end = run(char::is_alphabetic);
            (Piece::Word(&rest[..end]), end)
        } else if first.is_whitespace() {
            (Piece::Space, run(char::is_whitespace))
        } else {
            // Typographers' hyphens and minus signs are hyphens.
            let mark = if matches!(first, '\u{2010}'..='\u{2013}' | '\u{2212}') { '-' } else { first };
            (Piece::Mark(mark), first.len_utf8())
        };
        pieces.push(piece);
        rest = &rest[end..];
    }
    Some(pieces)
}
