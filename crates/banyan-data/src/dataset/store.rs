//! Encoded labels, and how a batch gathers rows of them.

use super::loaded::LoadedValues;
use super::mask::Mask;
use crate::batch::TargetBatch;
use crate::error::Error;
use crate::labels::{LabelValues, StoredLabels};
use crate::values::Values;

/// A task's column.
#[derive(Debug)]
pub(super) struct TargetStore {
    pub(super) known: Mask,
    pub(super) labels: TargetLabels,
    /// The labels that each row has, where they are those of its tokens or cells. `None`: each known row has one.
    pub(super) counts: Option<Vec<u32>>,
}

/// The labels of all rows.
#[derive(Debug)]
pub(super) enum TargetLabels {
    /// None is known: one row without a label stands for all, since a grid for each may be more than memory holds.
    Unknown(Values),
    /// They are in memory.
    InMemory(Values),
    /// They are in files.
    InFiles(Box<dyn StoredLabels>),
}

impl TargetStore {
    /// The labels of a row.
    pub(super) fn count(&self, row: usize) -> usize {
        self.counts.as_ref().map_or_else(|| usize::from(self.known[row]), |counts| counts[row] as usize)
    }

    pub(super) fn gather(&self, rows: &[usize], loaded: &LoadedValues) -> TargetBatch {
        let known = self.known.select(rows);
        let values = match &self.labels {
            TargetLabels::Unknown(row) => row.select(&vec![0; rows.len()]),
            TargetLabels::InMemory(values) => values.select(rows),
            TargetLabels::InFiles(labels) => labels.gather(rows, loaded),
        };
        TargetBatch { known, values }
    }
}

impl TargetLabels {
    /// Whether memory keeps all of them.
    pub(super) fn is_whole(&self) -> bool {
        match self {
            Self::Unknown(_) | Self::InMemory(_) => true,
            Self::InFiles(labels) => labels.is_whole(),
        }
    }

    /// Decodes what rows need and memory does not keep.
    pub(super) fn load(&self, rows: &[usize]) -> Result<LoadedValues, Error> {
        match self {
            Self::Unknown(_) | Self::InMemory(_) => Ok(LoadedValues::default()),
            Self::InFiles(labels) => labels.load(rows),
        }
    }
}

impl From<LabelValues> for TargetLabels {
    fn from(values: LabelValues) -> Self {
        match values {
            LabelValues::InMemory(values) => Self::InMemory(values),
            LabelValues::InFiles(labels) => Self::InFiles(labels),
        }
    }
}
