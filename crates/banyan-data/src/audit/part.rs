//! What an audit looks at, and what the kind of an input finds there.

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use crate::table::Table;

/// Rows to be looked at: a file, or a part of a split.
#[derive(Debug, Clone, Copy)]
pub struct AuditPart<'a> {
    /// `train`, `valid` or `test`.
    pub name: &'a str,
    /// The table.
    pub table: &'a Table,
    /// The rows of the table that belong to the part.
    pub rows: &'a [usize],
}

/// An audit of a kind's own.
pub(crate) struct OwnAudit {
    /// Under which name JSON has it.
    pub(crate) name: &'static str,
    /// What it is of, for a heading.
    pub(crate) title: &'static str,
    /// Looks at a column of all parts.
    pub(crate) figures: fn(&str, &[AuditPart<'_>]) -> Vec<Figure>,
}

/// What the kind of an input counts in one, part by part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputAudit {
    /// The input's name.
    pub input: String,
    /// What is counted, for a heading.
    pub title: &'static str,
    /// The counts.
    pub figures: Vec<Figure>,
}

/// Something that is counted in each part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// The name in JSON.
    pub name: &'static str,
    /// The name for a person.
    pub label: &'static str,
    /// For each part the count.
    pub counts: Vec<usize>,
    /// For each part what a person is shown of it, if anything.
    pub shown: Vec<Option<String>>,
}

impl Figure {
    /// Counts that are shown as they are.
    pub(crate) fn counts(name: &'static str, label: &'static str, counts: Vec<usize>) -> Self {
        let shown = counts.iter().map(|count| Some(count.to_string())).collect();
        Self { name, label, counts, shown }
    }
}

impl InputAudit {
    /// The counts of this name; empty where there are none.
    pub fn counts(&self, name: &str) -> &[usize] {
        self.figures.iter().find(|figure| figure.name == name).map_or(&[], |figure| &figure.counts)
    }
}

impl Serialize for InputAudit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1 + self.figures.len()))?;
        map.serialize_entry("input", &self.input)?;
        for figure in &self.figures {
            map.serialize_entry(figure.name, &figure.counts)?;
        }
        map.end()
    }
}
