//! Labels of all rows: in memory, or in files.

use std::fmt::Debug;

use crate::dataset::loaded::LoadedValues;
use crate::error::Error;
use crate::values::Values;

/// The labels of all rows of a task, as [`Label::encode`](super::Label::encode) gives them.
#[derive(Debug)]
pub(crate) enum LabelValues {
    /// They are in memory.
    InMemory(Values),
    /// They are in files, of which memory keeps some or all.
    InFiles(Box<dyn StoredLabels>),
}

impl From<Values> for LabelValues {
    fn from(values: Values) -> Self {
        Self::InMemory(values)
    }
}

/// Labels that come from files.
pub(crate) trait StoredLabels: Debug + Send + Sync {
    /// The labels of some rows, in the order asked.
    fn gather(&self, rows: &[usize], loaded: &LoadedValues) -> Values;

    /// The labels that a row has, as [`Label::count`](super::Label::count) counts those in memory.
    fn count(&self, row: usize) -> usize;

    /// Whether memory keeps all of them.
    fn is_whole(&self) -> bool;

    /// Decodes what rows need and memory does not keep.
    fn load(&self, rows: &[usize]) -> Result<LoadedValues, Error>;
}
