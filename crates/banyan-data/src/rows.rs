//! Some rows of one column.

use crate::number_format::NumberFormat;
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
    /// How the whole column writes its numbers: a split of its rows is read as all of them.
    pub(crate) fn number_format(self) -> NumberFormat {
        self.table.number_format(self.column)
    }

    /// The cells.
    pub(crate) fn cells(self) -> impl Iterator<Item = Cell<'a>> {
        self.rows.iter().map(move |row| self.column.cell(*row))
    }
}
