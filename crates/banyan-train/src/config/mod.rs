//! The configuration: one TOML file that says what is read, what is predicted and how it is learned.
//!
//! [`Config::load`] reads the file, applies `--set` overrides and checks everything that can be checked without
//! looking at the data. Every error names its place (the line, or the override), what is wrong and the hint:
//!
//! ```text
//! config.toml, line 12: unknown key "epoch" in [training]; did you mean "epochs"?
//! ```
//!
//! How it works: the text becomes a tree whose every key and value remembers its place (`document`), overrides are
//! written into the tree (`overrides`), serde reads the structs from the tree (`reader`), those that depend on a `type` part by part (`tagged`), and what serde
//! cannot say is checked afterwards (`check`). A [`Config`] keeps the places, so that a later complaint about it, by
//! [`check_choices`](crate::check_choices) or by whoever opens the tables, can name the line as well: [`Config::place`].
//!
//! ```
//! use banyan_train::config::Config;
//!
//! let text = r#"
//!     [data]
//!     train = "digits.csv"
//!     [inputs.image]
//!     type = "image"
//!     [tasks.digit]
//!     type = "classification"
//! "#;
//! let config = Config::parse("config.toml", text, &["training.epochs=3".to_owned()])?;
//! assert_eq!(config.training.epochs, 3);
//! assert_eq!(config.model.fusion.name, "gated");
//!
//! let mistake = Config::parse("config.toml", text, &["training.epoch=3".to_owned()]);
//! assert_eq!(
//!     mistake.unwrap_err().to_string(),
//!     r#"--set training.epoch=3: unknown key "epoch" in [training]; did you mean "epochs"?"#
//! );
//! # Ok::<(), banyan_train::config::ConfigError>(())
//! ```

mod check;
mod document;
mod error;
mod fault;
mod input;
mod keys;
mod method_schema;
mod model;
mod overrides;
mod precision;
mod read;
mod reader;
mod spelling;
mod tagged;
mod task;
mod training;
mod write;

use std::path::Path;

use banyan_data::config::DataConfig;
use banyan_method::Registry;
use banyan_model::{EncoderMethod, HeadMethod};
use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Serialize;

pub use banyan_engine::Precision;
pub use banyan_method::Choice;
pub use document::Origin;
pub use error::ConfigError;
pub(crate) use error::subject;
pub use input::InputConfig;
pub use keys::{Key, KeyTable, key_tables};
pub use model::ModelConfig;
pub use spelling::{toml_key, toml_text};
pub use task::TaskConfig;
pub use training::{Auxiliary, TrainingConfig};

/// The whole configuration, tables in the order of the file.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(title = "Banyan configuration", deny_unknown_fields)]
pub struct Config {
    /// Where the tables are and how they are split.
    pub data: DataConfig,
    /// What the model reads, by name.
    #[schemars(default)]
    pub inputs: IndexMap<String, InputConfig>,
    /// What the model predicts, by name.
    #[schemars(default)]
    pub tasks: IndexMap<String, TaskConfig>,
    /// The layers.
    #[schemars(default)]
    pub model: ModelConfig,
    /// How the layers learn.
    #[schemars(default)]
    pub training: TrainingConfig,
    /// Where each key was written; empty for a configuration that was built in a program. It is no part of the value: two
    /// configurations that differ only here are equal.
    #[serde(skip)]
    pub origin: Origin,
}

impl Config {
    /// Reads a file, applies overrides (`training.epochs=3`, in order) and checks the result.
    ///
    /// # Errors
    /// A [`ConfigError`] where the file cannot be read, is no TOML, or says something that cannot be meant.
    pub fn load(path: &Path, overrides: &[String]) -> Result<Self, ConfigError> {
        let name = path.display().to_string();
        let bytes = banyan_data::pipe::read(path).map_err(|cause| ConfigError::read(&name, cause))?;
        let text = String::from_utf8(bytes).map_err(|error| {
            let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
            let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
            ConfigError::invalid(format!("{name}, line {line}"), "this is not UTF-8 text; save the file as UTF-8")
        })?;
        Self::parse(&name, &text, overrides)
    }

    /// As [`Config::load`], for a text that is at hand; `name` is what errors call the file.
    ///
    /// # Errors
    /// A [`ConfigError`] where the text is no TOML or says something that cannot be meant.
    pub fn parse(name: &str, text: &str, overrides: &[String]) -> Result<Self, ConfigError> {
        let mut document = document::Document::parse(name, text)?;
        for argument in overrides {
            overrides::apply(&mut document, argument)?;
        }
        let mut config = read::config(&document)?;
        config.origin = Origin::of(document);
        config.check()?;
        Ok(config)
    }

    /// Checks numbers and the relations between tables, as [`Config::load`] does; for configurations that a program built.
    ///
    /// # Errors
    /// The first thing that cannot be meant.
    pub fn check(&self) -> Result<(), ConfigError> {
        check::config(self).map_err(|problem| problem.located(&self.origin))
    }

    /// Checks what reads the inputs and predicts the tasks against tables of methods, among which there may be a program's own.
    pub(crate) fn check_methods(&self, encoders: &Registry<EncoderMethod>, heads: &Registry<HeadMethod>) -> Result<(), ConfigError> {
        check::methods(self, encoders, heads).map_err(|problem| problem.located(&self.origin))
    }

    /// Where a key was written, as errors name it: `config.toml, line 12`, `--set training.epochs=3`, or the file alone where
    /// neither says it. The nearest table counts where the key itself is a default.
    ///
    /// ```
    /// # use banyan_train::config::Config;
    /// # let text = "[data]\ntrain = 't.csv'\n[inputs.a]\ntype = 'number'\n[tasks.b]\ntype = 'regression'\n";
    /// let config = Config::parse("config.toml", text, &[])?;
    /// assert_eq!(config.place(&["inputs", "a", "column"]), "config.toml, line 3");
    /// # Ok::<(), banyan_train::config::ConfigError>(())
    /// ```
    pub fn place(&self, path: &[&str]) -> String {
        self.origin.place(path)
    }

    /// The configuration as TOML with every default filled in; loading it gives an equal configuration.
    ///
    /// # Errors
    /// Where a number has no place in TOML, whose integers end at 2⁶³ − 1: only in configurations that a program built.
    pub fn to_toml(&self) -> Result<String, ConfigError> {
        write::config(self)
    }

    /// The JSON Schema of the file, for editors that complete and check while typing.
    pub fn json_schema() -> serde_json::Value {
        schemars::schema_for!(Self).to_value()
    }
}
