//! What is wrong with a configuration, and where.

use std::io;

use super::Origin;
use super::spelling::toml_key;

/// A configuration that cannot be used. Its text is one sentence with the place, the cause and the hint.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("{message}")]
    Read {
        /// The sentence.
        message: String,
        /// What the system said.
        #[source]
        cause: io::Error,
    },
    /// The file, or an override, says something that cannot be meant.
    #[error("{place}: {message}")]
    Invalid {
        /// `config.toml, line 12`, or the override.
        place: String,
        /// What is wrong, and the hint.
        message: String,
    },
}

impl ConfigError {
    pub(super) fn read(name: &str, cause: io::Error) -> Self {
        let message = match cause.kind() {
            io::ErrorKind::NotFound => {
                format!("there is no file {name}; \"banyan init DATA --tasks NAMES\" writes a configuration to start from")
            }
            io::ErrorKind::IsADirectory => format!("{name} is a folder; give the configuration file in it"),
            io::ErrorKind::PermissionDenied => format!("{name} may not be read by this user"),
            _ => format!("cannot read {name}: {cause}"),
        };
        Self::Read { message, cause }
    }

    pub(super) fn invalid(place: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Invalid { place: place.into(), message: message.into() }
    }
}

/// Something wrong with the value at a path, whose place is looked up afterwards.
#[derive(Debug)]
pub(super) struct Problem {
    path: Vec<String>,
    message: String,
}

impl Problem {
    pub(super) fn new(path: &[&str], message: impl Into<String>) -> Self {
        Self { path: path.iter().map(|part| (*part).to_owned()).collect(), message: message.into() }
    }

    pub(super) fn located(self, origin: &Origin) -> ConfigError {
        let path: Vec<&str> = self.path.iter().map(String::as_str).collect();
        ConfigError::invalid(origin.place(&path), self.message)
    }
}

/// `"epochs" in [training]`, for messages about a value.
pub(crate) fn subject(path: &[&str]) -> String {
    match path {
        [] => "the file".to_owned(),
        [key] => format!("\"{key}\""),
        [table @ .., key] => format!("\"{key}\" in {}", header(table)),
    }
}

/// `[inputs.image]`, as the table's header is written in TOML.
pub(super) fn header(path: &[&str]) -> String {
    let parts: Vec<String> = path.iter().map(|part| toml_key(part)).collect();
    format!("[{}]", parts.join("."))
}

/// `; did you mean "epochs"?`, or what there is to choose from where nothing is near.
pub(super) fn suggestion(word: &str, candidates: &[&str], otherwise: &str) -> String {
    banyan_method::suggest(word, candidates, otherwise).map(|hint| format!("; {hint}")).unwrap_or_default()
}
