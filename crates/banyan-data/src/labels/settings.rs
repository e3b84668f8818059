//! What a configuration says of labels, whatever their kind.

use std::any::Any;
use std::fmt;
use std::ops::RangeFrom;

use serde::Deserialize;
use serde::de::{Deserializer, SeqAccess, Visitor};

use crate::settings::SettingError;

/// The settings of one kind of label, those that other kinds have too.
pub(crate) trait Settings: Any + fmt::Debug {
    /// Whether every setting is in its range.
    fn check(&self) -> Result<(), SettingError> {
        Ok(())
    }

    /// The classes in their order, where they are given.
    fn classes(&self) -> Option<&[String]> {
        None
    }

    /// The input whose words are labeled, where it is named.
    fn on(&self) -> Option<&str> {
        None
    }

    /// The column of the labels, where a setting names it.
    fn column(&self) -> Option<&str> {
        None
    }
}

/// Whether classes, where they are given, are different ones and as many as a kind needs.
pub(super) fn check_classes(classes: Option<&[String]>, fewest: RangeFrom<usize>) -> Result<(), SettingError> {
    let Some(classes) = classes else { return Ok(()) };
    let names: Vec<&str> = classes.iter().map(|name| canonical(name)).collect();
    if let Some((place, _)) = names.iter().enumerate().find(|(place, name)| names[..*place].contains(name)) {
        return Err(SettingError::new("classes", format!("has \"{}\" twice", names[place])));
    }
    match classes.len() < fewest.start {
        true => Err(SettingError::new("classes", format!("must name {} or more classes, not {}", fewest.start, classes.len()))),
        false => Ok(()),
    }
}

/// A class in its one spelling.
pub(super) fn canonical(name: &str) -> &str {
    crate::value::canonical(name.trim())
}

/// A list of texts, in which `classes = [1, 2, 3]` and `[false, true]` are meant as they look.
pub(super) fn class_names<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<String>>, D::Error> {
    struct List;

    impl<'de> Visitor<'de> for List {
        type Value = Vec<String>;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("a list of classes")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
            let mut names = Vec::new();
            while let Some(name) = list.next_element::<ClassName>()? {
                names.push(match name {
                    ClassName::Text(text) => text,
                    ClassName::Integer(number) => number.to_string(),
                    ClassName::Number(number) => number.to_string(),
                    ClassName::Boolean(value) => value.to_string(),
                });
            }
            Ok(names)
        }
    }

    deserializer.deserialize_seq(List).map(Some)
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "a class is a text, a number, or true or false")]
enum ClassName {
    Boolean(bool),
    Integer(i64),
    Number(f64),
    Text(String),
}
