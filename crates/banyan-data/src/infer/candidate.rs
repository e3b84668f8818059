//! A column that may be an input.

use super::profile::Profile;
use crate::table::{Column, Table};

/// A column that may be an input, with what its cells are.
pub(crate) struct Candidate<'a> {
    pub(crate) table: &'a Table,
    pub(crate) profile: Profile<'a>,
    pub(crate) shape: Shape,
}

impl<'a> Candidate<'a> {
    pub(crate) fn new(table: &'a Table, column: &'a Column) -> Self {
        let profile = Profile::of(table, column);
        let shape = if profile.number_lists + profile.text_lists > 0 {
            Shape::Lists
        } else if profile.booleans == profile.known {
            Shape::Booleans
        } else if profile.is_numeric() {
            Shape::Numbers
        } else {
            Shape::Texts
        };
        Self { table, profile, shape }
    }

    /// Whether all known cells are lists of texts.
    pub(crate) fn is_of_text_lists(&self) -> bool {
        self.shape == Shape::Lists && self.profile.text_lists == self.profile.known
    }

    /// The reason of a column of few values.
    pub(crate) fn few_values(&self) -> String {
        format!("{} different values{}", self.profile.distinct(), self.odd_cell())
    }

    /// Where most of a column is numbers, the cell that is none: often it is a missing value under another name.
    pub(crate) fn odd_cell(&self) -> String {
        self.profile.odd_cell(self.table)
    }
}

/// What the cells of a column are as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Some are lists.
    Lists,
    /// All are truth values.
    Booleans,
    /// All are numbers, as such or as texts.
    Numbers,
    /// All are single values, not all of which are numbers.
    Texts,
}
