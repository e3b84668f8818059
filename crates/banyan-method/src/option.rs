//! What an option is: its name, what it takes and its default.

use crate::{Choice, Range, Value};
use std::fmt;
use std::ops::RangeInclusive;

/// One option of a method.
///
/// The constructors keep kind and default together: a [`number`](Self::number) has a number for a default.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OptionSpec {
    /// The key in a configuration.
    pub name: &'static str,
    /// What it does, in one line.
    pub summary: &'static str,
    kind: OptionKind,
    default: DefaultValue,
}

/// What an option takes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum OptionKind {
    /// A number.
    Number(Range),
    /// A whole number; both ends are included.
    Count {
        /// The smallest value.
        minimum: u64,
        /// The largest value.
        maximum: u64,
    },
    /// True or false.
    Flag,
    /// One of some words.
    Word(&'static [&'static str]),
    /// A text.
    Text,
    /// A list of texts.
    Texts,
    /// A table with a text for each of some keys.
    Table(&'static [&'static str]),
    /// A list with one number for each task.
    PerTask(Range),
    /// A method of the same registry, with options of its own.
    Method,
}

/// What holds where an option is not set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum DefaultValue {
    /// A number.
    Number(f64),
    /// A whole number.
    Count(u64),
    /// True or false.
    Flag(bool),
    /// A word.
    Word(&'static str),
    /// The same number for each task.
    EachTask(f64),
    /// One divided by the number of tasks, for each task.
    OneOverTasks,
    /// A method with the defaults of its options.
    Method(&'static str),
    /// No value of its own; this says what happens instead.
    Otherwise(&'static str),
}

impl OptionSpec {
    /// A number.
    #[must_use]
    pub const fn number(name: &'static str, summary: &'static str, default: f64, range: Range) -> Self {
        Self { name, summary, kind: OptionKind::Number(range), default: DefaultValue::Number(default) }
    }

    /// A whole number.
    #[must_use]
    pub const fn count(name: &'static str, summary: &'static str, default: u64, range: RangeInclusive<u64>) -> Self {
        let kind = OptionKind::Count { minimum: *range.start(), maximum: *range.end() };
        Self { name, summary, kind, default: DefaultValue::Count(default) }
    }

    /// True or false; false unless it is set.
    #[must_use]
    pub const fn flag(name: &'static str, summary: &'static str) -> Self {
        Self { name, summary, kind: OptionKind::Flag, default: DefaultValue::Flag(false) }
    }

    /// The same flag, which is true unless it is set.
    ///
    /// # Panics
    /// If it is no flag.
    #[must_use]
    pub const fn on_by_default(self) -> Self {
        assert!(matches!(self.kind, OptionKind::Flag), "only a flag can be on");
        Self { default: DefaultValue::Flag(true), ..self }
    }

    /// One of some words, the first of them by default.
    ///
    /// # Panics
    /// Without a word.
    #[must_use]
    pub const fn word(name: &'static str, summary: &'static str, words: &'static [&'static str]) -> Self {
        Self { name, summary, kind: OptionKind::Word(words), default: DefaultValue::Word(words[0]) }
    }

    /// A number for each task, all the same by default.
    #[must_use]
    pub const fn per_task(name: &'static str, summary: &'static str, default: f64, range: Range) -> Self {
        Self { name, summary, kind: OptionKind::PerTask(range), default: DefaultValue::EachTask(default) }
    }

    /// A number for each task, which sum to 1 by default.
    #[must_use]
    pub const fn share_per_task(name: &'static str, summary: &'static str, range: Range) -> Self {
        Self { name, summary, kind: OptionKind::PerTask(range), default: DefaultValue::OneOverTasks }
    }

    /// A method of the same registry.
    #[must_use]
    pub const fn method(name: &'static str, summary: &'static str, default: &'static str) -> Self {
        Self { name, summary, kind: OptionKind::Method, default: DefaultValue::Method(default) }
    }

    /// An option without a default value; `otherwise` says what happens where it is not set.
    #[must_use]
    pub const fn optional(name: &'static str, summary: &'static str, kind: OptionKind, otherwise: &'static str) -> Self {
        Self { name, summary, kind, default: DefaultValue::Otherwise(otherwise) }
    }

    /// The same with another summary.
    #[must_use]
    pub const fn summarized(self, summary: &'static str) -> Self {
        Self { summary, ..self }
    }

    /// What it takes.
    #[must_use]
    pub const fn kind(&self) -> OptionKind {
        self.kind
    }

    /// What holds where it is not set.
    #[must_use]
    pub const fn default(&self) -> DefaultValue {
        self.default
    }
}

impl DefaultValue {
    /// The value for a number of tasks; `None` where there is none.
    #[must_use]
    pub fn value(&self, tasks: usize) -> Option<Value> {
        match *self {
            Self::Number(number) => Some(Value::Number(number)),
            Self::Count(count) => Some(Value::Integer(i64::try_from(count).unwrap_or(i64::MAX))),
            Self::Flag(value) => Some(Value::Boolean(value)),
            Self::Word(word) => Some(word.into()),
            Self::EachTask(number) => Some(vec![number; tasks].into()),
            Self::OneOverTasks => Some(vec![1.0 / tasks as f64; tasks].into()),
            Self::Method(name) => Some(Choice::named(name).into()),
            Self::Otherwise(_) => None,
        }
    }
}

impl fmt::Display for DefaultValue {
    /// As a document shows it: `0.5`, `"min"`, `1 / number of tasks`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Number(number) if number != 0.0 && number.abs() < 1e-4 => write!(formatter, "{number:e}"),
            Self::Number(number) => write!(formatter, "{number}"),
            Self::Count(count) => write!(formatter, "{count}"),
            Self::Flag(value) => write!(formatter, "{value}"),
            Self::Word(word) | Self::Method(word) => write!(formatter, "\"{word}\""),
            Self::EachTask(number) => write!(formatter, "{number} for each task"),
            Self::OneOverTasks => formatter.write_str("1 / number of tasks"),
            Self::Otherwise(text) => formatter.write_str(text),
        }
    }
}

impl fmt::Display for OptionKind {
    /// The values it takes, in words: "a number between 0 and 1".
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Number(Range::ANY) => formatter.write_str("a number"),
            Self::Number(range) => write!(formatter, "a number {range}"),
            Self::Count { minimum, maximum } => write!(formatter, "a whole number between {minimum} and {maximum}"),
            Self::Flag => formatter.write_str("true or false"),
            Self::Word([one, other]) => write!(formatter, "\"{one}\" or \"{other}\""),
            Self::Word(words) => write!(formatter, "one of \"{}\"", words.join("\", \"")),
            Self::Text => formatter.write_str("a text"),
            Self::Texts => formatter.write_str("a list of texts"),
            Self::Table(keys) => write!(formatter, "a table with a text for each of {}", crate::enumerate(keys)),
            Self::PerTask(Range::ANY) => formatter.write_str("a list with one number for each task"),
            Self::PerTask(range) => write!(formatter, "a list with one number {range} for each task"),
            Self::Method => formatter.write_str("a method of this kind, by its name or as a table with its options"),
        }
    }
}
