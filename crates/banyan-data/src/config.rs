//! The part of the configuration that this crate reads: `[data]` and the data side of `[tasks.*]`; that of `[inputs.*]` is in
//! [`inputs`](crate::inputs).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::number_format::NumberMarks;
use crate::table::{DEFAULT_MEGABYTES, ReadOptions, TableMemory, TablePart};

/// `[data]`: where the tables are and how they are split.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct DataConfig {
    /// The training table, or a list of tables with different columns that train one model.
    /// Paths are relative to the configuration's folder.
    pub train: OneOrMany,
    /// The validation table, for early stopping and for choosing the best checkpoint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid: Option<OneOrMany>,
    /// The test table, for the final metrics.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test: Option<OneOrMany>,
    /// How to split validation and test rows off `train` where no file is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub split: Option<SplitConfig>,
    /// How rows of several tables share an epoch.
    #[serde(default)]
    pub sampling: Sampling,
    /// What to do with a row whose image or audio file cannot be read.
    #[serde(default)]
    pub on_bad_row: OnBadRow,
    /// The memory limit for decoded images and audio, in megabytes. What does not fit is decoded again, in parallel with the
    /// training, whenever it is needed. The result does not depend on it.
    #[serde(default = "default_media_megabytes")]
    pub media_megabytes: usize,
    /// The memory limit for a table and for its encoded rows, in megabytes each. What is larger is kept in a file and read as it is needed. The
    /// result does not depend on it.
    #[serde(default = "default_memory")]
    pub memory: usize,
    /// The folder in which image and audio files are looked up, relative to that of their table or absolute. Default: the
    /// table's own. Paths may not leave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_root: Option<String>,
    /// What it means that an image of a YOLO data set has no file of labels.
    #[serde(default, skip_serializing_if = "is_default")]
    pub missing_labels: MissingLabels,
    /// Cells that count as missing, besides the empty cell.
    #[serde(default = "crate::table::default_missing")]
    pub missing: Vec<String>,
    /// The decimal mark of numbers in texts, `.` or `,`. Default: found in each column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decimal: Option<char>,
    /// What stands between groups of digits of numbers in texts: `,`, `.`, a space, `'` or `_`. Default: found in each column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thousands: Option<char>,
    /// What separates the cells of CSV and TSV files. Default: a tab in `.tsv` files, else the one of `,`, `;`, tab and `|` that cuts all lines alike.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delimiter: Option<char>,
}

impl DataConfig {
    /// The tables that are given, by their keys.
    pub fn tables(&self) -> impl Iterator<Item = (&'static str, &OneOrMany)> {
        let keys = [("train", Some(&self.train)), ("valid", self.valid.as_ref()), ("test", self.test.as_ref())];
        keys.into_iter().filter_map(|(key, paths)| Some((key, paths?)))
    }

    /// The memory that a table, or its encoded rows, may take.
    pub fn memory_bytes(&self) -> u64 {
        self.memory as u64 * 1_000_000
    }

    /// How its tables are read.
    pub fn read_options(&self) -> ReadOptions {
        let numbers = NumberMarks { decimal: self.decimal, thousands: self.thousands };
        let memory = TableMemory { bytes: self.memory_bytes(), folder: None };
        ReadOptions {
            missing: self.missing.clone(),
            delimiter: self.delimiter,
            numbers,
            media_root: self.media_root.clone(),
            missing_labels: self.missing_labels,
            part: TablePart::default(),
            memory,
        }
    }
}

/// The room for decoded images and audio, unless the configuration says otherwise.
fn default_media_megabytes() -> usize {
    2000
}

fn default_memory() -> usize {
    DEFAULT_MEGABYTES
}

/// One path or a list of paths.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, PartialEq)]
#[serde(untagged)]
pub enum OneOrMany {
    /// One path.
    One(String),
    /// Several paths.
    Many(Vec<String>),
}

impl OneOrMany {
    /// The paths as a slice.
    pub fn paths(&self) -> &[String] {
        match self {
            Self::One(path) => std::slice::from_ref(path),
            Self::Many(paths) => paths,
        }
    }
}

/// How to cut a table into training, validation and test rows.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct SplitConfig {
    /// The fraction of rows for validation.
    #[serde(default = "default_fraction")]
    #[schemars(extend("minimum" = 0.0, "exclusiveMaximum" = 1.0))]
    pub valid: f64,
    /// The fraction of rows for testing.
    #[serde(default = "default_fraction")]
    #[schemars(extend("minimum" = 0.0, "exclusiveMaximum" = 1.0))]
    pub test: f64,
    /// The rule.
    #[serde(default)]
    pub by: SplitRule,
    /// The column for `grouped`, `time` and `hash` (a `stratified` split balances all tasks at once
    /// unless a column is named).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// The seed of the shuffle.
    #[serde(default)]
    pub seed: u64,
}

fn default_fraction() -> f64 {
    0.1
}

impl Default for SplitConfig {
    fn default() -> Self {
        Self { valid: 0.1, test: 0.1, by: SplitRule::default(), column: None, seed: 0 }
    }
}

/// The rule of a split.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum SplitRule {
    /// Shuffled rows.
    Random,
    /// Each part has the classes of all tasks in equal proportion (Sechidis et al. 2011 for several tasks).
    #[default]
    Stratified,
    /// All rows with the same value of `column` are in one part.
    Grouped,
    /// The latest rows by `column` are the test, those before them validation.
    Time,
    /// By a hash of `column` (of the whole row without one): a row keeps its part when the table grows.
    Hash,
}

/// How rows of several tables share an epoch.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Sampling {
    /// Every row once: a table counts by its rows.
    #[default]
    Proportional,
    /// A table counts by the square root of its rows.
    SquareRoot,
    /// Every table counts the same.
    Uniform,
}

/// What it means that an image of a YOLO data set has no file of labels, which the format does not say.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum MissingLabels {
    /// Nobody annotated it: it teaches and measures nothing.
    #[default]
    Unlabeled,
    /// It shows no object.
    Empty,
}

fn is_default(missing: &MissingLabels) -> bool {
    *missing == MissingLabels::default()
}

/// What to do with a row whose image or audio file cannot be read.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum OnBadRow {
    /// Stop with the row, the column and the cause.
    Error,
    /// The input counts as missing; the count and the first names are reported. An error where
    /// nothing is left of the row.
    #[default]
    Missing,
    /// The row is left out; the count and the first names are reported.
    Skip,
}
