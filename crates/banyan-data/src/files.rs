//! The distinct media files that rows of a column point to or hold.

use std::borrow::Cow;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::dataset::Purpose;
use crate::error::{Error, Hint, Place};
use crate::labels::shapes;
use crate::pipe;
use crate::read;
use crate::table::{Cell, Column, Table, encoded};
use banyan_media::Origin;
use banyan_media::path::{Resolved, resolve};

/// One distinct file.
#[derive(Debug, Clone)]
pub(crate) struct MediaFile {
    /// The path as the table writes it; of bytes their place in the table and how many there are.
    name: String,
    content: Content,
    /// The first table row that has it, for messages.
    pub(crate) row: usize,
    /// Height and width of the image that it lies on, for a mask of one that can be read.
    image: Option<[usize; 2]>,
}

#[derive(Debug, Clone)]
enum Content {
    OnDisk(PathBuf),
    /// In the table, which shares them.
    InTable(Arc<[u8]>),
    /// There is no such file, for a reason that is the end of a sentence.
    Nothing(String),
    /// The table holds it, and cannot be read there.
    Unreadable(String),
}

impl MediaFile {
    /// Applies a decoder; its problem is completed to a sentence that begins with the file's name.
    pub(crate) fn open<T>(&self, decode: impl Fn(Origin<'_>) -> Result<T, String>) -> Result<T, String> {
        let result = match &self.content {
            Content::OnDisk(path) => decode(path.into()),
            Content::InTable(bytes) => decode(Origin::Bytes(bytes)),
            Content::Nothing(problem) | Content::Unreadable(problem) => Err(problem.clone()),
        };
        result.map_err(|problem| banyan_media::MediaError { file: printable(&self.name), problem }.to_string())
    }

    /// The path as the table writes it; of bytes their place in the table.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Height and width of the image that it lies on, for a mask of one that can be read.
    pub(crate) fn image(&self) -> Option<[usize; 2]> {
        self.image
    }

    /// Whether the table holds a path instead of the file.
    pub(crate) fn is_on_disk(&self) -> bool {
        matches!(self.content, Content::OnDisk(_) | Content::Nothing(_))
    }
}

/// The error of a file that cannot be read. Bytes are named by their place, which is said once.
pub(crate) fn unreadable_file(place: Place, cause: String) -> Error {
    let cause = without_place(cause, &place);
    Error::Media { place, cause }
}

/// A cause that does not begin with a place that stands before it.
pub(crate) fn without_place(cause: String, place: &Place) -> String {
    cause.strip_prefix(&format!("{place}: ")).map(str::to_owned).unwrap_or(cause)
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
    /// A cell that is neither a path nor bytes, or a path that leaves the folder of media files.
    pub(crate) fn collect(table: &Table, rows: &[usize], column: &Column) -> Result<Self, Error> {
        Self::collect_for(Purpose::Training, table, rows, column)
    }

    /// The files of rows. Where a model is used, a path that leaves the folder of media files is as one that cannot be read: it is never
    /// opened, and costs no other row its prediction.
    ///
    /// # Errors
    /// A cell that is no path, and in training a path that leaves the folder of media files.
    pub(crate) fn collect_for(purpose: Purpose, table: &Table, rows: &[usize], column: &Column) -> Result<Self, Error> {
        Self::collect_with(|_| None, purpose, table, rows, column)
    }

    /// As [`collect_for`](Self::collect_for), of masks, which may also be [texts](shapes).
    ///
    /// # Errors
    /// As [`collect_for`](Self::collect_for).
    pub(crate) fn collect_masks(purpose: Purpose, table: &Table, rows: &[usize], column: &Column) -> Result<Self, Error> {
        Self::collect_with(shapes::text_of, purpose, table, rows, column)
    }

    /// Notes the height and width of the image of each row, on which its file lies; says of each row why its file cannot: another image that it
    /// lies on has another size.
    pub(crate) fn lie_on(&mut self, images: &[Option<[usize; 2]>]) -> Vec<Option<String>> {
        let mut causes = vec![None; self.of_row.len()];
        for ((file, image), cause) in self.of_row.iter().zip(images).zip(&mut causes) {
            let Some((file, size)) = file.zip(*image) else { continue };
            let file = &mut self.files[file];
            let first = *file.image.get_or_insert(size);
            if first != size {
                let [[height, width], [other_height, other_width]] = [first, size];
                let sizes = format!("{width} × {height} and of {other_width} × {other_height} pixels");
                *cause = Some(format!("{} lies on images of {sizes}; a mask is as large as its image", printable(&file.name)));
            }
        }
        causes
    }

    fn collect_with(
        text_of: impl Fn(Cell<'_>) -> Option<Arc<[u8]>>,
        purpose: Purpose,
        table: &Table,
        rows: &[usize],
        column: &Column,
    ) -> Result<Self, Error> {
        let mut files: Vec<MediaFile> = Vec::new();
        // The same text in two tables names two files, and two texts may name one file.
        let mut by_text: HashMap<(u16, Cow<'_, str>), usize> = HashMap::new();
        let mut by_path: HashMap<PathBuf, usize> = HashMap::new();
        let mut by_bytes: HashMap<&[u8], usize> = HashMap::new();
        let mut of_row = Vec::with_capacity(rows.len());
        for &row in rows {
            let place = || table.place(row, Some(&column.name));
            if let Cell::Bytes(bytes) = column.cell(row) {
                let index = *by_bytes.entry(bytes).or_insert_with(|| {
                    let name = format!("{}: the file of {} bytes", place(), bytes.len());
                    files.push(MediaFile { name, content: Content::InTable(Arc::clone(bytes)), row, image: None });
                    files.len() - 1
                });
                of_row.push(Some(index));
                continue;
            }
            if let Some(text) = text_of(column.cell(row)) {
                let (name, content) = (format!("{}: the mask", place()), Content::InTable(text));
                files.push(MediaFile { name, content, row, image: None });
                of_row.push(Some(files.len() - 1));
                continue;
            }
            let text = read::path(column.cell(row)).map_err(|problem| Error::Cell {
                place: place(),
                problem,
                hint: Hint::new("write a path relative to the table's folder, or to data.media_root, or the file's bytes"),
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
            let resolved = resolve(table.folder(row), &key.1);
            if let Some(bytes) = encoded::content(&key.1).filter(|_| !matches!(resolved, Resolved::File(_))) {
                let (size, content) = match bytes {
                    Ok(bytes) => (format!("file of {} bytes", bytes.len()), Content::InTable(bytes.into())),
                    Err(problem) => (format!("text of {} characters", key.1.len()), Content::Unreadable(problem)),
                };
                files.push(MediaFile { name: format!("{}: the {size}", place()), content, row, image: None });
                by_text.insert(key, files.len() - 1);
                of_row.push(Some(files.len() - 1));
                continue;
            }
            let path = match resolved {
                Resolved::Outside if purpose == Purpose::Use => Err("leaves the folder of media files"),
                Resolved::Outside => return Err(Error::OutsideFolder { place: place(), path: key.1.into_owned() }),
                Resolved::Absent => Err("does not exist"),
                Resolved::Impossible => Err("is not the name of a file: it is too long, or holds a NUL character"),
                Resolved::File(path) => Ok(path),
            };
            let known = path.as_ref().ok().and_then(|path| by_path.get(path)).copied();
            let index = known.unwrap_or_else(|| {
                let content = path.clone().map_or_else(|problem| Content::Nothing(str::to_owned(problem)), Content::OnDisk);
                files.push(MediaFile { name: key.1.clone().into_owned(), content, row, image: None });
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
