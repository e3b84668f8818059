//! Images and sounds within a table of texts: in base64, as a data URI, or as the object that Hugging Face's data sets write.

use std::sync::Arc;

use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use base64::{DecodeError, Engine};
use serde_json::{Map, Value};

use super::column::{Cell, Column};
use banyan_media::medium;

/// Shorter texts are no files: the smallest image has more.
const SHORTEST: usize = 64;
/// From this length on, a text of the characters of base64 alone is no path.
const NO_PATH: usize = 256;
/// Cells of which one is a medium, where a column has any.
const PROBED: usize = 1000;
/// So many characters show what a file begins with.
const HEAD: usize = 64;

const BYTES: &str = "bytes";
const PATH: &str = "path";

/// The bytes that a text holds instead of the path of a file, or what is wrong with it as the end of a sentence that begins with the text; nothing
/// where it may be a path.
pub(crate) fn content(text: &str) -> Option<Result<Vec<u8>, String>> {
    if let Some((head, data)) = data_uri(text) {
        let is_base64 = head.to_ascii_lowercase().ends_with(";base64");
        return Some(if is_base64 { decode(data) } else { Err("is a data URI whose data are not in base64".to_owned()) });
    }
    if text.len() < SHORTEST || !is_of_base64(text) {
        return None;
    }
    let bytes = decode(text);
    let is_medium = || bytes.as_ref().is_ok_and(|bytes| medium(bytes).is_some());
    (text.len() >= NO_PATH || is_medium()).then_some(bytes)
}

/// What stands before the comma of a data URI (RFC 2397), and what behind it.
fn data_uri(text: &str) -> Option<(&str, &str)> {
    const SCHEME: usize = 5;
    const LONGEST_TYPE: usize = 200;
    let is_scheme = text.get(..SCHEME).is_some_and(|scheme| scheme.eq_ignore_ascii_case("data:"));
    text.get(SCHEME..)?.split_once(',').filter(|(head, _)| is_scheme && head.len() <= LONGEST_TYPE)
}

/// Whether a text has no other characters; lines may be broken, as in mail.
fn is_of_base64(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=-_\r\n".contains(&byte))
}

/// Reads base64 (RFC 4648) of either alphabet, with or without padding and breaks of lines.
fn decode(text: &str) -> Result<Vec<u8>, String> {
    let text: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let options =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent).with_decode_allow_trailing_bits(true);
    let is_url_safe = text.iter().any(|byte| b"-_".contains(byte));
    let engine = GeneralPurpose::new(if is_url_safe { &URL_SAFE } else { &STANDARD }, options);
    engine.decode(text).map_err(|cause| match cause {
        DecodeError::InvalidByte(place, byte) => {
            format!("is not base64: it has the character '{}' at place {}", byte.escape_ascii(), place + 1)
        }
        _ => "is not whole: base64 comes in groups of four characters".to_owned(),
    })
}

/// Turns the texts of a column that hold images and sounds into their bytes, which take three quarters of the memory, where most of the column does.
/// What cannot be decoded stays a text, and costs its row when it is to be read. Each cell is decoded once.
pub(super) fn read_media(column: &mut Column) {
    let mut read = Column::new(column.name.clone());
    read.is_index = column.is_index;
    let (mut known, mut media) = (0, 0);
    for cell in column.cells() {
        let held = if let Cell::Text(text) = cell { medium_in(text) } else { None };
        known += usize::from(!cell.is_missing());
        media += usize::from(held.is_some());
        if media == 0 && known >= PROBED {
            return;
        }
        match held {
            Some(Ok(bytes)) => read.push(Cell::Bytes(&Arc::from(bytes))),
            Some(Err(_)) | None => read.push(cell),
        }
    }
    if media > 0 && media * 2 >= known {
        *column = read;
    }
}

/// The image or the sound that a text holds by how it begins, or what is wrong with it.
fn medium_in(text: &str) -> Option<Result<Vec<u8>, String>> {
    if let Some((head, _)) = data_uri(text) {
        let is_kind = |kind: &&str| head.get(..kind.len()).is_some_and(|start| start.eq_ignore_ascii_case(kind));
        return ["image/", "audio/"].iter().any(is_kind).then(|| content(text)).flatten();
    }
    let head = text.get(..HEAD).filter(|head| is_of_base64(head))?;
    // MP3 has no signature: what begins as it alone is looked at as a whole.
    let begins_as = |head: &[u8]| medium(head).is_some() || head.starts_with(b"ID3") || head.starts_with(&[0xFF]);
    let bytes = decode(head).is_ok_and(|head| begins_as(&head)).then(|| content(text)).flatten()?;
    bytes.ok().filter(|bytes| medium(bytes).is_some()).map(Ok)
}

/// Whether a JSON object is an image or a sound as Hugging Face's data sets have it: `{"bytes": "<base64>", "path": "a.png"}`.
pub(super) fn is_medium(members: &Map<String, Value>) -> bool {
    let is_known = |(name, value): (&String, &Value)| [BYTES, PATH].contains(&name.as_str()) && (value.is_string() || value.is_null());
    !members.is_empty() && members.iter().all(is_known)
}

/// Appends what such an object holds: the bytes, or where there are none the path.
pub(super) fn push_medium(column: &mut Column, members: &Map<String, Value>) {
    let text = |name: &str| members.get(name).and_then(Value::as_str).filter(|text| !text.trim().is_empty());
    match (text(BYTES), text(PATH)) {
        (Some(encoded), _) => match data_uri(encoded).map_or_else(|| decode(encoded), |(_, data)| decode(data)) {
            Ok(bytes) => column.push(Cell::Bytes(&Arc::from(bytes))),
            // A data URI is no path, whatever it holds.
            Err(_) => column.push(Cell::Text(&format!("data:;base64,{encoded}"))),
        },
        (None, Some(path)) => column.push(Cell::Text(path)),
        (None, None) => column.push(Cell::Missing),
    }
}

#[cfg(test)]
mod tests {
    use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
    use proptest::prelude::*;

    use super::*;

    /// As small as an image can be, and more.
    fn png(length: usize) -> Vec<u8> {
        let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
        bytes.extend((8..length).map(|place| (place * 37 % 256) as u8));
        bytes
    }

    #[test]
    fn base64_in_all_its_spellings() {
        let bytes = png(100);
        let plain = BASE64_STANDARD.encode(&bytes);
        let broken: Vec<String> = plain.as_bytes().chunks(76).map(|line| String::from_utf8_lossy(line).into_owned()).collect();
        for text in [
            plain.clone(),
            BASE64_URL_SAFE_NO_PAD.encode(&bytes),
            plain.trim_end_matches('=').to_owned(),
            broken.join("\r\n"),
            format!("data:image/png;base64,{plain}"),
            format!("DATA:;base64,{plain}"),
        ] {
            assert_eq!(content(&text), Some(Ok(bytes.clone())), "{text}");
        }
    }

    #[test]
    fn what_may_be_a_path_is_none() {
        let path = format!("{}/0001", "images/of/a/folder".repeat(5));
        for text in ["a.png", "", "data", "data:x", &path, &format!("{}.png", "x".repeat(500)), &"a word ".repeat(100)] {
            assert_eq!(content(text), None, "{text}");
        }
        let problem = |text: &str| content(text).map(|content| content.err());
        assert_eq!(problem("data:image/png,abc"), Some(Some("is a data URI whose data are not in base64".to_owned())));
        assert_eq!(problem("data:;base64,iVBO*"), Some(Some("is not base64: it has the character '*' at place 5".to_owned())));
        let cut = Some(Some("is not whole: base64 comes in groups of four characters".to_owned()));
        assert_eq!(problem(&"A".repeat(257)), cut);
    }

    #[test]
    fn a_column_is_of_files_where_most_of_it_is() {
        let column = |cells: &[&str]| {
            let mut column = Column::new("c");
            cells.iter().for_each(|cell| column.push(Cell::Text(cell)));
            read_media(&mut column);
            column.cells().map(|cell| matches!(cell, Cell::Bytes(_))).collect::<Vec<bool>>()
        };
        let (png, sound) = (BASE64_STANDARD.encode(png(100)), format!("data:audio/wav;base64,{}", BASE64_STANDARD.encode("x")));
        assert_eq!(column(&[&png, "", "none", &sound]), [true, false, false, true]);
        assert_eq!(column(&[&png, "a", "b"]), [false; 3]);
        assert_eq!(column(&[&"ACGT".repeat(100)]), [false]);
        let mp3 = BASE64_STANDARD.encode(include_bytes!("../../../banyan-media/tests/fixtures/tone.mp3"));
        assert_eq!(column(&[&mp3, &format!("//sh{}", "are".repeat(100))]), [true, false]);
    }

    proptest! {
        #[test]
        fn never_panics(text in "(data:[a-z;64,]{0,9},)?[A-Za-z+/=\\-_é\n*]{0,300}") {
            let _ = content(&text);
            let _ = medium_in(&text);
        }
    }
}
