//! COCO's JSON, and that of LVIS.

use std::path::{Path, PathBuf};

use banyan_vision::formats::coco::{self, Segmentations};

use super::super::content::Content;
use super::super::{ReadOptions, Rows};
use super::{Annotated, columns, no_image};
use crate::error::Error;

/// What some programs call the file beside the images of a folder.
const FILE: &str = "_annotations.coco.json";
/// Images looked for to tell where they lie.
const PROBED: usize = 20;

/// The file of a folder that holds its images too.
pub(super) fn file_in(folder: &Path) -> Option<PathBuf> {
    Some(folder.join(FILE)).filter(|path| path.is_file())
}

/// Reads a folder that holds images and their file.
pub(super) fn read_folder(folder: &Path, _: &str, options: &ReadOptions) -> Result<Annotated, Error> {
    let file = folder.join(FILE);
    read(&file, &file.display().to_string(), options)
}

/// Reads a file.
pub(super) fn read(path: &Path, name: &str, options: &ReadOptions) -> Result<Annotated, Error> {
    let bytes = Content::open(path, name)?.bytes(name)?;
    match bytes.iter().find(|byte| !byte.is_ascii_whitespace()) {
        None => return Err(Error::NoRow { path: name.to_owned(), what: "is empty" }),
        Some(b'[') => {
            let problem = "it is a list, and a COCO file is an object with images, annotations and categories; a table of other data is one \
                           object a line, in a .jsonl file";
            return Err(Error::Annotation { file: name.to_owned(), place: "line 1".to_owned(), problem: problem.to_owned() });
        }
        Some(_) => {}
    }
    let set = coco::parse(&bytes, name, Segmentations::Keep)?;
    drop(bytes);
    if set.images.is_empty() {
        return Err(no_image(name));
    }
    let files: Vec<&str> = set.images.iter().map(|image| image.file.as_str()).collect();
    let folder = folder_of(path, &files, options);
    let rows: Rows = columns::rows(set, Vec::new(), options)?;
    Ok(Annotated { rows, folder })
}

/// The folder of the images: the one that is named, or the first that has one of them of those where people put them. Without an image it is that
/// of the file, which messages then name.
fn folder_of(path: &Path, files: &[&str], options: &ReadOptions) -> PathBuf {
    let beside = path.parent().unwrap_or(Path::new(""));
    if options.media_root.is_some() {
        return options.media_folder(beside);
    }
    // The images of `annotations/instances_train2017.json` lie in `train2017`.
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let part = stem.rsplit('_').next().unwrap_or_default();
    let places = ["", "images", part, "../images", "..", &format!("../{part}"), &format!("../images/{part}"), &format!("images/{part}")]
        .map(|place| if place.is_empty() { beside.to_owned() } else { beside.join(place) });
    let count = files.len().min(PROBED);
    let has_image = |folder: &&PathBuf| (0..count).any(|index| folder.join(files[index * files.len() / count]).is_file());
    places.iter().find(has_image).cloned().unwrap_or_else(|| beside.to_owned())
}
