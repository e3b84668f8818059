//! Quoting what a file holds in a message.

use crate::visible;

/// A value as an error message quotes it: cut to a readable length, and in one line ([`visible`]).
pub fn quote(text: &str) -> String {
    const LONGEST: usize = 40;
    if text.chars().count() <= LONGEST {
        return format!("\"{}\"", visible(text));
    }
    let start: String = text.chars().take(LONGEST).collect();
    format!("\"{}…\"", visible(&start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_quotes_are_cut() {
        assert_eq!(quote("abc"), "\"abc\"");
        assert_eq!(quote("a\nb"), "\"a\\nb\"");
        assert_eq!(quote(&"x".repeat(50)).chars().count(), 43);
    }
}
