//! Pictures of several characters: flags, and signs with a tone, a style or a joiner (Unicode Technical Standard 51).

/// The bytes of the picture that a text begins with, where it has more than one character.
pub(super) fn sequence(text: &str) -> Option<usize> {
    let mut rest = text.char_indices().peekable();
    let (_, first) = rest.next()?;
    if is_letter_of_flag(first) {
        return rest.next().filter(|(_, second)| is_letter_of_flag(*second)).map(|(start, second)| start + second.len_utf8());
    }
    // A digit in a box is a picture, a digit with any other mark is none.
    let is_key = matches!(first, '0'..='9' | '#' | '*') && text[1..].starts_with("\u{fe0f}\u{20e3}");
    if !is_picture(first) && !is_key {
        return None;
    }
    let mut end = first.len_utf8();
    let single = end;
    while let Some((start, character)) = rest.next() {
        let joined = character == JOINER && rest.peek().is_some_and(|(_, next)| is_picture(*next));
        if joined {
            end = rest.next().map_or(end, |(start, next)| start + next.len_utf8());
        } else if is_modifier(character) {
            end = start + character.len_utf8();
        } else {
            break;
        }
    }
    (end > single).then_some(end)
}

const JOINER: char = '\u{200d}';

fn is_letter_of_flag(character: char) -> bool {
    matches!(character, '\u{1f1e6}'..='\u{1f1ff}')
}

fn is_picture(character: char) -> bool {
    matches!(character, '\u{a9}' | '\u{ae}' | '\u{2122}' | '\u{2190}'..='\u{21ff}' | '\u{2300}'..='\u{23ff}' | '\u{25a0}'..='\u{27bf}'
        | '\u{2b00}'..='\u{2bff}' | '\u{1f000}'..='\u{1f0ff}' | '\u{1f300}'..='\u{1faff}')
}

/// Style, box, tone, and the letters of a region's flag.
fn is_modifier(character: char) -> bool {
    matches!(character, '\u{fe0e}' | '\u{fe0f}' | '\u{20e3}' | '\u{1f3fb}'..='\u{1f3ff}' | '\u{e0020}'..='\u{e007f}')
}
