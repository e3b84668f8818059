//! The distinct media files that rows of a column point to.

use std::borrow::Cow;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

use crate::dataset::Purpose;
use crate::error::{Error, Hint};
use crate::pipe;
use crate::read;
use crate::table::{Column, Table};
use banyan_media::path::{Resolved, resolve};

/// One distinct file.
#[derive(Debug, Clone)]
pub(crate) struct MediaFile {
    /// The path as the table writes it.
    pub(crate) name: String,
    /// Where it is; or why there is no such file.
    path: Result<PathBuf, &'static str>,
    /// The first table row that points to it, for messages.
    pub(crate) row: usize,
}

impl MediaFile {
    /// Applies a decoder; its problem is completed to a sentence that begins with the file's name.
    pub(crate) fn open<T>(&self, decode: impl Fn(&Path) -> Result<T, String>) -> Result<T, String> {
        let result = match &self.path {
            Ok(path) => decode(path),
            Err(problem) => Err((*problem).to_owned()),
        };
        result.map_err(|problem| banyan_media::MediaError { file: printable(&self.name), problem }.to_string())
    }
}

/// The distinct files of a column and, for each of the rows asked for, which one it points to.
#[derive(Debug)]
pub(crate) struct Files {
    files: Vec<MediaFile>,
    /// For each row asked for an index into the files; `None` where the cell is missing.
    pub(crate) of_row: Vec<Option<usize>>,
}

impl std::ops::Deref for Files {
    type Target = [MediaFile];

    fn deref(&self) -> &[MediaFile] {
        &self.files
    }
}

impl Files {
    /// The files of training rows.
    ///
    /// # Errors
    /// A cell that is no path, or a path that leaves the folder of media files.
    pub(crate) fn collect(table: &Table, rows: &[usize], column: &Column) -> Result<Self, Error> {
        Self::collect_for(Purpose::Training, table, rows, column)
    }

    /// The files of rows. Where a model is used, a path that leaves the folder of media files is as one that cannot be read: it is never
    /// opened, and costs no other row its prediction.
    ///
    /// # Errors
    /// A cell that is no path, and in training a path that leaves the folder of media files.
    pub(crate) fn collect_for(purpose: Purpose, table: &Table, rows: &[usize], column: &Column) -> Result<Self, Error> {
        let mut files: Vec<MediaFile> = Vec::new();
        // The same text in two tables names two files, and two texts may name one file.
        let mut by_text: HashMap<(u16, Cow<'_, str>), usize> = HashMap::new();
        let mut by_path: HashMap<PathBuf, usize> = HashMap::new();
        let mut of_row = Vec::with_capacity(rows.len());
        for &row in rows {
            let place = || table.place(row, Some(&column.name));
            let text = read::path(column.cell(row)).map_err(|problem| Error::Cell {
                place: place(),
                problem,
                hint: Hint::new("write a path relative to the table's folder, or to data.media_root"),
            })?;
            let Some(text) = text else {
                of_row.push(None);
                continue;
            };
            let key = (table.source_of(row), text);
            if let Some(index) = by_text.get(&key) {
                of_row.push(Some(*index));
                continue;
            }
            let path = match resolve(table.folder(row), &key.1) {
                Resolved::Outside if purpose == Purpose::Use => Err("leaves the folder of media files"),
                Resolved::Outside => return Err(Error::OutsideFolder { place: place(), path: key.1.into_owned() }),
                Resolved::Absent => Err("does not exist"),
                Resolved::Impossible => Err("is not the name of a file: it is too long, or holds a NUL character"),
                Resolved::File(path) => Ok(path),
            };
            let known = path.as_ref().ok().and_then(|path| by_path.get(path)).copied();
            let index = known.unwrap_or_else(|| {
                files.push(MediaFile { name: key.1.clone().into_owned(), path: path.clone(), row });
                files.len() - 1
            });
            if let Ok(path) = path {
                by_path.insert(path, index);
            }
            by_text.insert(key, index);
            of_row.push(Some(index));
        }
        Ok(Self { files, of_row })
    }
}

/// A name as a message may show it: on one line, and not endless, whatever a cell holds.
fn printable(name: &str) -> String {
    const LONGEST: usize = 200;
    let mut shown = name.chars().take(LONGEST).flat_map(|letter| {
        let is_odd = letter.is_control();
        let escaped = is_odd.then(|| letter.escape_default());
        escaped.into_iter().flatten().chain((!is_odd).then_some(letter))
    });
    let mut text: String = shown.by_ref().collect();
    if name.chars().nth(LONGEST).is_some() {
        text.push('…');
    }
    text
}

/// All bytes of a file of the program's own.
pub(crate) fn read_bytes(path: &Path) -> Result<Vec<u8>, Error> {
    pipe::read(path).map_err(|cause| Error::reading(path, &cause))
}
