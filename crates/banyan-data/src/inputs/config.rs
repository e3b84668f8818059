//! An input as a configuration describes it, and what is asked of its kind.

use std::any::Any;

use super::{InputDetails, InputKind, InputSettings, InputValues, Reads};
use crate::settings::SettingError;
use banyan_text::tokens::TokenValues;

/// One column that a model reads.
#[derive(Debug, Clone, PartialEq)]
pub struct InputConfig {
    /// The column, where it does not have the input's name.
    pub column: Option<String>,
    /// The kind, with its settings.
    pub settings: InputSettings,
}

impl InputConfig {
    /// The kind.
    pub fn kind(&self) -> InputKind {
        self.settings.kind()
    }

    /// The column of the input of this name.
    pub fn column<'a>(&'a self, name: &'a str) -> &'a str {
        self.column.as_deref().unwrap_or(name)
    }
}

impl<S: Into<InputSettings>> From<S> for InputConfig {
    fn from(settings: S) -> Self {
        Self { column: None, settings: settings.into() }
    }
}

impl From<InputKind> for InputSettings {
    fn from(kind: InputKind) -> Self {
        kind.settings()
    }
}

impl InputSettings {
    /// Whether every setting is in its range.
    ///
    /// # Errors
    /// The first one that is not.
    pub fn check(&self) -> Result<(), SettingError> {
        self.input().check()
    }

    /// Whether tasks may label its words.
    pub fn has_words(&self) -> bool {
        self.input().has_words()
    }

    /// The folder of a pretrained encoder that is to read it.
    pub fn pretrained(&self) -> Option<&str> {
        self.input().pretrained()
    }

    /// The first setting that is for encoders of hashed features only.
    pub fn features(&self) -> Option<&'static str> {
        self.input().features()
    }

    /// Height and width in pixels that images are resized to, where the configuration says it.
    pub fn size(&self) -> Option<[usize; 2]> {
        self.input().size()
    }

    /// The settings that are paths, relative to the folder of the configuration.
    pub fn paths(&mut self) -> Vec<&mut String> {
        self.input_mut().paths()
    }
}

impl InputDetails {
    /// What was learned, if it is of this kind: `details.downcast::<ImageSchema>()`.
    pub fn downcast<S: 'static>(&self) -> Option<&S> {
        let schema: &dyn Any = self.input();
        schema.downcast_ref()
    }

    /// What was learned, in a few words.
    pub fn describe(&self) -> String {
        self.input().describe()
    }

    /// Whether cells are paths of files, whose decoded content takes far more memory than a cell.
    pub fn is_file(&self) -> bool {
        matches!(self.input().reads(), Reads::Files(_))
    }

    /// Whether tasks may label its words.
    pub fn has_words(&self) -> bool {
        self.input().has_words()
    }
}

impl InputValues {
    /// The words that tasks may label, where the kind has any.
    pub fn words(&self) -> Option<&TokenValues> {
        self.values().words()
    }
}
