//! What a configuration or a program sets an option to.

use crate::Choice;
use std::fmt;

/// The value of an option, before it is checked.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// True or false.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// Any other number.
    Number(f64),
    /// A text.
    Text(String),
    /// Several values.
    List(Vec<Value>),
    /// A method with options of its own.
    Method(Choice),
}

impl Value {
    /// The number that it is, whole or not.
    pub(crate) fn as_number(&self) -> Option<f64> {
        match self {
            Self::Integer(number) => Some(*number as f64),
            Self::Number(number) => Some(*number),
            Self::Boolean(_) | Self::Text(_) | Self::List(_) | Self::Method(_) => None,
        }
    }

    /// The method that it names, with options or without.
    pub(crate) fn as_method(&self) -> Option<Choice> {
        match self {
            Self::Text(name) => Some(Choice::named(name)),
            Self::Method(choice) => Some(choice.clone()),
            Self::Boolean(_) | Self::Integer(_) | Self::Number(_) | Self::List(_) => None,
        }
    }
}

impl fmt::Display for Value {
    /// As a TOML file writes it.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Boolean(value) => write!(formatter, "{value}"),
            Self::Integer(number) => write!(formatter, "{number}"),
            Self::Number(number) if number.is_nan() => formatter.write_str("nan"),
            Self::Number(number) => write!(formatter, "{number:?}"),
            Self::Text(text) => write!(formatter, "{text:?}"),
            Self::List(values) => {
                let values: Vec<String> = values.iter().map(Self::to_string).collect();
                write!(formatter, "[{}]", values.join(", "))
            }
            Self::Method(choice) => {
                write!(formatter, "{{ type = {:?}", choice.name)?;
                choice.options.iter().try_for_each(|(option, value)| write!(formatter, ", {option} = {value}"))?;
                formatter.write_str(" }")
            }
        }
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Boolean(value)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<Vec<f64>> for Value {
    fn from(numbers: Vec<f64>) -> Self {
        Self::List(numbers.into_iter().map(Self::Number).collect())
    }
}

impl From<Choice> for Value {
    fn from(choice: Choice) -> Self {
        Self::Method(choice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_shown_as_toml_writes_them() {
        let shown = |value: Value| value.to_string();
        assert_eq!(shown(1.0.into()), "1.0");
        assert_eq!(shown(1e-8.into()), "1e-8");
        assert_eq!(shown(f64::NAN.into()), "nan");
        assert_eq!(shown((-3).into()), "-3");
        assert_eq!(shown("a \"b\"".into()), r#""a \"b\"""#);
        assert_eq!(shown(vec![1.0, 0.5].into()), "[1.0, 0.5]");
        assert_eq!(shown(Choice::named("cagrad").with("c", 0.4).into()), r#"{ type = "cagrad", c = 0.4 }"#);
        assert_eq!(shown(true.into()), "true");
    }
}
