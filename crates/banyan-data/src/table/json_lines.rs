//! JSON Lines: one object a line.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use banyan_text::encoding::without_mark;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;

use super::positions::Positions;
use super::segment::CHUNK_ROWS;
use super::spill::Spilling;
use super::{Cell, Column, ReadOptions, Rows, encoded};
use crate::error::{Error, Hint, Place, Position};
use crate::value::FIRST_INEXACT;

/// An object's members in the order of the file (a map would sort them, and keep one of two alike).
struct Object(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Object;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object {\"column\": value, …}")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Object(members))
            }
        }
        deserializer.deserialize_map(Members)
    }
}

pub(super) fn read(bytes: &[u8], name: &str, options: &ReadOptions) -> Result<Rows, Error> {
    let bytes = without_mark(bytes, name)?;
    let mut columns: Vec<Column> = Vec::new();
    let mut index: HashMap<String, usize> = HashMap::new();
    let (mut positions, mut spilling) = (Positions::default(), Spilling::new(options));
    let missing_numbers = options.missing_numbers();
    // Within a value a line's end is written \n; old programs end lines with carriage returns alone.
    let end = if bytes.contains(&b'\n') { b'\n' } else { b'\r' };
    for (number, line) in bytes.split(|byte| *byte == end).enumerate() {
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let place = || Place { table: name.to_owned(), position: Position::Line(number as u64 + 1), column: None };
        let Object(members) =
            serde_json::from_slice(&with_large_wholes_as_texts(line)).map_err(|cause| broken_line(line, &cause, place()))?;
        let row = positions.len();
        for (key, value) in members {
            let column = *index.entry(key.clone()).or_insert_with(|| {
                columns.push(Column::new(key.clone()));
                columns.len() - 1
            });
            if columns[column].len() > row {
                return Err(Error::DuplicateColumn { place: place(), column: key });
            }
            columns[column].fill(row);
            push(&mut columns[column], value, (options, &missing_numbers));
        }
        positions.push(Position::Line(number as u64 + 1));
        if positions.len().is_multiple_of(CHUNK_ROWS) {
            spilling.watch(&mut columns)?;
        }
    }
    if positions.is_empty() {
        return Err(Error::NoRow { path: name.to_owned(), what: "is empty" });
    }
    for column in &mut columns {
        column.fill(positions.len());
    }
    Ok(Rows::new(columns, positions))
}

/// Digits of the smallest whole number that 64 bits may not hold.
const LONG: usize = 19;

/// A line in which whole numbers that 64 bits do not hold are texts: the parser would round them, and they are names.
fn with_large_wholes_as_texts(line: &[u8]) -> Cow<'_, [u8]> {
    if !line.chunk_by(|left, right| left.is_ascii_digit() && right.is_ascii_digit()).any(|run| run.len() >= LONG) {
        return line.into();
    }
    let mut changed = Vec::with_capacity(line.len() + 16);
    let (mut rest, mut in_text) = (line, false);
    while let [first, after @ ..] = rest {
        let is_number = !in_text && (first.is_ascii_digit() || *first == b'-');
        let length = match first {
            _ if is_number => 1 + after.iter().take_while(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-')).count(),
            b'\\' if in_text => 2.min(rest.len()),
            b'"' => {
                in_text = !in_text;
                1
            }
            _ => 1,
        };
        let (piece, after) = rest.split_at(length);
        let is_large = is_number && std::str::from_utf8(piece).is_ok_and(is_large_whole);
        let mark = if is_large { "\"".as_bytes() } else { &[] };
        [mark, piece, mark].into_iter().for_each(|bytes| changed.extend_from_slice(bytes));
        rest = after;
    }
    changed.into()
}

fn is_large_whole(number: &str) -> bool {
    let digits = number.strip_prefix('-').unwrap_or(number);
    let is_whole = digits.len() >= LONG && !digits.starts_with('0') && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_whole && number.parse::<u64>().is_err() && number.parse::<i64>().is_err()
}

fn push(column: &mut Column, value: Value, (options, missing_numbers): (&ReadOptions, &[f64])) {
    match value {
        Value::Null => column.push(Cell::Missing),
        Value::Bool(value) => column.push(Cell::Boolean(value)),
        Value::Number(number) if number.as_f64().is_some_and(|value| missing_numbers.contains(&value)) => column.push(Cell::Missing),
        Value::Number(number) => push_number(column, &number),
        Value::String(text) => {
            column.push(if options.is_missing(text.trim()) { Cell::Missing } else { Cell::Text(&text) });
        }
        Value::Array(items) => push_list(column, items),
        Value::Object(members) if encoded::is_medium(&members) => encoded::push_medium(column, &members),
        // A mask, as a list of one.
        Value::Object(members) if members.contains_key("size") && ["counts", "runs"].iter().any(|key| members.contains_key(*key)) => {
            column.push(Cell::Objects(&Value::Array(vec![Value::Object(members)]).to_string()));
        }
        Value::Object(_) => column.push(Cell::Other("a JSON object")),
    }
}

/// Whole numbers from 2^53 on stay texts: they are names (keys of a database), and as numbers two of them
/// would become one.
fn push_number(column: &mut Column, number: &serde_json::Number) {
    let value = number.as_f64().unwrap_or(f64::NAN);
    if !number.is_f64() && value.abs() >= FIRST_INEXACT {
        column.push(Cell::Text(&number.to_string()));
    } else {
        column.push(Cell::Number(value));
    }
}

fn push_list(column: &mut Column, items: Vec<Value>) {
    // Truth values are 1 and 0.
    let as_number = |item: &Value| match item {
        Value::Null => Some(f64::NAN),
        Value::Bool(value) => Some(f64::from(u8::from(*value))),
        Value::Number(number) => number.as_f64().filter(|value| number.is_f64() || value.abs() < FIRST_INEXACT),
        _ => None,
    };
    let is_numbers = items.iter().any(|item| item.is_number() || item.is_boolean());
    if is_numbers && let Some(values) = items.iter().map(as_number).collect::<Option<Vec<f64>>>() {
        return column.push(Cell::Numbers(&values));
    }
    let as_text = |item: &Value| match item {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(value) => Some(value.to_string()),
        // Gaps keep their place: that of a token without a label.
        Value::Null => Some(String::new()),
        Value::Array(_) | Value::Object(_) => None,
    };
    let texts: Option<Vec<String>> = items.iter().map(as_text).collect();
    match texts {
        Some(texts) => column.push(Cell::Texts(&texts)),
        // Objects: frames, or boxes. Lists: boxes.
        None if items.iter().all(Value::is_object) || items.iter().all(Value::is_array) => {
            column.push(Cell::Objects(&Value::Array(items).to_string()))
        }
        None => column.push(Cell::Other("a list of JSON objects or lists")),
    }
}

fn broken_line(line: &[u8], cause: &serde_json::Error, place: Place) -> Error {
    let has_not_a_number = line.windows(3).any(|window| window == b"NaN");
    let hint = if has_not_a_number {
        "JSON has no NaN: write null"
    } else if line.trim_ascii_start().starts_with(b"[") {
        "write one object a line instead of one list of objects"
    } else {
        "each line must be one JSON object"
    };
    // The parser counts lines within the one it was given.
    let cause = cause.to_string().replace("at line 1 column", "at character");
    Error::Line { place, problem: format!("broken JSON: {cause}"), hint: Hint::new(hint) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse_text(text: &str) -> Result<Rows, Error> {
        read(text.as_bytes(), "t.jsonl", &ReadOptions::default())
    }

    #[test]
    fn columns_appear_when_first_named() {
        let rows = parse_text("{\"b\": 1, \"a\": \"x\"}\n\n{\"c\": [1, null], \"b\": true}\r\n").unwrap();
        let names: Vec<&str> = rows.columns.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(names, ["b", "a", "c"]);
        assert_eq!(rows.columns[0].cell(1), Cell::Boolean(true));
        assert_eq!(rows.columns[1].cell(1), Cell::Missing);
        assert_eq!(rows.columns[2].cell(0), Cell::Missing);
        assert!(matches!(rows.columns[2].cell(1), Cell::Numbers([one, gap]) if *one == 1.0 && gap.is_nan()));
        assert_eq!(rows.positions, [Position::Line(1), Position::Line(3)].into_iter().collect());
    }

    #[test]
    fn types_of_json() {
        let rows = parse_text(r#"{"s": ["a", 1, null], "e": [], "o": {"x": 1}, "l": [[1]], "n": null, "m": "NA", "i": 9007199254740993}"#)
            .unwrap();
        let cells: Vec<Cell> = rows.columns.iter().map(|column| column.cell(0)).collect();
        assert_eq!(cells[0], Cell::Texts(&["a".to_owned(), "1".to_owned(), String::new()]));
        assert_eq!(cells[1], Cell::Texts(&[]));
        assert_eq!(cells[2], Cell::Other("a JSON object"));
        assert_eq!(cells[3], Cell::Objects("[[1]]"));
        assert_eq!((cells[4], cells[5]), (Cell::Missing, Cell::Missing));
        assert_eq!(cells[6], Cell::Text("9007199254740993"));
    }

    /// As others do from 2^53 on.
    #[test]
    fn wholes_beyond_64_bits_keep_their_digits() {
        let text = r#"{"a": 18446744073709551616, "b": [18446744073709551616, -9223372036854775809, 3], "c": "\"1 18446744073709551616", "d": 18446744073709551616.5, "e": 18446744073709551615, "f": 18446744073709551616e2}"#;
        let rows = parse_text(text).unwrap();
        let cells: Vec<Cell> = rows.columns.iter().map(|column| column.cell(0)).collect();
        assert_eq!(cells[0], Cell::Text("18446744073709551616"));
        assert_eq!(cells[1], Cell::Texts(&["18446744073709551616", "-9223372036854775809", "3"].map(str::to_owned)));
        assert_eq!(cells[2], Cell::Text("\"1 18446744073709551616"));
        assert_eq!((cells[3], cells[4]), (Cell::Number(2_f64.powi(64)), Cell::Text("18446744073709551615")));
        assert_eq!(cells[5], Cell::Number(2_f64.powi(64) * 100.0));
    }

    #[test]
    fn lines_may_end_with_carriage_returns_alone() {
        let rows = parse_text("{\"a\": 1}\r{\"a\": 2}\r").unwrap();
        assert_eq!((rows.columns[0].cell(1), rows.positions), (Cell::Number(2.0), (1..=2).map(Position::Line).collect()));
    }

    #[test]
    fn utf_16_without_a_mark_is_told() {
        for bytes in [
            r#"{"a": 1}"#.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>(),
            r#"{"a": 1}"#.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        ] {
            let error = read(&bytes, "t.jsonl", &ReadOptions::default()).err().unwrap().to_string();
            assert_eq!(error, "t.jsonl, line 1: the file is in UTF-16; save it as UTF-8");
        }
    }

    #[test]
    fn broken_lines_are_named() {
        let message = |text: &str| parse_text(text).err().unwrap().to_string();
        assert_eq!(
            message("{\"a\": 1}\n{\"a\": \n"),
            "t.jsonl, line 2: broken JSON: EOF while parsing a value at character 6; each line must be one JSON object"
        );
        assert!(message("{\"a\": NaN}").ends_with("JSON has no NaN: write null"));
        assert!(message("[{\"a\": 1}]").ends_with("write one object a line instead of one list of objects"));
        assert_eq!(message("{\"a\": 1, \"a\": 2}"), "t.jsonl, line 1: two columns are named \"a\"; rename one of them");
        assert_eq!(message("\n \n"), "t.jsonl is empty; a table needs at least one row");
    }
}
