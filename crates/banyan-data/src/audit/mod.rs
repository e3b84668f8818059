//! What is worth knowing about data before a model is trained on it.
//!
//! [`audit`] looks at the tables as they are, with the inputs and tasks of a configuration in mind: what is missing,
//! how the classes are distributed, which rows come twice or are both in training and test, which columns give a label
//! away, which files cannot be read. It finds, and changes nothing.

mod columns;
mod display;
pub(crate) mod keys;
mod marks;
mod media;
mod numbering;
pub(crate) mod part;
mod rows;

pub use part::{AuditPart, Figure, InputAudit};

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::inputs::{InputConfig, InputKind};
use crate::labels::{TargetConfig, TaskKind};

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Audit {
    /// The parts, in the order given.
    pub parts: Vec<PartAudit>,
    /// The columns of the first part and then those that only others have.
    pub columns: Vec<ColumnAudit>,
    /// The tasks.
    pub tasks: Vec<TaskAudit>,
    /// Pairs of parts that share rows.
    pub leaks: Vec<Leak>,
    /// Inputs that tell a label exactly.
    #[serde(rename = "giveaways")]
    pub leaking: Vec<Leakage>,
    /// Inputs that number the rows, in an order that a label goes with.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub numberings: Vec<Numbering>,
    /// Columns of numbers whose comma could be read in another way.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub guessed_marks: Vec<GuessedMark>,
    /// Image and audio files.
    pub media: Vec<MediaAudit>,
    /// What the kinds of input that have an audit of their own found, by its name.
    #[serde(flatten)]
    pub inputs: IndexMap<&'static str, Vec<InputAudit>>,
}

/// One part.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PartAudit {
    /// `train`, `valid` or `test`.
    pub name: String,
    /// Its rows.
    pub rows: usize,
    /// Rows whose inputs and labels an earlier row of the part has, too.
    pub duplicates: usize,
    /// Rows with a label of every task, of some, of none.
    pub all_labels: usize,
    /// Rows with labels of some tasks only.
    pub some_labels: usize,
    /// Rows without any label.
    pub no_labels: usize,
    /// Rows without any input.
    pub no_inputs: usize,
}

/// One column.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ColumnAudit {
    /// The column's name.
    pub name: String,
    /// What the configuration uses it for.
    pub role: Role,
    /// For each part the fraction of rows without a value; `None` where the part lacks the column.
    pub missing: Vec<Option<f64>>,
    /// Different values in the first part.
    pub distinct: usize,
    /// Whether the first part has the same value in every row that has one.
    pub constant: bool,
}

/// What a configuration uses a column for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// An input reads it.
    Input,
    /// It holds a task's label.
    Task,
    /// Nothing reads it.
    #[default]
    Unused,
}

/// One task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TaskAudit {
    /// The task's name.
    pub name: String,
    /// Its kind.
    pub kind: TaskKind,
    /// For each part the rows with a label.
    pub known: Vec<usize>,
    /// For each part the tokens with a label; empty for tasks with labels of rows.
    #[serde(default)]
    pub tokens: Vec<usize>,
    /// The classes or labels, the types of spans, or the scripts of lemmas, most frequent in the first part first; empty for a regression.
    pub classes: Vec<ClassCount>,
    /// Rows of the most frequent class for one of the least frequent, in the first part; `None` where words have labels, some of which
    /// are always rare.
    pub imbalance: Option<f64>,
    /// Classes that a later part has and the first lacks: no model can predict them.
    pub unseen: Vec<String>,
}

/// One class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClassCount {
    /// The class.
    pub name: String,
    /// Its rows (tokens, spans) in each part.
    pub counts: Vec<usize>,
}

/// Rows that two parts share.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leak {
    /// The earlier part.
    pub first: String,
    /// The later part.
    pub second: String,
    /// Rows of the later part that the earlier has, too: the same inputs and labels (of files, the same content).
    pub rows: usize,
    /// Places of the first such rows in the later part.
    pub examples: Vec<String>,
}

/// An input that tells a label.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leakage {
    /// The input's column.
    pub column: String,
    /// The task.
    pub task: String,
    /// Different values of the column, each of which goes with one label only.
    pub values: usize,
    /// Rows that were looked at.
    pub rows: usize,
}

/// An input that numbers the rows, whose order tells a label.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Numbering {
    /// The input's column.
    pub column: String,
    /// The task.
    pub task: String,
    /// Classes of the rows that were looked at.
    pub classes: usize,
    /// Stretches of rows of one class, in the order of the numbers.
    pub stretches: usize,
}

/// A column of numbers whose comma is a decimal one or stands between thousands, and nothing says which.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GuessedMark {
    /// The column.
    pub column: String,
    /// The first cell with a comma.
    pub cell: String,
    /// The number that it is read as.
    pub value: f64,
    /// Whether the comma is read as a decimal one.
    pub is_decimal: bool,
}

/// The files of one input.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MediaAudit {
    /// The input's name.
    pub input: String,
    /// Different files over all parts.
    pub files: usize,
    /// Those that cannot be read.
    pub unreadable: usize,
    /// The first of them, each with its cause.
    pub examples: Vec<String>,
}

/// Looks at all parts. `inputs` and `targets` are names with their configuration; without inputs every column that
/// is no task's counts as read.
///
/// # Errors
/// A path that leaves its table's folder, or a media column that holds no paths.
pub fn audit(parts: &[AuditPart<'_>], inputs: &[(String, InputConfig)], targets: &[(String, TargetConfig)]) -> Result<Audit, Error> {
    let files = media::probe(parts, inputs)?;
    let keys = rows::row_keys(parts, inputs, targets, &files);
    Ok(Audit {
        parts: rows::parts(parts, inputs, targets, &keys),
        columns: columns::columns(parts, inputs, targets),
        tasks: columns::tasks(parts, inputs, targets),
        leaks: rows::leaks(parts, &keys),
        leaking: columns::leakages(parts, inputs, targets),
        numberings: numbering::numberings(parts, inputs, targets),
        guessed_marks: marks::guessed_marks(parts, inputs, targets),
        media: files.audits,
        inputs: of_inputs(parts, inputs),
    })
}

/// The audits that kinds of input have of their own, each for all inputs of its kind.
fn of_inputs(parts: &[AuditPart<'_>], inputs: &[(String, InputConfig)]) -> IndexMap<&'static str, Vec<InputAudit>> {
    let of_kind = |kind: &InputKind| {
        let own = kind.settings().input().audit()?;
        let audit = |(name, config): &(String, InputConfig)| InputAudit {
            input: name.clone(),
            title: own.title,
            figures: (own.figures)(config.column(name), parts),
        };
        Some((own.name, inputs.iter().filter(|(_, config)| config.kind() == *kind).map(audit).collect()))
    };
    InputKind::ALL.iter().filter_map(of_kind).collect()
}
