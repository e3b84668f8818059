//! Choices and values as serde reads and writes them: `"cagrad"`, or `{ type = "cagrad", c = 0.4 }`.

use crate::{Choice, Value};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Serialize};
use std::fmt;

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

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Boolean(value) => serializer.serialize_bool(*value),
            Self::Integer(number) => serializer.serialize_i64(*number),
            Self::Number(number) => serializer.serialize_f64(*number),
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(values) => values.serialize(serializer),
            Self::Method(choice) => choice.serialize(serializer),
        }
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
                let (mut name, mut options) = (None, Vec::new());
                while let Some(key) = map.next_key::<String>()? {
                    if key == "type" {
                        name = Some(map.next_value::<String>()?);
                    } else {
                        options.push((key, map.next_value()?));
                    }
                }
                let name = name.ok_or_else(|| A::Error::missing_field("type"))?;
                Ok(Choice { name, options })
            }
        }

        deserializer.deserialize_any(NameOrTable)
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;

        impl<'de> Visitor<'de> for Any {
            type Value = Value;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a number, a text, true or false, a list, or a method")
            }

            fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
                Ok(Value::Boolean(value))
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<Value, E> {
                Ok(Value::Integer(number))
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<Value, E> {
                Ok(i64::try_from(number).map_or(Value::Number(number as f64), Value::Integer))
            }

            fn visit_f64<E: Error>(self, number: f64) -> Result<Value, E> {
                Ok(Value::Number(number))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
                Ok(Value::Text(text.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
                let mut values = Vec::new();
                while let Some(value) = list.next_element()? {
                    values.push(value);
                }
                Ok(Value::List(values))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Value, A::Error> {
                Choice::deserialize(MapAccessDeserializer::new(map)).map(Value::Method)
            }
        }

        deserializer.deserialize_any(Any)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_survive_being_written_and_read() {
        for choice in [
            Choice::named("upgrad"),
            Choice::named("cagrad").with("c", 0.5).with("rescale", 1),
            Choice::named("fixed").with("weights", vec![1.0, 2.5]),
            Choice::named("moving-average").with("method", Choice::named("mgda").with("solver", "exact")),
        ] {
            let text = serde_json::to_string(&choice).unwrap();
            assert_eq!(serde_json::from_str::<Choice>(&text).unwrap(), choice, "{text}");
        }
        assert_eq!(serde_json::to_string(&Choice::named("upgrad")).unwrap(), "\"upgrad\"");
    }

    #[test]
    fn what_is_no_choice_is_refused() {
        let refused = |text: &str| serde_json::from_str::<Choice>(text).unwrap_err().to_string();
        assert!(refused("1").contains("expected a name or a table"), "{}", refused("1"));
        assert!(refused(r#"{"c": 1}"#).contains("missing field `type`"));
        assert!(refused(r#"{"type": "a", "method": {"c": 1}}"#).contains("missing field `type`"));
        assert!(refused(r#"{"type": "a", "c": null}"#).contains("expected a number, a text"));
    }
}
