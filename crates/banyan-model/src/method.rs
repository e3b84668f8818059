//! Methods by name: what a configuration may ask for, and what `banyan methods` prints.

use crate::error::{ModelError, nearest};

/// What is known of one method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MethodInfo {
    /// The name in a configuration.
    pub name: &'static str,
    /// One line on what it does.
    pub summary: &'static str,
    /// Where it comes from: authors, venue, year; empty where it is common knowledge.
    pub paper: &'static str,
    /// Its options, each with its default and what it must be.
    pub options: &'static [OptionInfo],
}

/// One option of a method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OptionInfo {
    /// The key.
    pub name: &'static str,
    /// The default, as it would be written.
    pub default: &'static str,
    /// What values are allowed, as the end of "it must be …".
    pub expected: &'static str,
}

/// A choice of a method with options, checked against its [`MethodInfo`].
#[derive(Debug, Clone)]
pub struct Choice<'a> {
    kind: &'static str,
    info: &'static MethodInfo,
    options: &'a toml::Table,
}

impl<'a> Choice<'a> {
    /// Looks a method up in a list and checks the options' names.
    ///
    /// # Errors
    /// For an unknown method or option, with the nearest known one.
    pub fn find(
        kind: &'static str,
        methods: impl Iterator<Item = &'static MethodInfo> + Clone,
        name: &str,
        options: &'a toml::Table,
    ) -> Result<Self, ModelError> {
        let Some(info) = methods.clone().find(|info| info.name == name) else {
            let known = methods.clone().map(|info| info.name).collect::<Vec<_>>().join(", ");
            return Err(ModelError::UnknownMethod {
                kind,
                name: name.to_owned(),
                nearest: nearest(name, methods.map(|info| info.name)),
                known,
            });
        };
        for option in options.keys() {
            if info.options.iter().all(|known| known.name != option) {
                let nearest = nearest(option, info.options.iter().map(|known| known.name));
                return Err(ModelError::UnknownOption { kind, method: name.to_owned(), option: option.clone(), nearest });
            }
        }
        Ok(Self { kind, info, options })
    }

    /// The chosen method.
    pub fn info(&self) -> &'static MethodInfo {
        self.info
    }

    /// A number, or the option's default.
    ///
    /// # Errors
    /// If it is not a number that `allowed` accepts.
    pub fn number(&self, option: &str, allowed: impl Fn(f64) -> bool) -> Result<f64, ModelError> {
        let info = self.info.options.iter().find(|known| known.name == option);
        let expected = info.map_or("a number", |info| info.expected);
        let bad = |value: String| ModelError::BadOption {
            kind: self.kind,
            method: self.info.name.to_owned(),
            option: option.to_owned(),
            value,
            expected: expected.to_owned(),
        };
        let number = match self.options.get(option) {
            Some(toml::Value::Integer(value)) => *value as f64,
            Some(toml::Value::Float(value)) => *value,
            Some(other) => return Err(bad(other.to_string())),
            None => info.and_then(|info| info.default.parse().ok()).ok_or_else(|| bad("not set".to_owned()))?,
        };
        if number.is_finite() && allowed(number) { Ok(number) } else { Err(bad(number.to_string())) }
    }

    /// A whole number from `min` to `max`, or the option's default.
    ///
    /// # Errors
    /// If it is anything else.
    pub fn count(&self, option: &str, min: usize, max: usize) -> Result<usize, ModelError> {
        self.number(option, |x| x.fract() == 0.0 && x >= min as f64 && x <= max as f64).map(|x| x as usize)
    }
}
