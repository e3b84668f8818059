//! The TOML text as a tree whose every key and value remembers where it was written.

use std::fmt;
use std::sync::Arc;

use indexmap::IndexMap;
use toml::de::{DeTable, DeValue};

use super::ConfigError;

/// Where something was written.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Place {
    /// A line of the file, from 1.
    Line(usize),
    /// A `--set` argument.
    Override(String),
}

/// A value and its place; for a value behind a key, the key's place, since errors speak of keys.
#[derive(Debug, Clone)]
pub(super) struct Item {
    pub(super) node: Node,
    pub(super) place: Place,
}

#[derive(Debug, Clone)]
pub(super) enum Node {
    Text(String),
    Integer(i64),
    Float(f64),
    Boolean(bool),
    Date(String),
    List(Vec<Item>),
    Table(Table),
}

/// Keys in the order of the file.
pub(super) type Table = IndexMap<String, Item>;

#[derive(Debug)]
pub(super) struct Document {
    /// What errors call the file.
    pub(super) name: String,
    pub(super) root: Item,
}

impl Document {
    pub(super) fn parse(name: &str, text: &str) -> Result<Self, ConfigError> {
        let lines = Lines(text);
        let table = DeTable::parse(text).map_err(|error| {
            let place = match error.span() {
                Some(span) => format!("{name}, {}", lines.line_and_column(span.start)),
                None => name.to_owned(),
            };
            let line = error.span().map(|span| lines.text_of_line(span.start)).unwrap_or_default();
            let message = missing_quotes(line).unwrap_or_else(|| syntax_message(error.message()));
            ConfigError::invalid(place, message)
        })?;
        let place = |offset| Place::Line(lines.line(offset));
        let node = convert(DeValue::Table(table.into_inner()), &Place::Line(1), &place)
            .map_err(|(place, message)| ConfigError::invalid(show(name, &place), message))?;
        let root = Item { node, place: Place::Line(1) };
        Ok(Self { name: name.to_owned(), root })
    }

    /// How an error names a place.
    pub(super) fn show(&self, place: &Place) -> String {
        show(&self.name, place)
    }
}

fn show(name: &str, place: &Place) -> String {
    match place {
        Place::Line(line) => format!("{name}, line {line}"),
        Place::Override(argument) => format!("--set {argument}"),
    }
}

/// One value in TOML syntax, all of whose parts have the same place.
pub(super) fn parse_value(text: &str, place: &Place) -> Result<Node, String> {
    let value = DeValue::parse(text).map_err(|error| syntax_message(error.message()))?;
    convert(value.into_inner(), place, &|_| place.clone()).map_err(|(_, message)| message)
}

/// The parser speaks in the terms of the grammar; its sentence is kept and said to be about TOML.
pub(super) fn syntax_message(message: &str) -> String {
    format!("this is not valid TOML: {}", message.trim().replace('\n', ", "))
}

/// The two commonest slips, of which the grammar's own words say little: a text without quotes, and no value at all.
fn missing_quotes(line: &str) -> Option<String> {
    let (key, value) = line.split_once('=')?;
    let (key, value) = (key.trim(), value.split('#').next()?.trim());
    if value.is_empty() {
        return Some(format!("there is no value after \"{key} =\""));
    }
    let is_word = value.chars().all(|letter| letter.is_alphanumeric() || "-_./ ".contains(letter));
    let begins = value.starts_with(|letter: char| letter.is_alphabetic());
    let has_meaning = ["true", "false", "nan", "inf"].contains(&value);
    (is_word && begins && !has_meaning).then(|| format!("a text needs quotes: write {key} = \"{value}\""))
}

/// `own` is the place of the value itself; `place` tells that of an offset in the text.
fn convert(value: DeValue<'_>, own: &Place, place: &impl Fn(usize) -> Place) -> Result<Node, (Place, String)> {
    let wrong = |message: String| (own.clone(), message);
    Ok(match value {
        DeValue::String(text) => Node::Text(text.into_owned()),
        DeValue::Boolean(value) => Node::Boolean(value),
        DeValue::Datetime(date) => Node::Date(date.to_string()),
        DeValue::Integer(number) => {
            let parsed = i64::from_str_radix(number.as_str(), number.radix());
            Node::Integer(parsed.map_err(|_| wrong(format!("the whole number {number} is too large")))?)
        }
        DeValue::Float(number) => {
            let parsed = number.as_str().parse();
            Node::Float(parsed.map_err(|_| wrong(format!("{} is no number", number.as_str())))?)
        }
        DeValue::Array(list) => {
            let mut items = Vec::new();
            for value in list {
                let own = place(value.span().start);
                let node = convert(value.into_inner(), &own, place)?;
                items.push(Item { node, place: own });
            }
            Node::List(items)
        }
        DeValue::Table(table) => {
            let mut items = Table::new();
            for (key, value) in table {
                let own = place(key.span().start);
                let node = convert(value.into_inner(), &own, place)?;
                items.insert(key.into_inner().into_owned(), Item { node, place: own });
            }
            Node::Table(items)
        }
    })
}

/// Turns offsets into lines.
struct Lines<'a>(&'a str);

impl Lines<'_> {
    fn before(&self, offset: usize) -> &str {
        let mut end = offset.min(self.0.len());
        while !self.0.is_char_boundary(end) {
            end -= 1;
        }
        &self.0[..end]
    }

    fn line(&self, offset: usize) -> usize {
        1 + self.before(offset).matches('\n').count()
    }

    fn text_of_line(&self, offset: usize) -> &str {
        self.0.lines().nth(self.line(offset) - 1).unwrap_or_default()
    }

    fn line_and_column(&self, offset: usize) -> String {
        let before = self.before(offset);
        let column = 1 + before.chars().rev().take_while(|character| *character != '\n').count();
        format!("line {}, column {column}", self.line(offset))
    }
}

/// Where the keys of a configuration were written.
#[derive(Clone, Default)]
pub struct Origin(Option<Arc<Document>>);

impl Origin {
    pub(super) fn of(document: Document) -> Self {
        Self(Some(Arc::new(document)))
    }

    pub(super) fn place(&self, path: &[&str]) -> String {
        let Some(document) = &self.0 else {
            return "the configuration".to_owned();
        };
        let mut place = None;
        let mut node = &document.root.node;
        for part in path {
            let Node::Table(table) = node else { break };
            let Some(item) = table.get(*part) else { break };
            place = Some(&item.place);
            node = &item.node;
        }
        place.map_or_else(|| document.name.clone(), |place| document.show(place))
    }
}

impl fmt::Debug for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.0.as_ref().map(|document| document.name.as_str());
        formatter.debug_tuple("Origin").field(&name).finish()
    }
}

/// Where a value was written is no part of the value.
impl PartialEq for Origin {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}
