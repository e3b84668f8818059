//! What a file holds, shown on a terminal: characters that would act there are written out instead.

use std::borrow::Cow;
use std::fmt::Write;

/// A text as one line that can do nothing on a terminal: control characters (line ends among them), and those that change the direction of
/// what follows, are written as in Rust, `\n` and `\u{1b}`.
///
/// ```
/// assert_eq!(banyan_text::visible("a\u{1b}]0;title\u{7}b\nc"), r"a\u{1b}]0;title\u{7}b\nc");
/// ```
pub fn visible(text: &str) -> Cow<'_, str> {
    escape(text, &[])
}

/// As [`visible`], for a text of several lines: the characters in `kept` stay as they are.
pub fn visible_but<'a>(text: &'a str, kept: &[char]) -> Cow<'a, str> {
    escape(text, kept)
}

fn escape<'a>(text: &'a str, kept: &[char]) -> Cow<'a, str> {
    let acts = |character: char| acts(character) && !kept.contains(&character);
    if !text.contains(acts) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        match character {
            _ if !acts(character) => shown.push(character),
            '\n' => shown.push_str("\\n"),
            '\r' => shown.push_str("\\r"),
            '\t' => shown.push_str("\\t"),
            // Writing to a text does not fail.
            _ => drop(write!(shown, "\\u{{{:x}}}", u32::from(character))),
        }
    }
    Cow::Owned(shown)
}

/// C0, DEL and C1; line and paragraph separators; marks of direction, and overrides and isolates of it; the byte order mark.
fn acts(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{2028}' | '\u{2029}' | '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_acts_on_a_terminal_is_written_out() {
        for (text, shown) in [
            ("\u{1b}[2J", r"\u{1b}[2J"),
            ("a\r\n\tb", r"a\r\n\tb"),
            ("\u{7f}\u{9b}1m", r"\u{7f}\u{9b}1m"),
            ("\u{202e}fdp.exe\u{2066}", r"\u{202e}fdp.exe\u{2066}"),
            ("\0", r"\u{0}"),
        ] {
            assert_eq!(visible(text), shown);
        }
        assert_eq!(visible_but("a\n\u{1b}\tb", &['\n']), "a\n\\u{1b}\\tb");
    }

    #[test]
    fn words_of_all_languages_and_emoji_stay() {
        for text in ["größe", "日本語", "می\u{200c}خواهم", "👩\u{200d}💻", r"C:\data\n", "e\u{301}"] {
            assert!(matches!(visible(text), Cow::Borrowed(_)), "{text}");
        }
    }
}
