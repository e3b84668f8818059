//! Settings of inputs and labels: their names, and what is wrong with one.

use std::fmt::Display;
use std::ops::RangeInclusive;

use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde::forward_to_deserialize_any;

/// A setting that is out of its range, or goes with others in no way.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{key} {problem}")]
pub struct SettingError {
    /// The setting.
    pub key: &'static str,
    /// What is wrong, as the rest of a sentence that begins with the setting: `must be between 1 and 512, not 0`.
    pub problem: String,
}

impl SettingError {
    /// The error of a setting, with the rest of a sentence that begins with it.
    pub fn new(key: &'static str, problem: impl Into<String>) -> Self {
        Self { key, problem: problem.into() }
    }
}

/// Whether a setting, where it is given, is in its range.
pub(crate) fn check<T: PartialOrd + Display>(
    key: &'static str,
    value: impl IntoIterator<Item = T>,
    range: &RangeInclusive<T>,
) -> Result<(), SettingError> {
    match value.into_iter().find(|value| !range.contains(value)) {
        None => Ok(()),
        Some(value) => {
            let (least, most) = (range.start(), range.end());
            Err(SettingError::new(key, format!("must be between {least} and {most}, not {value}")))
        }
    }
}

/// Whether what was learned of some numbers can be computed with: finite means, and standard deviations that can be divided by, `width` of each.
pub(crate) fn check_scale(mean: &[f64], std: &[f64], width: usize) -> Result<(), SettingError> {
    for (key, values) in [("mean", mean), ("deviation", std)] {
        if values.len() != width {
            return Err(SettingError::new(key, format!("has {} numbers where there must be {width}", values.len())));
        }
        if let Some(value) = values.iter().find(|value| !value.is_finite()) {
            return Err(SettingError::new(key, format!("must be finite, not {value}")));
        }
    }
    match std.iter().find(|std| **std <= 0.0) {
        Some(std) => Err(SettingError::new("deviation", format!("must be above 0, not {std}"))),
        None => Ok(()),
    }
}

/// Whether as many classes were learned as a task of the kind must have.
pub(crate) fn check_classes_learned(key: &'static str, classes: &[String], least: usize) -> Result<(), SettingError> {
    match classes.len() {
        count if count < least => Err(SettingError::new(key, format!("must be {least} or more, not {count}"))),
        _ => Ok(()),
    }
}

/// Whether a separator, where it is given, is there; `between` says what it stands between.
pub(crate) fn check_separator(separator: Option<&str>, between: &str) -> Result<(), SettingError> {
    match separator {
        Some("") => Err(SettingError::new("separator", format!("is empty; give the character between the {between}"))),
        _ => Ok(()),
    }
}

/// The names of a struct's fields, as they are written.
pub(crate) fn keys<'de, T: Deserialize<'de>>() -> &'static [&'static str] {
    let mut found: &[&str] = &[];
    // The struct asks for its fields, and gets nothing.
    drop(T::deserialize(Probe(&mut found)));
    found
}

/// A deserializer that keeps the fields it is asked for.
struct Probe<'a>(&'a mut &'static [&'static str]);

impl<'de> Deserializer<'de> for Probe<'_> {
    type Error = serde::de::value::Error;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        *self.0 = fields;
        self.deserialize_any(visitor)
    }

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Self::Error> {
        Err(Self::Error::custom("only names are asked for"))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct newtype_struct seq tuple
        tuple_struct map enum identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_struct_tells_its_fields() {
        #[derive(Default, serde::Deserialize)]
        #[serde(deny_unknown_fields, default)]
        struct Two {
            first: Option<usize>,
            #[serde(rename = "2nd")]
            second: String,
        }
        assert_eq!(keys::<Two>(), ["first", "2nd"]);
        #[derive(serde::Deserialize)]
        struct None {}
        assert_eq!(keys::<None>(), [""; 0]);
    }

    #[test]
    fn ranges_read_as_sentences() {
        assert_eq!(check("bands", [4, 512], &(1..=512)), Ok(()));
        assert_eq!(check("bands", Some(0), &(1..=512)).unwrap_err().to_string(), "bands must be between 1 and 512, not 0");
        assert_eq!(check("seconds", Some(f64::NAN), &(0.1..=2.0)).unwrap_err().to_string(), "seconds must be between 0.1 and 2, not NaN");
        assert!(check_separator(Some(";"), "members").is_ok() && check_separator(None, "members").is_ok());
    }
}
