//! Words as a shell wants them, for commands that a person is to copy.

/// A word, in quotation marks where a shell would take it apart.
pub(crate) fn word(text: &str) -> String {
    let is_plain = |character: char| character.is_alphanumeric() || "-_./,:=+@%".contains(character);
    if !text.is_empty() && text.chars().all(is_plain) { text.to_owned() } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_a_shell_would_take_apart_are_quoted() {
        assert_eq!(
            ["a/b-1.csv", "Größe", "my file.csv", "it's", ""].map(word),
            ["a/b-1.csv", "Größe", "'my file.csv'", r"'it'\''s'", "''"]
        );
    }
}
