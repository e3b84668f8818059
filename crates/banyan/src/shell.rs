//! Words as a shell wants them, for commands that a person is to copy.

use std::path::Path;

/// A word, in quotation marks where a shell would take it apart.
pub(crate) fn word(text: &str) -> String {
    let is_plain = |character: char| character.is_alphanumeric() || "-_./,:=+@%".contains(character);
    if !text.is_empty() && text.chars().all(is_plain) { text.to_owned() } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

/// A path as a word. One that is no UTF-8 is written as shells since bash write any bytes: `$'caf\xE9'`.
pub(crate) fn path(path: &Path) -> String {
    if let Some(text) = path.to_str() {
        return word(text);
    }
    let mut quoted = "$'".to_owned();
    for part in path.as_os_str().as_encoded_bytes().utf8_chunks() {
        quoted += &part.valid().replace('\\', r"\\").replace('\'', r"\'");
        part.invalid().iter().for_each(|byte| quoted += &format!("\\x{byte:02X}"));
    }
    quoted + "'"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn paths_of_any_bytes_are_words() {
        use std::os::unix::ffi::OsStrExt;
        let of_bytes = |bytes: &[u8]| path(Path::new(std::ffi::OsStr::from_bytes(bytes)));
        assert_eq!([b"a b".as_slice(), b"caf\xe9/it's \xff\\"].map(of_bytes), ["'a b'", r"$'caf\xE9/it\'s \xFF\\'"]);
    }

    #[test]
    fn words_that_a_shell_would_take_apart_are_quoted() {
        assert_eq!(
            ["a/b-1.csv", "Größe", "my file.csv", "it's", ""].map(word),
            ["a/b-1.csv", "Größe", "'my file.csv'", r"'it'\''s'", "''"]
        );
    }
}
