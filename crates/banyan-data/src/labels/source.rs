//! Where the labels of some rows are encoded from.

use std::sync::OnceLock;

use crate::config::OnBadRow;
use crate::dataset::Purpose;
use crate::dataset::memory::MediaMemory;
use crate::error::{Error, Hint, Place};
use crate::table::{Cell, Column, Table};

use super::LabelValues;

/// Rows of a table whose labels are encoded.
pub(crate) struct Source<'a> {
    pub(crate) table: &'a Table,
    pub(crate) rows: &'a [usize],
    /// The task.
    pub(crate) name: &'a str,
    /// The name of its column.
    pub(crate) column: &'a str,
    /// The words that are labeled, for a task on words, where the table has them.
    pub(crate) words: Option<SourceWords<'a>>,
    /// The images on which labels lie, where the table has them.
    pub(crate) image: Option<SourceImages<'a>>,
    /// What the rows are for.
    pub(crate) purpose: Purpose,
    /// What to do with a label whose file cannot be read.
    pub(crate) bad: OnBadRow,
    /// The room for decoded files. `None`: all are kept.
    pub(crate) memory: Option<&'a MediaMemory>,
}

/// The words of a source, which were encoded before.
pub(crate) struct SourceWords<'a> {
    pub(crate) column: &'a Column,
    /// The words of each row.
    pub(crate) counts: Vec<usize>,
}

/// The height and width of each row's image, as it is shown; none where the row has none that can be read.
pub(crate) type ImageSizes = Vec<Option<[usize; 2]>>;

/// The images of a source.
#[derive(Clone, Copy)]
pub(crate) struct SourceImages<'a> {
    pub(crate) column: &'a Column,
    /// Their sizes, which all tasks on them share and the first that asks reads.
    pub(crate) sizes: &'a OnceLock<ImageSizes>,
}

/// Labels as numbers.
#[derive(Debug)]
pub(crate) struct Encoded {
    /// Whether each row has the label.
    pub(crate) known: Vec<bool>,
    pub(crate) values: LabelValues,
}

impl<'a> Source<'a> {
    /// The cells of all rows, each with its row.
    pub(crate) fn cells(&self) -> impl Iterator<Item = (usize, Cell<'a>)> {
        let column = self.table.find(self.column);
        self.rows.iter().map(move |&row| (row, column.map_or(Cell::Missing, |column| column.cell(row))))
    }

    /// The place of a row's label.
    pub(crate) fn place(&self, row: usize) -> Place {
        self.table.place(row, Some(self.column))
    }

    /// The error of a cell that is no label of the task's kind.
    pub(crate) fn misfit(&self, row: usize, problem: String) -> Error {
        // An infinity is a wrong number, not a word.
        let hint = Hint::new(match problem.ends_with("is infinite") {
            true => "leave the cell empty where the label is not known".to_owned(),
            false => format!("task \"{}\" learned another kind of label", self.name),
        });
        Error::Cell { place: self.place(row), problem, hint }
    }
}
