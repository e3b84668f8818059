//! Sets of annotated images as tables: COCO's JSON, Pascal VOC's folders and YOLO's texts, as they lie on a disk.
//!
//! Each image is a row. Its columns are `image` (a path from the folder of media files), `boxes` (a list as a `detection` task reads it, missing where
//! nobody annotated the image), and where the files say them `mask` (outlines, or the path of a mask, as a `segmentation` task reads them), `annotated`
//! (the classes whose objects are all annotated, where those are not all), `width` and `height`.

mod coco;
mod columns;
mod parts;
mod voc;
mod yolo;

pub(super) use parts::parts_of;

use std::path::{Path, PathBuf};

use super::{ReadOptions, Rows, unpacked};
use crate::error::Error;

/// A table of annotated images.
pub(super) struct Annotated {
    pub(super) rows: Rows,
    /// The folder that the images' paths are relative to.
    pub(super) folder: PathBuf,
}

/// Reads a set of annotated images by its path and the name that messages call it.
pub(super) type Reader = fn(&Path, &str, &ReadOptions) -> Result<Annotated, Error>;

/// What reads the set of annotated images that a path leads to; nothing where it leads to something else.
pub(super) fn reader_of(path: &Path) -> Option<Reader> {
    if path.is_dir() {
        let recognized: [(bool, Reader); 4] = [
            (voc::is_folder(path), voc::read_folder),
            (yolo::config_in(path).is_some(), yolo::read_config_of_folder),
            (coco::file_in(path).is_some(), coco::read_folder),
            (yolo::is_folder(path), yolo::read_folder),
        ];
        return recognized.into_iter().find(|(is, _)| *is).map(|(_, read)| read);
    }
    match ending(&unpacked(path)).as_str() {
        "json" => Some(coco::read),
        "yaml" | "yml" => Some(yolo::read_config),
        "txt" if voc::folder_of_list(path).is_some() => Some(voc::read_list),
        _ => None,
    }
}

/// The ending of a file's name in lowercase; an empty one where it has none.
fn ending(path: &Path) -> String {
    path.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_ascii_lowercase()
}

/// The error of a set in which there is no image.
fn no_image(name: &str) -> Error {
    Error::NoRow { path: name.to_owned(), what: "has no image" }
}
