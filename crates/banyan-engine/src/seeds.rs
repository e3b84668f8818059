//! Where the losses of a pass enter its sweep.

use crate::auxiliary::DeclaredLosses;

/// The rows of a step: one for each task, then one for each auxiliary loss that is balanced.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rows<'a> {
    /// How many there are.
    pub(crate) count: usize,
    /// The balanced auxiliary losses, which have the last of them.
    pub(crate) balanced: &'a [String],
}

impl<'a> Rows<'a> {
    pub(crate) fn new(count: usize, balanced: &'a [String]) -> Self {
        assert!(count >= balanced.len(), "{count} rows for {} balanced auxiliary losses: they have rows after the tasks'", balanced.len());
        Self { count, balanced }
    }

    /// The rows that are tasks'.
    pub(crate) fn tasks(self) -> usize {
        self.count - self.balanced.len()
    }

    /// The row of an auxiliary loss, if it is balanced.
    pub(crate) fn of_auxiliary(self, name: &str) -> Option<usize> {
        self.balanced.iter().position(|balanced| balanced == name).map(|place| self.tasks() + place)
    }
}

/// Which row of cotangents each loss enters, and times what.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Seeds<'a> {
    /// All enter one row: those that have a row of the step times its weight here, auxiliary losses that have none as they are.
    Sum(&'a [f32]),
    /// Each enters its row; auxiliary losses that have none enter the one after the last.
    Each,
}

impl Seeds<'_> {
    /// The most rows of cotangents that any tape's losses need.
    pub(crate) fn most_rows(self, rows: Rows<'_>) -> usize {
        match self {
            Self::Sum(_) => 1,
            Self::Each => rows.count + 1,
        }
    }

    /// The rows of cotangents that a tape needs for the losses of no task that it declared.
    pub(crate) fn rows(self, declared: &DeclaredLosses, rows: Rows<'_>) -> usize {
        let added = || declared.iter().any(|loss| loss.weight != 0.0 && rows.of_auxiliary(loss.name).is_none());
        match self {
            Self::Sum(_) => 1,
            Self::Each => rows.count + usize::from(added()),
        }
    }

    /// Where a loss that has a row of the step enters.
    pub(crate) fn of_row(self, row: usize) -> (usize, f32) {
        match self {
            Self::Sum(weights) => (0, weights[row]),
            Self::Each => (row, 1.0),
        }
    }

    /// Where a loss that has none enters.
    pub(crate) fn added(self, rows: Rows<'_>) -> (usize, f32) {
        match self {
            Self::Sum(_) => (0, 1.0),
            Self::Each => (rows.count, 1.0),
        }
    }
}
