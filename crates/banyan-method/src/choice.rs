//! A method that was chosen, with the options that were set.

use crate::Value;
use std::fmt;

/// A method by its name, and options of it by theirs; nothing of it is checked yet.
///
/// ```
/// use banyan_method::Choice;
/// let choice = Choice::named("cagrad").with("c", 0.4);
/// assert_eq!(choice.to_string(), "cagrad (c = 0.4)");
/// assert_eq!(Choice::from("upgrad"), Choice::named("upgrad"));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// The method's name.
    pub name: String,
    /// The options that were set, in the order in which they were.
    pub options: Vec<(String, Value)>,
}

impl Choice {
    /// The method of this name with the defaults of all its options.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self { name: name.to_owned(), options: Vec::new() }
    }

    /// The same with one option set.
    #[must_use]
    pub fn with(mut self, option: &str, value: impl Into<Value>) -> Self {
        let value = value.into();
        match self.options.iter_mut().find(|(name, _)| name == option) {
            Some((_, old)) => *old = value,
            None => self.options.push((option.to_owned(), value)),
        }
        self
    }

    /// What an option was set to, if it was.
    #[must_use]
    pub fn get(&self, option: &str) -> Option<&Value> {
        self.options.iter().find(|(name, _)| name == option).map(|(_, value)| value)
    }
}

impl From<&str> for Choice {
    fn from(name: &str) -> Self {
        Self::named(name)
    }
}

impl From<&Choice> for Choice {
    fn from(choice: &Choice) -> Self {
        choice.clone()
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
