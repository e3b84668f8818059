//! What a method can be told: the options' definitions, and values checked against them.

use crate::Error;
use std::collections::BTreeMap;

/// A value as it comes from a configuration.
#[derive(Debug, Clone, PartialEq)]
pub enum OptionValue {
    /// One number.
    Number(f64),
    /// One word.
    Text(String),
    /// Several numbers.
    Numbers(Vec<f64>),
}

impl From<f64> for OptionValue {
    fn from(value: f64) -> Self {
        OptionValue::Number(value)
    }
}

impl From<&str> for OptionValue {
    fn from(value: &str) -> Self {
        OptionValue::Text(value.to_owned())
    }
}

impl From<Vec<f64>> for OptionValue {
    fn from(value: Vec<f64>) -> Self {
        OptionValue::Numbers(value)
    }
}

impl std::fmt::Display for OptionValue {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            OptionValue::Number(number) => write!(formatter, "{number}"),
            OptionValue::Text(text) => write!(formatter, "\"{text}\""),
            OptionValue::Numbers(numbers) => write!(formatter, "{numbers:?}"),
        }
    }
}

/// One option of a method.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OptionSpec {
    /// The key in a configuration.
    pub name: &'static str,
    /// What it does, in one line.
    pub summary: &'static str,
    /// What it takes, and its default.
    pub kind: OptionKind,
}

/// What an option takes; ranges include both ends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum OptionKind {
    /// A number.
    Number {
        /// Value if none is given.
        default: f64,
        /// Smallest value.
        minimum: f64,
        /// Largest value.
        maximum: f64,
    },
    /// A whole number.
    Count {
        /// Value if none is given.
        default: u64,
        /// Smallest value.
        minimum: u64,
        /// Largest value.
        maximum: u64,
    },
    /// One of some words.
    Choice {
        /// Word if none is given.
        default: &'static str,
        /// The words.
        choices: &'static [&'static str],
    },
    /// A list with one number for each task.
    PerTask {
        /// Every entry if none is given.
        default: TaskDefault,
        /// Smallest entry.
        minimum: f64,
        /// Largest entry.
        maximum: f64,
    },
}

/// The default of a list with one number for each task.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum TaskDefault {
    /// The same number for each.
    Constant(f64),
    /// One divided by the number of tasks.
    OneOverTasks,
}

impl std::fmt::Display for OptionKind {
    /// The values it takes, in words: "a number between 0 and 1".
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match *self {
            OptionKind::Number { minimum, maximum, .. } => write!(formatter, "a number {}", range(minimum, maximum)),
            OptionKind::Count { minimum, maximum, .. } => {
                write!(formatter, "a whole number between {minimum} and {maximum}")
            }
            OptionKind::Choice { choices, .. } => write!(formatter, "one of \"{}\"", choices.join("\", \"")),
            OptionKind::PerTask { minimum, maximum, .. } => {
                write!(formatter, "a list with one number {} for each task", range(minimum, maximum))
            }
        }
    }
}

fn range(minimum: f64, maximum: f64) -> String {
    match (minimum == f64::MIN, maximum == f64::MAX) {
        (true, true) => "of any size".to_owned(),
        (false, true) => format!("of at least {minimum}"),
        (true, false) => format!("of at most {maximum}"),
        (false, false) => format!("between {minimum} and {maximum}"),
    }
}

/// A method's options, checked and completed with the defaults.
#[derive(Debug)]
pub(crate) struct Settings {
    method: &'static str,
    values: BTreeMap<&'static str, OptionValue>,
}

impl Settings {
    /// Checks `given` against `specs`.
    pub(crate) fn new(
        method: &'static str,
        specs: &'static [OptionSpec],
        given: &BTreeMap<String, OptionValue>,
        tasks: usize,
    ) -> Result<Self, Error> {
        if let Some(option) = given.keys().find(|key| specs.iter().all(|spec| spec.name != key.as_str())) {
            let mend = match nearest(option, specs.iter().map(|spec| spec.name)) {
                Some(name) => format!("did you mean `{name}`?"),
                None => "it takes none".to_owned(),
            };
            return Err(Error::UnknownOption { method, option: option.clone(), mend });
        }
        let mut values = BTreeMap::new();
        for spec in specs {
            let value = match given.get(spec.name) {
                Some(value) if fits(spec.kind, value, tasks) => value.clone(),
                Some(value) => return Err(refusal(method, spec, value, tasks)),
                None => default(spec.kind, tasks),
            };
            values.insert(spec.name, value);
        }
        Ok(Settings { method, values })
    }

    pub(crate) fn number(&self, name: &str) -> f64 {
        match self.values.get(name) {
            Some(OptionValue::Number(number)) => *number,
            _ => unreachable!("`{}` defines the number `{name}`", self.method),
        }
    }

    pub(crate) fn count(&self, name: &str) -> u64 {
        self.number(name) as u64
    }

    pub(crate) fn choice(&self, name: &str) -> &str {
        match self.values.get(name) {
            Some(OptionValue::Text(text)) => text,
            _ => unreachable!("`{}` defines the choice `{name}`", self.method),
        }
    }

    pub(crate) fn per_task(&self, name: &str) -> Vec<f64> {
        match self.values.get(name) {
            Some(OptionValue::Numbers(numbers)) => numbers.clone(),
            _ => unreachable!("`{}` defines the list `{name}`", self.method),
        }
    }
}

/// The candidate with the smallest edit distance.
pub(crate) fn nearest(name: &str, candidates: impl Iterator<Item = &'static str>) -> Option<&'static str> {
    candidates.min_by_key(|candidate| strsim::damerau_levenshtein(&name.to_lowercase(), candidate))
}

fn fits(kind: OptionKind, value: &OptionValue, tasks: usize) -> bool {
    match (kind, value) {
        (OptionKind::Number { minimum, maximum, .. }, OptionValue::Number(number)) => (minimum..=maximum).contains(number),
        (OptionKind::Count { minimum, maximum, .. }, OptionValue::Number(number)) => {
            number.fract() == 0.0 && (minimum as f64..=maximum as f64).contains(number)
        }
        (OptionKind::Choice { choices, .. }, OptionValue::Text(text)) => choices.contains(&text.as_str()),
        (OptionKind::PerTask { minimum, maximum, .. }, OptionValue::Numbers(numbers)) => {
            numbers.len() == tasks && numbers.iter().all(|number| (minimum..=maximum).contains(number))
        }
        _ => false,
    }
}

fn refusal(method: &'static str, spec: &OptionSpec, value: &OptionValue, tasks: usize) -> Error {
    let expected = match (spec.kind, value) {
        (OptionKind::PerTask { .. }, OptionValue::Numbers(numbers)) if numbers.len() != tasks => {
            format!("{} ({tasks} in all, not {})", spec.kind, numbers.len())
        }
        (OptionKind::Choice { choices, .. }, OptionValue::Text(text)) => {
            let name = nearest(text, choices.iter().copied()).unwrap_or_default();
            format!("{} (did you mean \"{name}\"?)", spec.kind)
        }
        _ => spec.kind.to_string(),
    };
    Error::OptionValue { method, option: spec.name, expected, found: value.to_string() }
}

fn default(kind: OptionKind, tasks: usize) -> OptionValue {
    match kind {
        OptionKind::Number { default, .. } => OptionValue::Number(default),
        OptionKind::Count { default, .. } => OptionValue::Number(default as f64),
        OptionKind::Choice { default, .. } => OptionValue::Text(default.to_owned()),
        OptionKind::PerTask { default, .. } => OptionValue::Numbers(match default {
            TaskDefault::Constant(value) => vec![value; tasks],
            TaskDefault::OneOverTasks => vec![1.0 / tasks as f64; tasks],
        }),
    }
}
