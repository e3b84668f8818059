//! The data side of `[tasks.NAME]`.

use std::any::Any;

use super::{LabelSettings, TaskKind};
use crate::settings::SettingError;

/// The data side of `[tasks.NAME]`; the model's side (loss, head, weight) is another crate's.
#[derive(Debug, Clone, PartialEq)]
pub struct TargetConfig {
    /// The column that holds the label; of several, the first.
    pub column: String,
    /// The kind of task, with the settings of its labels.
    pub settings: LabelSettings,
}

impl TargetConfig {
    /// A task with these settings, or of a kind with every default: `TargetConfig::new(TaskKind::Binary, "alive")`.
    pub fn new(settings: impl Into<LabelSettings>, column: impl Into<String>) -> Self {
        Self { column: column.into(), settings: settings.into() }
    }

    /// The kind of task.
    pub fn kind(&self) -> TaskKind {
        self.settings.kind()
    }

    /// The columns without which a row has no labels.
    pub fn columns(&self) -> Vec<&str> {
        self.kind().kind().columns(self)
    }

    /// All columns that labels may be read from.
    pub(crate) fn all_columns(&self) -> Vec<&str> {
        let kind = self.kind().kind();
        kind.columns(self).into_iter().chain(kind.optional_columns(self)).collect()
    }

    /// The settings of a kind of label, for code that is about that kind.
    ///
    /// # Panics
    /// If the task is of another kind.
    pub(super) fn own<S: 'static>(&self) -> &S {
        let settings: &dyn Any = self.settings.settings();
        settings.downcast_ref().unwrap_or_else(|| panic!("the settings of column \"{}\" are of another kind of task", self.column))
    }
}

impl From<TaskKind> for LabelSettings {
    fn from(kind: TaskKind) -> Self {
        kind.settings()
    }
}

impl LabelSettings {
    /// Whether every setting is in its range.
    ///
    /// # Errors
    /// The first one that is not.
    pub fn check(&self) -> Result<(), SettingError> {
        self.settings().check()
    }

    /// The classes in their order, where they are given.
    pub fn classes(&self) -> Option<&[String]> {
        self.settings().classes()
    }

    /// The input whose words are labeled, where it is named.
    pub fn on(&self) -> Option<&str> {
        self.settings().on()
    }

    /// The column of the labels, where a setting names it.
    pub fn column(&self) -> Option<&str> {
        self.settings().column()
    }
}
