//! Folders of Pascal VOC: `Annotations/*.xml`, `JPEGImages`, and where there are masks `SegmentationClass/*.png`. The lists in `ImageSets` name the images
//! of a part.

use std::fs;
use std::path::{Path, PathBuf};

use banyan_vision::formats::voc::{self, Origin};
use banyan_vision::formats::{AnnotatedImage, AnnotatedSet, Coverage};

use super::super::ReadOptions;
use super::{Annotated, columns, ending, no_image};
use crate::error::Error;
use crate::inputs::IMAGE_ENDINGS;

const ANNOTATIONS: &str = "Annotations";
const IMAGES: &str = "JPEGImages";
const MASKS: &str = "SegmentationClass";
const LISTS: &str = "ImageSets";

/// Whether a folder is one of VOC's.
pub(super) fn is_folder(folder: &Path) -> bool {
    folder.join(ANNOTATIONS).is_dir() && folder.join(IMAGES).is_dir()
}

/// The folder of VOC's that a list lies in: `ImageSets/Main/train.txt` is one.
pub(super) fn folder_of_list(path: &Path) -> Option<PathBuf> {
    let lists = path.ancestors().skip(1).take(2).find(|folder| folder.file_name().is_some_and(|name| name == LISTS))?;
    lists.parent().filter(|folder| is_folder(folder)).map(Path::to_owned)
}

/// Reads a folder: all images, whether they are annotated or not.
pub(super) fn read_folder(folder: &Path, name: &str, options: &ReadOptions) -> Result<Annotated, Error> {
    let mut ids = stems(&folder.join(ANNOTATIONS), |ending| ending == "xml")?;
    ids.extend(stems(&folder.join(IMAGES), |ending| IMAGE_ENDINGS.contains(&ending))?);
    ids.sort_unstable();
    ids.dedup();
    read(folder, &ids, name, options)
}

/// Reads the images of a list, each by the first word of a line.
pub(super) fn read_list(path: &Path, name: &str, options: &ReadOptions) -> Result<Annotated, Error> {
    let folder = folder_of_list(path).unwrap_or_default();
    let text = fs::read_to_string(path).map_err(|cause| Error::reading(path, &cause))?;
    let ids: Vec<String> = text.lines().filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect();
    read(&folder, &ids, name, options)
}

fn read(folder: &Path, ids: &[String], name: &str, options: &ReadOptions) -> Result<Annotated, Error> {
    if ids.is_empty() {
        return Err(no_image(name));
    }
    let file = |id: &String| folder.join(ANNOTATIONS).join(format!("{id}.xml"));
    let (annotated, others): (Vec<&String>, Vec<&String>) = ids.iter().partition(|id| file(id).is_file());
    let paths: Vec<PathBuf> = annotated.iter().map(|id| file(id)).collect();
    let AnnotatedSet { classes, class_numbers, images, repairs } = voc::read(&paths, Origin::One)?;
    let mut read = images.into_iter();
    let mut others = others.into_iter().peekable();
    let (mut images, mut masks) = (Vec::with_capacity(ids.len()), Vec::with_capacity(ids.len()));
    for (number, id) in (0..).zip(ids) {
        let own = if others.next_if(|other| std::ptr::eq(*other, id)).is_some() { None } else { read.next() };
        let image = image_of(folder, id, own.as_ref().map(|image| image.file.as_str()));
        let nothing = || AnnotatedImage { file: String::new(), number, size: None, objects: Vec::new(), coverage: Coverage::Unlabeled };
        images.push(AnnotatedImage { file: image, ..own.unwrap_or_else(nothing) });
        let mask = format!("{MASKS}/{id}.png");
        masks.push(Some(mask).filter(|mask| folder.join(mask).is_file()));
    }
    let rows = columns::rows(AnnotatedSet { classes, class_numbers, images, repairs }, masks, options)?;
    Ok(Annotated { rows, folder: options.media_folder(folder) })
}

/// The path of an image from the folder: of the name that its file of annotations says or, where there is no such file, of its own.
fn image_of(folder: &Path, id: &str, said: Option<&str>) -> String {
    let by_id =
        IMAGE_ENDINGS.iter().flat_map(|ending| [(*ending).to_owned(), ending.to_ascii_uppercase()]).map(|ending| format!("{id}.{ending}"));
    let mut names = said.map(str::to_owned).into_iter().chain(by_id).map(|name| format!("{IMAGES}/{name}"));
    let usual = format!("{IMAGES}/{}", said.map_or_else(|| format!("{id}.jpg"), str::to_owned));
    names.find(|name| folder.join(name).is_file()).unwrap_or(usual)
}

/// The names of the files of a folder that have some endings, without those.
fn stems(folder: &Path, is_wanted: impl Fn(&str) -> bool) -> Result<Vec<String>, Error> {
    let entries = fs::read_dir(folder).map_err(|cause| Error::reading(folder, &cause))?;
    let mut stems = Vec::new();
    for entry in entries {
        let path = entry.map_err(|cause| Error::reading(folder, &cause))?.path();
        if is_wanted(&ending(&path)) {
            stems.extend(path.file_stem().and_then(|stem| stem.to_str()).filter(|stem| !stem.starts_with('.')).map(str::to_owned));
        }
    }
    Ok(stems)
}
