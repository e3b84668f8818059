//! What a listing says of one method.

use crate::{Method, OptionSpec};

/// A method as a listing shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The name that a configuration chooses it by.
    pub name: String,
    /// What it does, in one line.
    pub summary: String,
    /// Authors, venue and year, where there is a paper.
    pub paper: Option<String>,
    /// Headings, each with a remark.
    pub remarks: Vec<(String, String)>,
    /// The options that are its own.
    pub options: Vec<EntryOption>,
    /// Options that others of its group have as well.
    pub common_options: Vec<EntryOption>,
}

/// An option as a listing shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryOption {
    /// The key in a configuration.
    pub name: String,
    /// What it does, in one line.
    pub summary: String,
    /// What holds where it is not set, if there is more to say than that.
    pub default: Option<String>,
    /// The values it takes, in words: "a number between 0 and 1".
    pub expected: String,
}

impl From<&Method> for Entry {
    fn from(method: &Method) -> Self {
        let options = |options: &[OptionSpec]| options.iter().map(EntryOption::from).collect();
        Self {
            name: method.name.to_owned(),
            summary: method.summary.to_owned(),
            paper: method.paper.map(str::to_owned),
            remarks: method.remarks.iter().map(|remark| (remark.about.to_owned(), remark.text.to_owned())).collect(),
            options: options(method.options),
            common_options: options(method.common_options),
        }
    }
}

impl From<&OptionSpec> for EntryOption {
    fn from(spec: &OptionSpec) -> Self {
        Self {
            name: spec.name.to_owned(),
            summary: spec.summary.to_owned(),
            default: Some(spec.default().to_string()),
            expected: spec.kind().to_string(),
        }
    }
}
