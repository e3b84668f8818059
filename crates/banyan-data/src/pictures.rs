//! The images of a column at their own size: what predictions are drawn on.

use std::path::Path;

use banyan_media::image::{self, Picture};

use crate::dataset::{Purpose, parallel};
use crate::error::Error;
use crate::files::{Files, MediaFile};
use crate::table::{Column, Table};

/// The images of a column of a table in which a model is used.
#[derive(Debug)]
pub struct Pictures {
    files: Files,
}

impl Pictures {
    /// Those of all rows; none is opened yet.
    ///
    /// # Errors
    /// A cell that is neither a path nor bytes.
    pub fn new(table: &Table, column: &Column) -> Result<Self, Error> {
        let rows: Vec<usize> = (0..table.rows()).collect();
        Self::of_rows(Purpose::Use, table, &rows, column)
    }

    /// Those of some rows.
    pub(crate) fn of_rows(purpose: Purpose, table: &Table, rows: &[usize], column: &Column) -> Result<Self, Error> {
        Ok(Self { files: Files::collect_for(purpose, table, rows, column)? })
    }

    fn file(&self, row: usize) -> Option<&MediaFile> {
        self.files.of_row[row].map(|file| &self.files[file])
    }

    /// The path of a row's image as the table writes it; none where the row has none, or holds the bytes themselves.
    pub fn path(&self, row: usize) -> Option<&Path> {
        self.file(row).filter(|file| file.is_on_disk()).map(|file| Path::new(file.name()))
    }

    /// Decodes a row's image in color, as it is shown; none where the row has none that can be read.
    pub fn decode(&self, row: usize) -> Option<Picture> {
        self.file(row)?.open(|from| image::decode(from, 3, None)).ok()
    }

    /// The height and width of the image of each row, as it is shown; none of a row that has none that can be read.
    pub fn sizes(&self) -> Vec<Option<[usize; 2]>> {
        let size = |file: &MediaFile| {
            let header = file.open(|from| image::probe(from)).ok()?;
            Some([header.height, header.width])
        };
        let of_files: Vec<Option<[usize; 2]>> = parallel::each(&self.files, size);
        self.files.of_row.iter().map(|file| of_files[(*file)?]).collect()
    }
}
