//! Keys and texts as TOML wants them written.

use std::fmt::Write;

/// A text as a TOML value of one line, whatever it holds.
///
/// ```
/// use banyan_train::config::toml_text;
///
/// assert_eq!(toml_text("size"), r#""size""#);
/// assert_eq!(toml_text("size\nin \"m\""), r#""size\nin \"m\"""#);
/// ```
pub fn toml_text(text: &str) -> String {
    // The crate would write these between three quotation marks, which no key may have.
    let has_both_quotes = text.contains('"') && text.contains('\'');
    if !has_both_quotes && !text.contains(char::is_control) {
        return toml::Value::String(text.to_owned()).to_string();
    }
    let mut written = "\"".to_owned();
    for character in text.chars() {
        match character {
            '"' | '\\' => written.extend(['\\', character]),
            '\n' => written.push_str("\\n"),
            '\r' => written.push_str("\\r"),
            '\t' => written.push_str("\\t"),
            // Writing to a text does not fail.
            _ if character.is_control() => drop(write!(written, "\\u{:04X}", u32::from(character))),
            _ => written.push(character),
        }
    }
    written + "\""
}

/// A name as a TOML key: without quotes where they are not needed.
///
/// ```
/// use banyan_train::config::toml_key;
///
/// assert_eq!([toml_key("size"), toml_key("Price, EUR"), toml_key("")], ["size", r#""Price, EUR""#, r#""""#]);
/// ```
pub fn toml_key(name: &str) -> String {
    let bare = |character: char| character.is_ascii_alphanumeric() || "-_".contains(character);
    if !name.is_empty() && name.chars().all(bare) { name.to_owned() } else { toml_text(name) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_text_comes_back_from_toml() {
        for text in
            ["", "plain", "a\nb", "quote\"d", "back\\slash", "tab\there", "it's \"both\"", "\u{1b}\u{7f}\u{9b}\0", "ü \u{2028}", "\r\n\\n"]
        {
            let table: toml::Table =
                format!("{} = {}", toml_key(text), toml_text(text)).parse().unwrap_or_else(|error| panic!("{text:?}: {error}"));
            assert_eq!(table.get(text).and_then(toml::Value::as_str), Some(text), "{text:?}");
            assert!(!toml_text(text).contains('\n'));
        }
    }
}
