//! `data.json`: the tables that a run was trained on, and which of their rows made each split.

use banyan_data::fingerprint::Fingerprint;
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::RowRanges;

/// `data.json`. It is written when the run begins, and later evaluations and resumed trainings go by it.
///
/// The files that the tables name (images, audio, masks) are not covered: only the tables are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunData {
    /// The files of each key of `[data]` that names tables (`train`, `valid`, `test`), in the order of the configuration. Where they lie
    /// is in `config.toml`: a file may be moved.
    pub tables: IndexMap<String, Vec<TableFile>>,
    /// The rows of each split: `train`, `valid`, `test`.
    pub splits: IndexMap<String, SplitRows>,
}

/// A file of a table, as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableFile {
    /// Its rows.
    pub rows: usize,
    /// Its content.
    pub content: Fingerprint,
}

/// The rows of a split.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SplitRows {
    /// The key of [`RunData::tables`] whose rows they are: `train` where the split was cut off the training table.
    pub table: String,
    /// Their numbers, which go on from one file to the next where the table has several.
    pub rows: RowRanges,
}
