//! The files or folders of the three splits of a set of annotated images.

use std::path::{Path, PathBuf};

use banyan_vision::formats::yolo::Config;

use super::super::FolderParts;
use super::{ending, reader_of, voc, yolo};

/// What people call the lists and folders of the splits.
const VALID: [&str; 4] = ["val", "valid", "validation", "dev"];
const TEST: [&str; 1] = ["test"];
const TRAIN: [&str; 2] = ["train", "trainval"];

/// The splits of a set of annotated images that a path leads to, as far as they are found; nothing where it leads to something else. A file that names
/// several parts, as YOLO's `data.yaml` does, is named for each.
pub(in super::super) fn parts_of(path: &Path) -> Option<FolderParts> {
    let first = |names: &[&str], of: &dyn Fn(&str) -> PathBuf| names.iter().map(|name| of(name)).find(|path| path.exists());
    let only = || FolderParts { train: path.to_owned(), valid: None, test: None };
    let of_names = |of: &dyn Fn(&str) -> PathBuf| {
        first(&TRAIN, of).map(|train| FolderParts { train, valid: first(&VALID, of), test: first(&TEST, of) })
    };
    let config = if path.is_dir() {
        yolo::config_in(path)
    } else {
        Some(path.to_owned()).filter(|path| ["yaml", "yml"].contains(&ending(path).as_str()))
    };
    if path.is_dir() && voc::is_folder(path) {
        let lists = |name: &str| path.join("ImageSets/Main").join(format!("{name}.txt"));
        return Some(of_names(&lists).unwrap_or_else(only));
    }
    if let Some(config) = config {
        // What is wrong with it is reported when it is read.
        let parts = Config::read(&config).unwrap_or_default();
        let named = |part: &[PathBuf]| (!part.is_empty()).then(|| config.clone());
        return Some(FolderParts { train: config.clone(), valid: named(&parts.val), test: named(&parts.test) });
    }
    if path.is_dir() {
        let of_sets = |parts: FolderParts| Some(parts).filter(|parts| reader_of(&parts.train).is_some());
        let below = |above: &Path| of_names(&|name: &str| above.join(name)).and_then(of_sets);
        return below(path).or_else(|| below(&path.join("images"))).or_else(|| reader_of(path).map(|_| only()));
    }
    reader_of(path)?;
    // `instances_train2017.json` stands beside `instances_val2017.json`.
    let name = path.file_name()?.to_str()?;
    let beside = |part: &str| path.with_file_name(name.replacen("train", part, 1));
    let is_train = name.contains("train");
    let other = |names: &[&str]| if is_train { first(names, &beside) } else { None };
    Some(FolderParts { train: path.to_owned(), valid: other(&VALID), test: other(&TEST) })
}
