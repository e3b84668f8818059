//! What rows need of a column of files and memory does not keep.

use std::any::Any;

/// Decoded files of one column, in the form that the column's own values gave them; nothing where memory keeps all.
#[derive(Debug, Default)]
pub(crate) struct LoadedValues(Option<Box<dyn Any + Send + Sync>>);

impl LoadedValues {
    pub(crate) fn new(values: impl Any + Send + Sync) -> Self {
        Self(Some(Box::new(values)))
    }

    /// What was loaded, in the form in which it was.
    pub(crate) fn get<T: Any>(&self) -> Option<&T> {
        self.0.as_ref()?.downcast_ref()
    }
}
