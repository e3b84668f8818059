//! A deserializer over the tree of a document, whose errors know their place.

use banyan_method::enumerate;
use serde::de::value::StrDeserializer;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

use super::document::{Item, Node};
use super::fault::{Cause, Fault};

/// Reads one value.
#[derive(Clone)]
pub(super) struct Reader<'a> {
    pub(super) item: &'a Item,
    pub(super) path: Vec<String>,
}

impl<'a> Reader<'a> {
    pub(super) fn wrong(&self, expected: &str) -> Fault {
        let found = self.item.node.describe();
        Fault::new(Cause::WrongType { expected: expected.to_owned(), found }).at(self.item, &self.path)
    }

    /// A whole number within the target type; serde's own words would name Rust's types.
    fn integer(&self, least: i64, most: i64) -> Result<i64, Fault> {
        let expected = match (least, most) {
            (0, i64::MAX) => "a whole number, 0 or more".to_owned(),
            (i64::MIN, i64::MAX) => "a whole number".to_owned(),
            _ => format!("a whole number between {least} and {most}"),
        };
        match self.item.node {
            Node::Integer(number) if (least..=most).contains(&number) => Ok(number),
            _ => Err(self.wrong(&expected)),
        }
    }

    fn located<T>(&self, result: Result<T, Fault>) -> Result<T, Fault> {
        result.map_err(|fault| fault.at(self.item, &self.path))
    }

    fn table<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Fault> {
        let Node::Table(table) = &self.item.node else {
            return Err(self.wrong("a table"));
        };
        let entries = Entries { entries: table.iter(), current: None, path: &self.path };
        self.located(visitor.visit_map(entries))
    }

    fn list<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Fault> {
        let Node::List(items) = &self.item.node else {
            return Err(self.wrong("a list in square brackets"));
        };
        let elements = Elements { items: items.iter(), path: &self.path };
        self.located(visitor.visit_seq(elements))
    }
}

impl Node {
    /// A value as an error shows it.
    pub(super) fn describe(&self) -> String {
        match self {
            Self::Text(text) => format!("the text {}", super::toml_text(text)),
            Self::Integer(number) => number.to_string(),
            Self::Float(number) => toml::Value::Float(*number).to_string(),
            Self::Boolean(value) => value.to_string(),
            Self::Date(date) => format!("the date {date}"),
            Self::List(_) => "a list".to_owned(),
            Self::Table(_) => "a table".to_owned(),
        }
    }
}

macro_rules! integers {
    ($($method:ident, $least:expr, $most:expr;)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
            let number = self.integer($least, $most)?;
            self.located(visitor.visit_i64(number))
        })*
    };
}

impl<'de> Deserializer<'de> for Reader<'de> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        // A visitor that takes several types names them itself; what was found is told in the words of the file.
        let result = match &self.item.node {
            Node::Text(text) | Node::Date(text) => visitor.visit_str(text),
            Node::Integer(number) => visitor.visit_i64(*number),
            Node::Float(number) => visitor.visit_f64(*number),
            Node::Boolean(value) => visitor.visit_bool(*value),
            Node::List(_) => return self.list(visitor),
            Node::Table(_) => return self.table(visitor),
        };
        let found = self.item.node.describe();
        let result = result.map_err(|mut fault: Fault| {
            if let Cause::WrongType { found: in_terms_of_rust, .. } = &mut fault.cause {
                *in_terms_of_rust = found;
            }
            fault
        });
        self.located(result)
    }

    integers! {
        deserialize_u8, 0, i64::from(u8::MAX);
        deserialize_u16, 0, i64::from(u16::MAX);
        deserialize_u32, 0, i64::from(u32::MAX);
        deserialize_u64, 0, i64::MAX;
        deserialize_i8, i64::from(i8::MIN), i64::from(i8::MAX);
        deserialize_i16, i64::from(i16::MIN), i64::from(i16::MAX);
        deserialize_i32, i64::from(i32::MIN), i64::from(i32::MAX);
        deserialize_i64, i64::MIN, i64::MAX;
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.item.node {
            Node::Float(number) => self.located(visitor.visit_f64(number)),
            Node::Integer(number) => self.located(visitor.visit_f64(number as f64)),
            _ => Err(self.wrong("a number")),
        }
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_f64(visitor)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.item.node {
            Node::Boolean(value) => self.located(visitor.visit_bool(value)),
            _ => Err(self.wrong("true or false")),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match &self.item.node {
            Node::Text(text) => self.located(visitor.visit_str(text)),
            _ => Err(self.wrong("a text in quotes")),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.list(visitor)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, Fault> {
        match &self.item.node {
            Node::List(items) if items.len() == length => self.list(visitor),
            Node::List(items) => {
                let found = format!("a list of {}", items.len());
                let expected = format!("a list of {length} values");
                Err(Fault::new(Cause::WrongType { expected, found }).at(self.item, &self.path))
            }
            _ => Err(self.wrong(&format!("a list of {length} values"))),
        }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.table(visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(self, _: &'static str, _: &'static [&'static str], visitor: V) -> Result<V::Value, Fault> {
        self.table(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(self, _: &'static str, names: &'static [&'static str], visitor: V) -> Result<V::Value, Fault> {
        let Node::Text(name) = &self.item.node else {
            return Err(self.wrong(&format!("one of {}", enumerate(names))));
        };
        let name: StrDeserializer<'_, Fault> = StrDeserializer::new(name);
        self.located(visitor.visit_enum(name))
    }

    forward_to_deserialize_any! {
        i128 u128 char bytes byte_buf unit unit_struct tuple_struct identifier ignored_any
    }
}

/// The entries of a table.
struct Entries<'a, 'p> {
    entries: indexmap::map::Iter<'a, String, Item>,
    current: Option<(&'a String, &'a Item)>,
    path: &'p [String],
}

impl Entries<'_, '_> {
    fn inner(&self, key: &str) -> Vec<String> {
        let mut path = self.path.to_vec();
        path.push(key.to_owned());
        path
    }
}

impl<'de> MapAccess<'de> for Entries<'de, '_> {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Fault> {
        self.current = self.entries.next();
        let Some((key, item)) = self.current else {
            return Ok(None);
        };
        let name: StrDeserializer<'_, Fault> = StrDeserializer::new(key);
        seed.deserialize(name).map(Some).map_err(|fault| fault.at(item, &self.inner(key)))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Fault> {
        let (key, item) = self.current.take().ok_or_else(|| Fault::custom("a value was read before its key"))?;
        seed.deserialize(Reader { item, path: self.inner(key) }).map_err(|fault| fault.at(item, &self.inner(key)))
    }
}

/// The elements of a list; they have the path of the list.
struct Elements<'a, 'p> {
    items: std::slice::Iter<'a, Item>,
    path: &'p [String],
}

impl<'de> SeqAccess<'de> for Elements<'de, '_> {
    type Error = Fault;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Fault> {
        let Some(item) = self.items.next() else {
            return Ok(None);
        };
        let reader = Reader { item, path: self.path.to_vec() };
        seed.deserialize(reader).map(Some).map_err(|fault| fault.at(item, self.path))
    }
}
