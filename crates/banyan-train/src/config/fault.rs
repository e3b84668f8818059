//! What is wrong with a value, while the error is on its way out of the tables around it.
//!
//! serde's derived code says what it misses or does not know by calling constructors of the error type; here they keep
//! what was said as data, and the place and the path are added while the error passes through the tables.

use std::fmt;

use serde::de::{Error, Expected, Unexpected};

use super::ConfigError;
use super::document::{Document, Item, Place};
use super::error::{header, subject, suggestion};

/// An error on its way out.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) cause: Cause,
    /// The sentence, once the path is known.
    message: String,
    location: Option<Box<(Place, Vec<String>)>>,
}

#[derive(Debug)]
pub(super) enum Cause {
    WrongType {
        expected: String,
        found: String,
    },
    UnknownKey {
        key: String,
        known: Vec<&'static str>,
    },
    UnknownName {
        name: String,
        known: Vec<&'static str>,
    },
    Missing {
        key: &'static str,
    },
    /// A key that does not belong where it is, with the rest of a sentence that begins with it.
    Misplaced(String),
    Other(String),
}

impl Fault {
    pub(super) fn new(cause: Cause) -> Self {
        Self { cause, message: String::new(), location: None }
    }

    /// Adds place and path where they are not known yet: the innermost table that saw the error wins.
    pub(super) fn at(mut self, item: &Item, path: &[String]) -> Self {
        if self.location.is_none() {
            // What serde says of an untagged enum names the enum; in the configuration it is a list of paths.
            if matches!(&self.cause, Cause::Other(message) if message.contains("enum OneOrMany")) {
                let expected = "a path in quotes or a list of them".to_owned();
                self.cause = Cause::WrongType { expected, found: item.node.describe() };
            }
            let parts: Vec<&str> = path.iter().map(String::as_str).collect();
            self.message = self.cause.sentence(&parts);
            self.location = Some(Box::new((item.place.clone(), path.to_vec())));
        }
        self
    }
}

impl Fault {
    /// The error of the configuration that it is.
    pub(super) fn located(self, document: &Document) -> ConfigError {
        let place = match self.location.as_deref() {
            Some((place, path)) if !path.is_empty() => document.show(place),
            _ => document.name.clone(),
        };
        ConfigError::invalid(place, self.message)
    }
}

impl Cause {
    fn sentence(&self, path: &[&str]) -> String {
        match self {
            Self::WrongType { expected, found } => {
                format!("{} must be {expected}, not {found}", subject(path))
            }
            Self::UnknownName { name, known } => {
                let hint = suggestion(name, known, "it must be one of");
                format!("{} cannot be \"{name}\"{hint}", subject(path))
            }
            Self::UnknownKey { key, known } => {
                // The path ends in the key itself.
                let table = &path[..path.len().saturating_sub(1)];
                match table {
                    [] => {
                        let hint = suggestion(key, known, "the file may hold");
                        format!("unknown table or key \"{key}\"{hint}")
                    }
                    table => {
                        let hint = suggestion(key, known, "the known keys are");
                        format!("unknown key \"{key}\" in {}{hint}", header(table))
                    }
                }
            }
            Self::Missing { key } => missing(path, key),
            Self::Misplaced(problem) => format!("{} {problem}", subject(path)),
            Self::Other(message) => match path {
                [] => message.clone(),
                path => format!("{}: {message}", subject(path)),
            },
        }
    }
}

fn missing(path: &[&str], key: &str) -> String {
    match (path, key) {
        ([], "data") => "there is no table [data], which names the data: write [data] and below it train = \"FILE\"".to_owned(),
        (["data"], "train") => "[data] names no training table; add train = \"FILE\"".to_owned(),
        ([table @ ("inputs" | "tasks"), _], "type") => {
            let example = if *table == "inputs" { "number" } else { "classification" };
            format!("{} has no type; add for example type = \"{example}\"", header(path))
        }
        (path, key) => format!("{} needs a \"{key}\"", if path.len() > 1 { subject(path) } else { header(path) }),
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.location, &self.cause) {
            (Some(_), _) => formatter.write_str(&self.message),
            (None, cause) => formatter.write_str(&cause.sentence(&[])),
        }
    }
}

impl std::error::Error for Fault {}

impl Error for Fault {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new(Cause::Other(message.to_string()))
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::new(Cause::WrongType { expected: expected.to_string(), found: found.to_string() })
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::invalid_type(found, expected)
    }

    fn invalid_length(found: usize, expected: &dyn Expected) -> Self {
        Self::new(Cause::WrongType { expected: expected.to_string(), found: format!("{found} values") })
    }

    fn unknown_field(key: &str, known: &'static [&'static str]) -> Self {
        Self::new(Cause::UnknownKey { key: key.to_owned(), known: known.to_vec() })
    }

    fn unknown_variant(name: &str, known: &'static [&'static str]) -> Self {
        Self::new(Cause::UnknownName { name: name.to_owned(), known: known.to_vec() })
    }

    fn missing_field(key: &'static str) -> Self {
        Self::new(Cause::Missing { key })
    }
}
