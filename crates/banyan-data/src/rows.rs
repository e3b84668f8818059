//! Some rows of one column.

use crate::table::{Cell, Column, Table};

/// Some rows of one column of a table.
#[derive(Clone, Copy)]
pub(crate) struct Rows<'a> {
    pub(crate) table: &'a Table,
    /// Their places in the table.
    pub(crate) rows: &'a [usize],
    pub(crate) column: &'a Column,
}

impl<'a> Rows<'a> {
    /// The cells.
    pub(crate) fn cells(self) -> impl Iterator<Item = Cell<'a>> {
        self.rows.iter().map(move |row| self.column.cell(*row))
    }
}
