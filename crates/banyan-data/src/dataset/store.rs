//! Encoded labels, and how a batch gathers rows of them.

use crate::batch::TargetBatch;
use crate::values::Values;

/// A task's column.
#[derive(Debug)]
pub(super) struct TargetStore {
    pub(super) known: Vec<bool>,
    pub(super) values: Values,
    /// The labels that each row has: those of its tokens, or the one of the row.
    pub(super) labels: Vec<u32>,
}

impl TargetStore {
    pub(super) fn gather(&self, rows: &[usize]) -> TargetBatch {
        TargetBatch { known: rows.iter().map(|row| self.known[*row]).collect(), values: self.values.select(rows) }
    }
}
