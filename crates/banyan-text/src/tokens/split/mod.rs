//! Texts to tokens, by rules.
//!
//! The rules are those of the Universal Dependencies' English treebanks (which follow the English Web Treebank; Bies et al. 2012):
//! punctuation stands apart (`(really)` is three tokens), but a run of one mark stays together (`...`, `!!`); so do web and mail addresses, numbers
//! (`1,000.50`), times, dates and telephone numbers, smileys, and abbreviations with their points (`Mr.`, `U.S.`). Clitics are tokens
//! (`do n't`, `it 's`, `can not`), and so are the parts of a compound and what is between them (`15 - year - old`, `and / or`), while
//! prefixes stay with their word (`e-mail`, `anti-war`). Amounts part from their signs and units (`$ 5`, `50 %`, `5 pm`).
//! The characters of Chinese, Japanese, Thai and their like, written without spaces, are tokens each.
//!
//! Every token is a part of the text, in order, and only white space lies between them.

mod emoji;
mod forms;
mod lists;
mod word;

use crate::characters::{is_unspaced, is_word};
use forms::{is_abbreviation, is_whole};
use lists::SMILEYS;
use word::word;

/// Bytes of the longest word, addresses and lines of marks not counted.
const LONGEST: usize = 250;

/// The tokens of a text.
pub fn split(text: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut chunks = text.split_whitespace().peekable();
    while let Some(chunk) = chunks.next() {
        let mut rest = chunk;
        while let Some((start, length)) =
            rest.char_indices().find_map(|(start, first)| Some((start, standing_alone(&rest[start..], first)?)))
        {
            let end = start + length;
            bounded(&rest[..start], false, &mut tokens);
            tokens.push(&rest[start..end]);
            rest = &rest[end..];
        }
        bounded(rest, chunks.peek().is_none(), &mut tokens);
    }
    tokens
}

/// The bytes of what is a token whatever is beside it: characters of scripts without spaces, their punctuation, and pictures of several characters.
fn standing_alone(text: &str, first: char) -> Option<usize> {
    let is_mark = matches!(first, '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ffef}') && !first.is_alphanumeric();
    if is_unspaced(first) || is_mark { Some(first.len_utf8()) } else { emoji::sequence(text) }
}

/// What has no space within, cut where it is longer than any word: the rules look at the rest of a word again and again.
fn bounded<'a>(text: &'a str, last: bool, tokens: &mut Vec<&'a str>) {
    if text.len() > LONGEST && is_whole(text) {
        tokens.push(text);
        return;
    }
    let mut rest = text;
    while rest.len() > LONGEST {
        let (first, more) = rest.split_at(rest.floor_char_boundary(LONGEST));
        piece(first, false, tokens);
        rest = more;
    }
    piece(rest, last, tokens);
}

/// What has no space within: takes marks from both ends until a word is left. `last` says that the text ends here, where the point
/// of an abbreviation is taken for that of the sentence.
fn piece<'a>(text: &'a str, last: bool, tokens: &mut Vec<&'a str>) {
    let mut rest = text;
    let mut tail = Vec::new();
    while !rest.is_empty() {
        if is_whole(rest) || is_abbreviation(rest, last) {
            tokens.push(rest);
            break;
        }
        if let Some(length) = opening(rest) {
            tokens.push(&rest[..length]);
            rest = &rest[length..];
        } else if let Some(length) = closing(rest) {
            let start = rest.len() - length;
            tail.push(&rest[start..]);
            rest = &rest[..start];
        } else {
            word(rest, last, tokens);
            break;
        }
    }
    tokens.extend(tail.into_iter().rev());
}

/// The smileys that are taken for such beside a word, too.
fn faces() -> impl Iterator<Item = &'static str> {
    SMILEYS.iter().copied().filter(|smiley| smiley.starts_with([':', ';', '=']) && smiley.ends_with([')', '(']))
}

/// The bytes of the marks that a text begins with and that are a token.
fn opening(text: &str) -> Option<usize> {
    if let Some(smiley) = faces().find(|smiley| text.starts_with(*smiley)) {
        return Some(smiley.len());
    }
    let first = text.chars().next().filter(|first| !is_word(*first))?;
    let run = run(text.chars(), first);
    let after = text[run..].chars().next();
    let stays = match first {
        // A year, or the sign or the point of a number.
        '\'' | '’' | '+' | '.' => run == first.len_utf8() && after.is_some_and(|after| after.is_ascii_digit()),
        _ => false,
    };
    (!stays).then(|| if repeats(first) { run } else { first.len_utf8() })
}

/// The bytes of the marks that a text ends with and that are a token.
fn closing(text: &str) -> Option<usize> {
    if let Some(smiley) =
        SMILEYS.iter().find(|smiley| smiley.starts_with([':', ';', '=']) && smiley.ends_with([')', '(']) && text.ends_with(**smiley))
    {
        return Some(smiley.len());
    }
    let last = text.chars().next_back().filter(|last| !is_word(*last))?;
    if is_stop(last) {
        let stops = stops_at_end(text);
        // Of `U.S.?` the mark alone.
        let start = text.len() - stops;
        let point = usize::from(stops > 1 && text[start..].starts_with('.') && is_abbreviation(&text[..=start], false));
        return Some(stops - point);
    }
    let run = run(text.chars().rev(), last);
    match last {
        '\'' | '’' if text[..text.len() - run].ends_with("in") => None,
        '#' | '_' => None,
        '/' if text.eq_ignore_ascii_case("w/") => None,
        _ => Some(if repeats(last) { run } else { last.len_utf8() }),
    }
}

/// The bytes of the marks that end a sentence: a row of points, or all others together with single points (`?!`, `.?`).
fn stops_at_end(text: &str) -> usize {
    let points = run(text.chars().rev(), '.');
    if points > 1 {
        return points;
    }
    let mut characters = text.char_indices().rev().peekable();
    let mut start = text.len();
    while let Some((place, mark)) = characters.next_if(|(_, mark)| is_stop(*mark)) {
        if mark == '.' && characters.peek().is_some_and(|(_, before)| *before == '.') {
            break;
        }
        start = place;
    }
    text.len() - start
}

fn is_stop(character: char) -> bool {
    matches!(character, '.' | '!' | '?' | '…')
}

/// The bytes of the same character at the beginning of some.
fn run(characters: impl Iterator<Item = char>, same: char) -> usize {
    characters.take_while(|character| *character == same).map(char::len_utf8).sum()
}

/// Marks that make one token together.
fn repeats(mark: char) -> bool {
    !matches!(mark, '(' | '[' | ']' | '{' | '}' | '"' | '“' | '”' | '«' | '»' | ':' | ';' | '%' | '/')
}

#[cfg(test)]
mod tests;
