//! Paths as texts of a configuration, which is UTF-8 where file names may be any bytes.
//!
//! A path that is no UTF-8 is written as `file:` and its bytes, those that are not plain ASCII as `%` and two hexadecimal digits, as URLs have
//! them. Every other path stands as it is.

use std::borrow::Cow;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// What the text of such a path begins with.
const SCHEME: &str = "file:";

/// A path as a text, from which [`from_text`] makes the same path.
pub fn to_text(path: &Path) -> Cow<'_, str> {
    match path.to_str() {
        Some(text) if !text.starts_with(SCHEME) => text.into(),
        _ => {
            let byte = |byte: &u8| match byte {
                b'/' | b'.' | b'-' | b'_' | b'~' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => char::from(*byte).to_string(),
                other => format!("%{other:02X}"),
            };
            format!("{SCHEME}{}", path.as_os_str().as_encoded_bytes().iter().map(byte).collect::<String>()).into()
        }
    }
}

/// The path that a text stands for.
pub fn from_text(text: &str) -> PathBuf {
    match text.strip_prefix(SCHEME).and_then(decoded) {
        Some(path) => path.into(),
        None => text.into(),
    }
}

/// Percent-encoded bytes as a path; `None` where they are none.
fn decoded(text: &str) -> Option<OsString> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let mut digit = || char::from(rest.next()?).to_digit(16);
                (digit()? * 16 + digit()?) as u8
            }
            other => other,
        });
    }
    os_string(bytes)
}

#[cfg(unix)]
fn os_string(bytes: Vec<u8>) -> Option<OsString> {
    Some(std::os::unix::ffi::OsStringExt::from_vec(bytes))
}

#[cfg(not(unix))]
fn os_string(bytes: Vec<u8>) -> Option<OsString> {
    String::from_utf8(bytes).ok().map(OsString::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_survive_as_texts() {
        for path in ["", "a/b.csv", "/tmp/naïve 100%.csv", "file:a.csv", "a%20b", "file:%zz"] {
            assert_eq!(from_text(&to_text(Path::new(path))), Path::new(path));
        }
        assert_eq!(to_text(Path::new("/tmp/naïve 100%.csv")), "/tmp/naïve 100%.csv");
        // Not such a text after all.
        assert_eq!(from_text("file:100%"), Path::new("file:100%"));
    }

    #[cfg(unix)]
    #[test]
    fn bytes_that_are_no_text_survive() {
        use std::os::unix::ffi::OsStrExt;
        let path = Path::new(std::ffi::OsStr::from_bytes(b"/tmp/caf\xe9 %41/t.csv"));
        assert_eq!(to_text(path), "file:/tmp/caf%E9%20%2541/t.csv");
        assert_eq!(from_text(&to_text(path)), path);
    }
}
