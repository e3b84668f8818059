//! Text from data, made harmless.

/// The text with everything that has a meaning in HTML, in an attribute's quotes too, replaced; control characters, which HTML
/// does not allow, become the replacement character.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\n' | '\t' => escaped.push(character),
            control if control.is_control() => escaped.push('\u{fffd}'),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn nothing_stays_that_means_something() {
        assert_eq!(escape("<a href=\"x\" title='y'>&</a>\u{0}"), "&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;&lt;/a&gt;\u{fffd}");
        assert_eq!(escape("größer\n"), "größer\n");
    }
}
