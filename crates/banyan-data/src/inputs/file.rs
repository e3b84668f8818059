//! What inputs have in common whose cells are files: their paths, or their bytes.

use std::path::Path;

use rayon::prelude::*;

use super::Problem;
use super::problem::nothing;
use super::stored::{InputStore, StoredValues};
use crate::config::OnBadRow;
use crate::files::{Files, MediaFile, unreadable_file};
use crate::infer::candidate::{Candidate, Shape};
use crate::infer::rule::Guess;
use crate::progress::Counted;
use crate::rows::Rows;
use crate::table::Cell;
use crate::value::quote;
use banyan_media::Origin;
use banyan_media::path::{Resolved, resolve};

/// Means, standard deviations, the usual size and length are taken from this many files, evenly spaced over the training
/// rows: more would not change them, and decoding is the slow part.
const SAMPLED_FILES: usize = 512;
/// Files looked for before a column of paths is taken for one.
const PROBED_FILES: usize = 50;
/// Files decoded before a column of bytes is taken for one of them.
const PROBED_BYTES: usize = 20;

/// The files of a column, decoded as far as memory keeps them.
pub(crate) struct OpenedFiles {
    values: Box<dyn StoredFiles>,
    /// For each row the cause, where its file cannot be read.
    pub(crate) unreadable: Vec<Option<String>>,
}

/// Values that come from files.
pub(super) trait StoredFiles: StoredValues {
    /// Which rows have a value.
    fn present(&self) -> Vec<bool>;

    /// Leaves out the rows that are not to be kept.
    fn retain(&mut self, kept: &[bool]);
}

impl OpenedFiles {
    pub(super) fn new(values: impl StoredFiles + 'static, unreadable: Vec<Option<String>>) -> Self {
        Self { values: Box::new(values), unreadable }
    }

    /// The column, without the rows that are not to be kept.
    pub(crate) fn keep(mut self, kept: &[bool]) -> InputStore {
        self.values.retain(kept);
        InputStore { present: self.values.present().into_iter().collect(), values: self.values }
    }
}

/// The training files of a column, of which there is at least one.
pub(super) struct TrainingFiles<'a> {
    rows: Rows<'a>,
    files: Files,
    bad: OnBadRow,
    /// What they are, in one word for a person.
    what: &'static str,
}

impl<'a> TrainingFiles<'a> {
    pub(super) fn collect(rows: Rows<'a>, bad: OnBadRow, what: &'static str) -> Result<Self, Problem> {
        let files = Files::collect(rows.table, rows.rows, rows.column)?;
        if files.is_empty() { Err(nothing(rows)) } else { Ok(Self { rows, files, bad, what }) }
    }

    /// Applies `read` to every file.
    pub(super) fn read_all<T: Send>(&self, read: impl Fn(Origin<'_>) -> Result<T, String> + Sync) -> Result<Vec<T>, Problem> {
        self.readable(&self.files.iter().collect::<Vec<&MediaFile>>(), read)
    }

    /// Applies `read` to evenly spaced files.
    pub(super) fn read_some<T: Send>(&self, read: impl Fn(Origin<'_>) -> Result<T, String> + Sync) -> Result<Vec<T>, Problem> {
        self.readable(&self.some(), read)
    }

    /// Applies `read` to evenly spaced files, and hands what it gives to `take` in their order. A few at a time: all of them may be more than memory
    /// holds.
    pub(super) fn fold_some<T: Send>(
        &self,
        read: impl Fn(Origin<'_>) -> Result<T, String> + Sync,
        mut take: impl FnMut(T),
    ) -> Result<(), Problem> {
        let chosen = self.some();
        let (mut any, mut first_problem) = (false, None);
        let counted = Counted::begin(self.what, chosen.len());
        for files in chosen.chunks(2 * rayon::current_num_threads()) {
            let (values, problem) = self.attempt(files, &read, &counted)?;
            any |= !values.is_empty();
            first_problem = first_problem.or(problem);
            values.into_iter().for_each(&mut take);
        }
        match first_problem {
            Some(cause) if !any => Err(self.none_readable(&cause)),
            _ => Ok(()),
        }
    }

    fn some(&self) -> Vec<&MediaFile> {
        let count = self.files.len().min(SAMPLED_FILES);
        (0..count).map(|index| &self.files[index * self.files.len() / count]).collect()
    }

    /// Applies `read` to files in parallel and leaves out the unreadable, unless they are to stop all; an error where
    /// none can be read.
    fn readable<T: Send>(&self, chosen: &[&MediaFile], read: impl Fn(Origin<'_>) -> Result<T, String> + Sync) -> Result<Vec<T>, Problem> {
        match self.attempt(chosen, &read, &Counted::begin(self.what, chosen.len()))? {
            (values, Some(cause)) if values.is_empty() => Err(self.none_readable(&cause)),
            (values, _) => Ok(values),
        }
    }

    /// What `read` gives of those files that can be read, and what is wrong with the first of the others.
    fn attempt<T: Send>(
        &self,
        chosen: &[&MediaFile],
        read: &(impl Fn(Origin<'_>) -> Result<T, String> + Sync),
        counted: &Counted,
    ) -> Result<(Vec<T>, Option<String>), Problem> {
        let rows = self.rows;
        let results: Vec<Result<T, String>> = chosen
            .par_iter()
            .map(|file| {
                let result = file.open(read);
                counted.add();
                result
            })
            .collect();
        let mut values = Vec::with_capacity(results.len());
        let mut first_problem = None;
        for (file, result) in chosen.iter().zip(results) {
            match result {
                Ok(value) => values.push(value),
                Err(cause) if self.bad == OnBadRow::Error => {
                    return Err(unreadable_file(rows.table.place(file.row, Some(&rows.column.name)), cause).into());
                }
                Err(cause) => {
                    first_problem.get_or_insert(cause);
                }
            }
        }
        Ok((values, first_problem))
    }

    fn none_readable(&self, cause: &str) -> Problem {
        let rows = self.rows;
        let hint = if self.files.iter().any(MediaFile::is_on_disk) {
            let folder = rows.table.folder(rows.rows[0]);
            let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
            format!("paths are relative to the folder {}; data.media_root names another one", folder.display())
        } else {
            "images are read as PNG, JPEG or WebP, sounds as WAV, FLAC, MP3 or Ogg Vorbis".to_owned()
        };
        Problem::whole(
            format!("none of the {} files of column \"{}\" can be read; the first: {cause}", self.files.len(), rows.column.name),
            hint,
        )
    }
}

/// Recognizes a column whose cells are the bytes of files: most of those tried can be read. `what` names them.
pub(super) fn bytes(candidate: &Candidate<'_>, what: &str, is_read: impl Fn(&[u8]) -> bool) -> Option<Guess> {
    let column = candidate.profile.column;
    let files: Vec<&[u8]> = column.cells().filter_map(|cell| if let Cell::Bytes(bytes) = cell { Some(&**bytes) } else { None }).collect();
    // The others may be paths, or what cannot be decoded.
    let are_texts = column.cells().all(|cell| matches!(cell, Cell::Missing | Cell::Bytes(_) | Cell::Text(_)));
    if files.is_empty() || !are_texts || files.len() * 2 < candidate.profile.known {
        return None;
    }
    let count = files.len().min(PROBED_BYTES);
    let readable: Vec<&[u8]> = (0..count).map(|index| files[index * files.len() / count]).filter(|bytes| is_read(bytes)).collect();
    let first = readable.first().filter(|_| readable.len() * 2 > count)?;
    // MP3 has no signature.
    let format = banyan_media::format_name(first).unwrap_or("an MP3 sound");
    Some(Guess::fits(format!("the bytes of {what} ({} of {count} tried can be read; the first is {format})", readable.len())))
}

/// Recognizes a column of paths by the endings of the files; `what` names them.
pub(super) fn paths(candidate: &Candidate<'_>, endings: &[&str], what: &str) -> Option<Guess> {
    let has_ending = |text: &str| {
        let ending = text.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
        ending.is_some_and(|ending| endings.contains(&ending.as_str()))
    };
    let mut texts = candidate.profile.texts().peekable();
    if candidate.shape != Shape::Texts || texts.peek().is_none() || !texts.all(has_ending) {
        return None;
    }
    let table = candidate.table;
    let cells = candidate.profile.column.cells().enumerate();
    let rows: Vec<(usize, &str)> =
        cells.filter_map(|(row, cell)| if let Cell::Text(text) = cell { Some((row, text)) } else { None }).collect();
    let count = rows.len().min(PROBED_FILES);
    let probed: Vec<(usize, &str)> = (0..count).map(|index| rows[index * rows.len() / count]).collect();
    let present = probed.iter().filter(|(row, text)| matches!(resolve(table.folder(*row), text), Resolved::File(_))).count();
    if present * 2 >= count {
        return Some(Guess::fits(format!("paths of {what}")));
    }
    let (row, first) = probed[0];
    let folder = match table.folder(row) {
        folder if folder.as_os_str().is_empty() => "the current folder".to_owned(),
        folder => folder.display().to_string(),
    };
    Some(Guess::leave_out(format!("names of {what} that are not there: no {} in {folder}", quote(first))))
}
