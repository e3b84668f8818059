//! Lists that a text holds as they are written in Python or JSON: `['a', 'b']`, `["a"]`, `('a', 'b')`, `{'a'}`, `[1, 2]`, `[]`. A data frame writes its
//! lists so into a delimited file.

use super::column::{Cell, Column};
use crate::value::{format_number, is_empty_list, is_inexact_whole};

/// Turns the texts of a column into the lists that they hold, where all of them hold one.
pub(super) fn read_lists(column: &mut Column) {
    let known = || column.cells().filter(|cell| !cell.is_missing());
    // Most columns end at their first cell.
    if !known().all(|cell| is_list(&cell)) || known().next().is_none() {
        return;
    }
    let parsed = column.cells().map(|cell| if let Cell::Text(text) = cell { parse(text).map(Some) } else { Some(None) });
    let lists: Option<Vec<Option<Vec<Item>>>> = parsed.collect();
    let Some(lists) = lists.or_else(|| unquoted(column)) else { return };
    let are_numbers = lists.iter().flatten().flatten().all(|item| !matches!(item, Item::Text(_)));
    let is_empty = lists.iter().flatten().all(Vec::is_empty);
    let mut read = Column::new(column.name.clone());
    for list in lists {
        match list {
            None => read.push(Cell::Missing),
            Some(items) if are_numbers && !is_empty => read.push(Cell::Numbers(&items.iter().map(Item::number).collect::<Vec<f64>>())),
            Some(items) => read.push_texts(Some(items.into_iter().map(Item::text).collect())),
        }
    }
    *column = read;
}

/// Whether a cell may hold a list, by how it begins and ends.
fn is_list(cell: &Cell<'_>) -> bool {
    if let Cell::Text(text) = cell { is_in_brackets(without_type(text)) || is_empty_list(text) } else { false }
}

fn is_in_brackets(text: &str) -> bool {
    ["[]", "()", "{}"].iter().any(|pair| text.len() > 1 && text.starts_with(&pair[..1]) && text.ends_with(&pair[1..]))
}

/// A list without the name of its type, which Python writes before some.
fn without_type(text: &str) -> &str {
    let of = |name| text.strip_prefix(name).and_then(|rest: &str| rest.strip_prefix('(')?.strip_suffix(')'));
    ["frozenset", "set", "list", "tuple"].into_iter().find_map(of).unwrap_or(text)
}

/// The lists of a column whose members stand without quotes, as databases (`{a,b}`) and programs that print (`[a, b]`) write them, where one
/// of them has several members.
fn unquoted(column: &Column) -> Option<Vec<Option<Vec<Item>>>> {
    let lists: Option<Vec<Option<Vec<Item>>>> =
        column.cells().map(|cell| if let Cell::Text(text) = cell { parse_unquoted(text).map(Some) } else { Some(None) }).collect();
    lists.filter(|lists| lists.iter().flatten().any(|items| items.len() > 1))
}

/// The members between commas, each a text, or in double quotes where it holds what would end it.
fn parse_unquoted(text: &str) -> Option<Vec<Item>> {
    let inner = [('[', ']'), ('{', '}')].into_iter().find_map(|(open, close)| text.strip_prefix(open)?.strip_suffix(close))?;
    let (mut rest, mut items) = (inner.trim(), Vec::new());
    while !rest.is_empty() {
        let (item, after) = match rest.strip_prefix('"') {
            Some(quote) => quoted(quote, '"').map(|(text, after)| (Item::Text(text), after))?,
            None => {
                let (word, after) = rest.split_at(rest.find(',').unwrap_or(rest.len()));
                let word = word.trim();
                let is_plain = !word.is_empty() && !word.contains(|character| "[](){}'\":=".contains(character));
                let item = if matches!(word, "NULL" | "null" | "None") { Item::Gap } else { Item::Text(word.to_owned()) };
                is_plain.then_some((item, after))?
            }
        };
        items.push(item);
        let after = after.trim_start();
        rest = match after.strip_prefix(',') {
            // A comma at the end is that of a sentence.
            Some(after) if after.trim().is_empty() => return None,
            Some(after) => after.trim_start(),
            None if after.is_empty() => after,
            None => return None,
        };
    }
    Some(items)
}

/// A member of a list.
#[derive(Debug, Clone, PartialEq)]
enum Item {
    Text(String),
    Number(f64),
    Truth(bool),
    Gap,
}

impl Item {
    fn number(&self) -> f64 {
        match self {
            Self::Number(value) => *value,
            Self::Truth(value) => f64::from(u8::from(*value)),
            Self::Gap | Self::Text(_) => f64::NAN,
        }
    }

    fn text(self) -> String {
        match self {
            Self::Text(text) => text,
            Self::Number(value) => format_number(value),
            Self::Truth(value) => value.to_string(),
            Self::Gap => String::new(),
        }
    }
}

/// The members of a list; nothing where the text is none, or one of lists.
fn parse(text: &str) -> Option<Vec<Item>> {
    if is_empty_list(text) {
        return Some(Vec::new());
    }
    let text = without_type(text);
    let mut rest = is_in_brackets(text).then(|| text[1..text.len() - 1].trim())?;
    let mut items = Vec::new();
    while !rest.is_empty() {
        let (item, after) = next_item(rest)?;
        items.push(item);
        // NumPy puts spaces alone between the members of an array.
        let spaced = after.trim_start();
        rest = match spaced.strip_prefix(',') {
            Some(after) => after.trim_start(),
            None if spaced.len() < after.len() || spaced.is_empty() => spaced,
            None => return None,
        };
    }
    Some(items)
}

fn next_item(text: &str) -> Option<(Item, &str)> {
    if let Some(quote) = text.chars().next().filter(|first| matches!(first, '\'' | '"')) {
        let (text, rest) = quoted(&text[1..], quote)?;
        return Some((Item::Text(text), rest));
    }
    let end = text.find(|character: char| character == ',' || character.is_whitespace()).unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    let item = match word {
        "None" | "null" | "nan" | "NaN" | "NA" | "<NA>" => Item::Gap,
        "True" | "true" => Item::Truth(true),
        "False" | "false" => Item::Truth(false),
        word if is_inexact_whole(word) => Item::Text(word.to_owned()),
        word => Item::Number(word.parse().ok().filter(|value: &f64| value.is_finite())?),
    };
    Some((item, rest))
}

/// A text up to its closing quote, with the escapes that Python and JSON know, and what follows it.
fn quoted(text: &str, quote: char) -> Option<(String, &str)> {
    let mut read = String::new();
    let mut characters = text.char_indices();
    while let Some((place, character)) = characters.next() {
        if character == quote {
            return Some((read, &text[place + 1..]));
        }
        if character != '\\' {
            read.push(character);
            continue;
        }
        let (_, escaped) = characters.next()?;
        let mut code = |digits: usize| {
            let digits: String = characters.by_ref().take(digits).map(|(_, digit)| digit).collect();
            u32::from_str_radix(&digits, 16).ok()
        };
        match escaped {
            'n' => read.push('\n'),
            't' => read.push('\t'),
            'r' => read.push('\r'),
            'x' => read.push(char::from_u32(code(2)?)?),
            'U' => read.push(char::from_u32(code(8)?)?),
            'u' => {
                let high = code(4)?;
                // JSON writes what lies beyond 16 bits as two halves.
                let is_half = (0xd800..0xdc00).contains(&high) && characters.next()?.1 == '\\' && characters.next()?.1 == 'u';
                let code = if is_half {
                    let digits: String = characters.by_ref().take(4).map(|(_, digit)| digit).collect();
                    0x10000 + ((high - 0xd800) << 10) + u32::from_str_radix(&digits, 16).ok()?.checked_sub(0xdc00)?
                } else {
                    high
                };
                read.push(char::from_u32(code)?);
            }
            other => read.push(other),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn texts(members: &[&str]) -> Option<Vec<Item>> {
        Some(members.iter().map(|member| Item::Text((*member).to_owned())).collect())
    }

    #[test]
    fn lists_of_python_and_json() {
        for (text, expected) in [
            ("['a', 'b']", texts(&["a", "b"])),
            ("[\"a\"]", texts(&["a"])),
            ("['a' 'b']", texts(&["a", "b"])),
            ("('a',)", texts(&["a"])),
            ("{'a', 'b c'}", texts(&["a", "b c"])),
            ("[\"it's\", 'say \"so\"', 'a, b']", texts(&["it's", "say \"so\"", "a, b"])),
            (r#"["a\"b", "\u00e9\ud83d\ude00", 'l\n']"#, texts(&["a\"b", "é😀", "l\n"])),
            ("[]", texts(&[])),
            ("set()", texts(&[])),
            ("frozenset()", texts(&[])),
            ("frozenset({'a', 'b'})", texts(&["a", "b"])),
            ("frozenset('a')", None),
            ("[1, 2.5, nan]", Some(vec![Item::Number(1.0), Item::Number(2.5), Item::Gap])),
            ("[1. 2.]", Some(vec![Item::Number(1.0), Item::Number(2.0)])),
            ("[True, None]", Some(vec![Item::Truth(true), Item::Gap])),
            ("[1152921504606846977]", texts(&["1152921504606846977"])),
            ("[a, b]", None),
            ("['a'", None),
            ("['a'b]", None),
            ("[['a']]", None),
            ("{'a': 1}", None),
            ("(0, 10]", None),
            ("[", None),
        ] {
            assert_eq!(parse(text), expected, "{text}");
        }
    }

    #[test]
    fn a_column_is_lists_where_all_its_texts_are() {
        let column = |cells: &[&str]| {
            let mut column = Column::new("c");
            cells.iter().for_each(|cell| column.push(Cell::Text(cell)));
            read_lists(&mut column);
            column
        };
        let lists = column(&["['a', 'b']", "", "[]"]);
        assert_eq!(lists.cell(0), Cell::Texts(&["a".to_owned(), "b".to_owned()]));
        assert_eq!((lists.cell(1), lists.cell(2)), (Cell::Missing, Cell::Texts(&[])));
        assert_eq!(column(&["[1, 2]", "[3]"]).cell(0), Cell::Numbers(&[1.0, 2.0]));
        assert_eq!(column(&["[1]", "['a']"]).cell(0), Cell::Texts(&["1".to_owned()]));
        assert_eq!(column(&["[1]", "see [1]"]).cell(0), Cell::Text("[1]"));
        assert_eq!(column(&["(laughs)"]).cell(0), Cell::Text("(laughs)"));
    }

    #[test]
    fn members_without_quotes_are_read_where_they_are_several() {
        let column = |cells: &[&str]| {
            let mut column = Column::new("c");
            cells.iter().for_each(|cell| column.push(Cell::Text(cell)));
            read_lists(&mut column);
            column
        };
        let of_database = column(&["{a,\"b, c\",NULL}", "{}", "{1}", ""]);
        assert_eq!(of_database.cell(0), Cell::Texts(&["a", "b, c", ""].map(str::to_owned)));
        assert_eq!((of_database.cell(1), of_database.cell(3)), (Cell::Texts(&[]), Cell::Missing));
        assert_eq!(of_database.cell(2), Cell::Texts(&["1".to_owned()]));
        assert_eq!(column(&["[New York, b]", "[a]"]).cell(0), Cell::Texts(&["New York", "b"].map(str::to_owned)));
        for text in ["[removed]", "[laughs], [cries]", "{'a': 1, 'b': 2}", "{a: 1, b: 2}", "(0, 10]", "(a, b)", "[a, b,]", "[a,, b]"] {
            assert_eq!(column(&[text]).cell(0), Cell::Text(text));
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in "[\\[\\](){}'\"\\\\uxn0-9a, é]{0,40}") {
            let _ = (parse(&text), parse_unquoted(&text));
        }
    }
}
