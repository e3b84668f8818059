//! A folder of images or sounds as a table: a row for each file, its class the name of the folder that it lies in.

use std::fs;
use std::path::{Path, PathBuf};

use super::positions::Positions;
use super::{Cell, Column, Rows};
use crate::error::Error;
use crate::inputs::{AUDIO_ENDINGS, IMAGE_ENDINGS};

/// The column of the classes in a table that was made of a folder.
pub const LABEL_COLUMN: &str = "label";

/// The kinds of files: the name of their column, and the endings.
const KINDS: [(&str, &[&str]); 2] = [("image", &IMAGE_ENDINGS), ("audio", &AUDIO_ENDINGS)];

/// Names that people give the folders of the three splits.
const TRAIN: [&str; 2] = ["train", "training"];
const VALID: [&str; 4] = ["valid", "val", "validation", "dev"];
const TEST: [&str; 2] = ["test", "testing"];

/// The splits that a folder has folders for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FolderParts {
    /// The training files.
    pub train: PathBuf,
    /// The validation files.
    pub valid: Option<PathBuf>,
    /// The test files.
    pub test: Option<PathBuf>,
}

impl FolderParts {
    /// The splits of a folder, where it has a folder for the training and one for another; a class may be named `train` as well.
    pub fn of(folder: &Path) -> Option<Self> {
        let find = |names: &[&str]| names.iter().map(|name| folder.join(name)).find(|path| path.is_dir());
        let parts = Self { train: find(&TRAIN)?, valid: find(&VALID), test: find(&TEST) };
        (parts.valid.is_some() || parts.test.is_some()).then_some(parts)
    }
}

/// Reads a folder. Files right in it have no class; those deeper down have that of the uppermost folder. Hidden files, and files with other endings,
/// are left out; the order is that of the names.
pub(super) fn read(folder: &Path, name: &str) -> Result<Rows, Error> {
    let failed = |cause: std::io::Error| Error::reading(folder, &cause);
    let mut files = Vec::new();
    collect(folder, &mut Vec::new(), &mut files).map_err(failed)?;
    let of_kind = |endings: &[&str]| files.iter().any(|file| has_ending(file, endings));
    let kinds: Vec<_> = KINDS.iter().filter(|(_, endings)| of_kind(endings)).collect();
    let &&(kind, endings) = match &kinds[..] {
        [kind] => kind,
        [] => {
            let all: Vec<String> = KINDS.iter().flat_map(|(_, endings)| *endings).map(|ending| format!(".{ending}")).collect();
            let cause = format!("it is a folder without images or sounds ({}); name a table file in it", all.join(", "));
            return Err(Error::File { action: "read", path: name.to_owned(), cause });
        }
        _ => {
            let cause = "it is a folder with images and sounds; write a table with a column for each".to_owned();
            return Err(Error::File { action: "read", path: name.to_owned(), cause });
        }
    };
    let has_classes = files.iter().any(|file| file.len() > 1);
    let (mut paths, mut labels) = (Column::new(kind), Column::new(LABEL_COLUMN));
    for file in files.iter().filter(|file| has_ending(file, endings)) {
        paths.push(Cell::Text(&file.join("/")));
        labels.push(if file.len() > 1 { Cell::Text(&file[0]) } else { Cell::Missing });
    }
    let positions = Positions::of_rows(paths.len());
    Ok(Rows::new(if has_classes { vec![paths, labels] } else { vec![paths] }, positions))
}

/// The files of a folder and of those in it, each as the names of the folders that lead to it and its own.
/// The names of all files below a folder, a line each.
pub(crate) fn listing(folder: &Path) -> std::io::Result<String> {
    let mut files = Vec::new();
    collect(folder, &mut Vec::new(), &mut files)?;
    Ok(files.iter().map(|file| file.join("/") + "\n").collect())
}

fn collect(folder: &Path, above: &mut Vec<String>, files: &mut Vec<Vec<String>>) -> std::io::Result<()> {
    let mut entries = fs::read_dir(folder)?.collect::<std::io::Result<Vec<_>>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let name = entry.file_name();
        let Some(name) = name.to_str().filter(|name| !name.starts_with('.')) else {
            continue;
        };
        above.push(name.to_owned());
        // A link to a folder is followed by none of its own, so that no circle is.
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), above, files)?;
        } else {
            files.push(above.clone());
        }
        above.pop();
    }
    Ok(())
}

fn has_ending(file: &[String], endings: &[&str]) -> bool {
    let ending = file.last().and_then(|name| name.rsplit_once('.')).map(|(_, ending)| ending.to_ascii_lowercase());
    ending.is_some_and(|ending| endings.contains(&ending.as_str()))
}
