//! YOLO's texts: a `data.yaml` that names the parts, or a folder of images that has one of labels beside it.

use std::fs;
use std::path::{Component, Path, PathBuf};

use banyan_media::image;
use banyan_vision::formats::yolo::{self, Config};
use banyan_vision::formats::{AnnotatedImage, AnnotatedSet, Coverage, Repairs};
use rayon::prelude::*;

use super::super::{ReadOptions, TablePart};
use super::{Annotated, columns, ending, no_image};
use crate::config::MissingLabels;
use crate::error::Error;

/// What people call the file of a data set.
const CONFIGS: [&str; 4] = ["data.yaml", "data.yml", "dataset.yaml", "dataset.yml"];
/// What people call a list of the names of the classes.
const NAMES: &str = "classes.txt";
/// Folders above one of images in which the names of the classes are looked for.
const ABOVE: usize = 4;
/// Classes that are called by their numbers, where no file names them.
const MOST_NUMBERS: usize = 10_000;

/// The `data.yaml` of a folder.
pub(super) fn config_in(folder: &Path) -> Option<PathBuf> {
    CONFIGS.iter().map(|name| folder.join(name)).find(|path| path.is_file())
}

/// Reads the folder of a `data.yaml`.
pub(super) fn read_config_of_folder(folder: &Path, _: &str, options: &ReadOptions) -> Result<Annotated, Error> {
    let path = config_in(folder).unwrap_or_else(|| folder.join(CONFIGS[0]));
    read_config(&path, &path.display().to_string(), options)
}

/// Reads a part of what a `data.yaml` names.
pub(super) fn read_config(path: &Path, name: &str, options: &ReadOptions) -> Result<Annotated, Error> {
    let Config { names, train, val, test } = Config::read(path)?;
    let (part, key) = match options.part {
        TablePart::Train => (train, "train"),
        TablePart::Valid => (val, "val"),
        TablePart::Test => (test, "test"),
        TablePart::HeldOut => match [(test, "test"), (val, "val")].into_iter().find(|(part, _)| !part.is_empty()) {
            Some(found) => found,
            None => (train, "train"),
        },
    };
    if part.is_empty() {
        let problem = format!("it has no \"{key}\"; add the folder of those images, such as {key}: images/{key}");
        return Err(Error::Annotation { file: name.to_owned(), place: format!("key \"{key}\""), problem });
    }
    read(&part, names, path.parent().unwrap_or(Path::new("")), (name, options))
}

/// Whether a folder holds images, or a folder `images` of them, that have labels beside them.
pub(super) fn is_folder(folder: &Path) -> bool {
    let images = images_in(folder);
    let labels = yolo::label_file(&images.join("image"));
    labels.parent().is_some_and(|labels| labels != images && has_text(labels))
}

/// Reads a folder of images; the names of the classes are in a `data.yaml` or a `classes.txt` above it, or else their numbers.
pub(super) fn read_folder(folder: &Path, name: &str, options: &ReadOptions) -> Result<Annotated, Error> {
    let images = images_in(folder);
    let above = images.ancestors().take(ABOVE);
    let mut names = Vec::new();
    for folder in above {
        if let Some(path) = config_in(folder) {
            names = Config::read(&path)?.names;
            break;
        }
        let list = [folder.join(NAMES), folder.join("labels").join(NAMES)].into_iter().find(|path| path.is_file());
        if let Some(path) = list {
            let text = fs::read_to_string(&path).map_err(|cause| Error::reading(&path, &cause))?;
            names = text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect();
            break;
        }
    }
    read(&[images], names, folder, (name, options))
}

fn images_in(folder: &Path) -> PathBuf {
    Some(folder.join("images")).filter(|images| images.is_dir()).unwrap_or_else(|| folder.to_owned())
}

/// Whether a folder, or one in it, holds texts.
fn has_text(folder: &Path) -> bool {
    let texts_in = |folder: &Path| {
        fs::read_dir(folder).is_ok_and(|mut entries| entries.any(|entry| entry.is_ok_and(|entry| ending(&entry.path()) == "txt")))
    };
    let below = || fs::read_dir(folder).is_ok_and(|mut entries| entries.any(|entry| entry.is_ok_and(|entry| texts_in(&entry.path()))));
    texts_in(folder) || below()
}

/// Reads the images of some folders and lists. Where no class has a name, each is called by its number.
fn read(sources: &[PathBuf], names: Vec<String>, beside: &Path, (name, options): (&str, &ReadOptions)) -> Result<Annotated, Error> {
    let paths = yolo::images(sources)?;
    if paths.is_empty() {
        return Err(no_image(name));
    }
    let folder = if options.media_root.is_some() { options.media_folder(beside) } else { common_folder(sources) };
    let classes = if names.is_empty() { MOST_NUMBERS } else { names.len() };
    let one = |path: &PathBuf| -> Result<(AnnotatedImage, Repairs), Error> {
        let mut repairs = Repairs::default();
        let size = image::probe(path).ok().map(|header| (header.width as u32, header.height as u32));
        let objects = yolo::objects(path, classes, size.unwrap_or((1, 1)), &mut repairs)?;
        let has_labels = objects.is_some() || options.missing_labels == MissingLabels::Empty;
        // Boxes are in parts of the sides: of an image that cannot be read none is known.
        let (objects, coverage) = if has_labels && size.is_some() {
            (objects.unwrap_or_default(), Coverage::Complete)
        } else {
            (Vec::new(), Coverage::Unlabeled)
        };
        let file = path.strip_prefix(&folder).unwrap_or(path).to_string_lossy().into_owned();
        Ok((AnnotatedImage { file, number: 0, size, objects, coverage }, repairs))
    };
    let read: Vec<Result<_, Error>> = paths.par_iter().map(one).collect();
    let (mut images, mut repairs) = (Vec::with_capacity(paths.len()), Repairs::default());
    for result in read {
        let (image, own) = result?;
        repairs.dropped += own.dropped;
        repairs.clipped += own.clipped;
        images.push(image);
    }
    let last = images.iter().flat_map(|image| &image.objects).map(|object| object.class).max().unwrap_or(0);
    let classes = if names.is_empty() { (0..=last).map(|class| class.to_string()).collect() } else { names };
    let set = AnnotatedSet { class_numbers: (0..classes.len() as u64).collect(), classes, images, repairs };
    Ok(Annotated { rows: columns::rows(set, Vec::new(), options)?, folder })
}

/// The folder that holds all sources: the folders of images, and those of lists.
fn common_folder(sources: &[PathBuf]) -> PathBuf {
    let folder =
        |source: &'_ PathBuf| if ending(source) == "txt" { source.parent().unwrap_or(Path::new("")).to_owned() } else { source.clone() };
    let common = |one: PathBuf, other: PathBuf| -> PathBuf {
        let parts = one.components().zip(other.components()).take_while(|(one, other)| one == other);
        parts.map(|(part, _): (Component<'_>, _)| part).collect()
    };
    sources.iter().map(folder).reduce(common).unwrap_or_default()
}
