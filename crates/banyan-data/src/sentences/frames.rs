//! The predicates among a sentence's words, and their roles.

use std::borrow::Cow;

use banyan_text::LabelError;
use banyan_text::frames::{self, Frame};

use super::{count_words, misaligned, unread};
use crate::error::Error;
use crate::read;
use crate::table::{Cell, Column, Table};

/// The columns of frames and of the words that they are over.
#[derive(Clone, Copy)]
pub(crate) struct FrameColumns<'a> {
    pub(crate) table: &'a Table,
    pub(crate) words: &'a Column,
    /// The labels of all predicates, or objects.
    pub(crate) roles: Option<&'a Column>,
    pub(crate) predicates: Option<&'a Column>,
}

impl<'a> FrameColumns<'a> {
    /// The number of a row's words.
    pub(crate) fn words(&self, row: usize) -> usize {
        count_words(self.words.cell(row))
    }

    /// Whether a row has anything said of it, whatever its words.
    pub(crate) fn has_labels(&self, row: usize) -> bool {
        [self.roles, self.predicates].into_iter().flatten().any(|column| !column.cell(row).is_missing())
    }

    /// The frames of a row of so many words, in the order of their predicates; none where it is not annotated.
    pub(crate) fn read(&self, row: usize, words: usize) -> Result<Option<Vec<Frame>>, Error> {
        let (frames, column) = match (self.roles.map(|roles| (roles, roles.cell(row))), self.predicates) {
            (Some((roles, Cell::Objects(json))), _) => (Some(frames::parse(json).map_err(|error| self.unread(roles, row, error))?), roles),
            // An empty list.
            (Some((roles, Cell::Texts([]))), _) if words > 0 => (Some(Vec::new()), roles),
            (_, Some(predicates)) => (self.of_labels(row, words, predicates)?, predicates),
            (Some((roles, cell)), None) if !cell.is_missing() => {
                let problem = "these labels need the predicates that they are of".to_owned();
                let hint = "name the column of the predicates with columns = { predicate = \"…\" }";
                return Err(self.unread(roles, row, LabelError { problem, hint }));
            }
            _ => return Ok(None),
        };
        let Some(mut frames) = frames else { return Ok(None) };
        frames::arrange(&mut frames, words).map_err(|error| self.unread(column, row, error))?;
        Ok(Some(frames))
    }

    fn of_labels(&self, row: usize, words: usize, predicates: &'a Column) -> Result<Option<Vec<Frame>>, Error> {
        let senses = self.labels(predicates, row, words)?;
        let labels = self.roles.map(|roles| self.labels(roles, row, words)).transpose()?.flatten();
        // A list of gaps says that no word is a predicate; that nothing is said is a missing cell.
        let is_unknown = senses.is_none() && labels.is_none() && predicates.cell(row).is_missing();
        let senses = senses.unwrap_or_default();
        if is_unknown || !frames::are_annotated(&senses) {
            return Ok(None);
        }
        let mut frames = frames::from_senses(&senses);
        if let (Some(labels), Some(roles)) = (labels, self.roles) {
            frames::add_roles(&mut frames, &labels).map_err(|error| self.unread(roles, row, error))?;
        }
        Ok(Some(frames))
    }

    fn labels(&self, column: &'a Column, row: usize, words: usize) -> Result<Option<Vec<Cow<'a, str>>>, Error> {
        let hint = "write the predicates of a row as a list, one entry for each word";
        match read::labels(column.cell(row)).map_err(|problem| self.unread(column, row, LabelError { problem, hint }))? {
            Some(labels) if labels.len() != words => {
                Err(misaligned(self.table.place(row, Some(&column.name)), labels.len(), words, self.words, row))
            }
            labels => Ok(labels),
        }
    }

    fn unread(&self, column: &Column, row: usize, error: LabelError) -> Error {
        unread(self.table.place(row, Some(&column.name)), error)
    }
}

/// The role of each argument that a cell of roles tells of, whatever the words and predicates; none of a cell that cannot be read.
pub(crate) fn roles(cell: Cell<'_>) -> Vec<String> {
    if let Cell::Objects(json) = cell {
        return frames::roles_of_objects(json);
    }
    frames::roles_of_labels(&read::labels(cell).ok().flatten().unwrap_or_default())
}
