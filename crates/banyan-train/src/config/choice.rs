//! A method by name, with or without options.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserializer, Error, MapAccess, Visitor};
use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Serialize};

/// A method: `"cagrad"`, or `{ type = "cagrad", c = 0.4 }` with options.
///
/// The names and options that exist are the business of the crates that hold the methods: see
/// [`super::validate_choices`].
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// The method's name.
    pub name: String,
    /// Its options, in the order of the file, `type` left out.
    pub options: toml::Table,
}

/// An option whose value does not fit; the sentence says which and why.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("option \"{option}\" of \"{name}\" must be {expected}, not {found}")]
pub struct OptionError {
    /// The method.
    pub name: String,
    /// The option.
    pub option: String,
    /// What it must be.
    pub expected: &'static str,
    /// What it is, as written.
    pub found: String,
}

impl Choice {
    /// The method of this name without options.
    pub fn named(name: &str) -> Self {
        Self { name: name.to_owned(), options: toml::Table::new() }
    }

    /// A number among the options; `None` where it is not given.
    ///
    /// # Errors
    /// Where it is no finite number.
    pub fn number(&self, option: &str) -> Result<Option<f64>, OptionError> {
        self.read(option, "a number", |value| match value {
            toml::Value::Integer(number) => Some(*number as f64),
            toml::Value::Float(number) => Some(*number).filter(|number| number.is_finite()),
            _ => None,
        })
    }

    /// A whole number of 0 or more among the options; `None` where it is not given.
    ///
    /// # Errors
    /// Where it is none.
    pub fn count(&self, option: &str) -> Result<Option<usize>, OptionError> {
        self.read(option, "a whole number, 0 or more", |value| match value {
            toml::Value::Integer(number) => usize::try_from(*number).ok(),
            _ => None,
        })
    }

    /// A text among the options; `None` where it is not given.
    ///
    /// # Errors
    /// Where it is none.
    pub fn text(&self, option: &str) -> Result<Option<&str>, OptionError> {
        self.read(option, "a text", toml::Value::as_str)
    }

    /// A list of numbers among the options; `None` where it is not given.
    ///
    /// # Errors
    /// Where it is none.
    pub fn numbers(&self, option: &str) -> Result<Option<Vec<f64>>, OptionError> {
        self.read(option, "a list of numbers", |value| {
            let list = value.as_array()?;
            let number = |value: &toml::Value| match value {
                toml::Value::Integer(number) => Some(*number as f64),
                toml::Value::Float(number) => Some(*number).filter(|number| number.is_finite()),
                _ => None,
            };
            list.iter().map(number).collect()
        })
    }

    fn read<'a, T>(
        &'a self,
        option: &str,
        expected: &'static str,
        convert: impl Fn(&'a toml::Value) -> Option<T>,
    ) -> Result<Option<T>, OptionError> {
        let Some(value) = self.options.get(option) else {
            return Ok(None);
        };
        let converted = convert(value).ok_or_else(|| OptionError {
            name: self.name.clone(),
            option: option.to_owned(),
            expected,
            found: value.to_string(),
        })?;
        Ok(Some(converted))
    }
}

impl From<&str> for Choice {
    fn from(name: &str) -> Self {
        Self::named(name)
    }
}

impl fmt::Display for Choice {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.name)?;
        for (index, (option, value)) in self.options.iter().enumerate() {
            let before = if index == 0 { " (" } else { ", " };
            write!(formatter, "{before}{option} = {value}")?;
        }
        if self.options.is_empty() { Ok(()) } else { formatter.write_str(")") }
    }
}

impl Serialize for Choice {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.options.is_empty() {
            return serializer.serialize_str(&self.name);
        }
        let mut map = serializer.serialize_map(Some(1 + self.options.len()))?;
        map.serialize_entry("type", &self.name)?;
        for (option, value) in &self.options {
            map.serialize_entry(option, value)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Choice {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NameOrTable;

        impl<'de> Visitor<'de> for NameOrTable {
            type Value = Choice;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a name or a table such as { type = \"name\", option = 1 }")
            }

            fn visit_str<E: Error>(self, name: &str) -> Result<Choice, E> {
                Ok(Choice::named(name))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Choice, A::Error> {
                let mut name = None;
                let mut options = toml::Table::new();
                while let Some(key) = map.next_key::<String>()? {
                    if key == "type" {
                        name = Some(map.next_value::<String>()?);
                    } else {
                        options.insert(key, map.next_value()?);
                    }
                }
                let name = name.ok_or_else(|| A::Error::missing_field("type"))?;
                Ok(Choice { name, options })
            }
        }

        deserializer.deserialize_any(NameOrTable)
    }
}

impl JsonSchema for Choice {
    fn schema_name() -> Cow<'static, str> {
        "Choice".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A method by its name, or a table with its name as `type` and its options.",
            "oneOf": [
                { "type": "string" },
                {
                    "type": "object",
                    "properties": { "type": { "type": "string" } },
                    "required": ["type"]
                }
            ]
        })
    }
}
