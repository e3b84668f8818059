//! Which images there are, and where their labels are.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use super::super::error::{Error, text};

/// The endings of images.
const ENDINGS: [&str; 8] = ["png", "jpg", "jpeg", "webp", "bmp", "gif", "tif", "tiff"];

/// The images in some folders and those within them, and those that texts (`.txt`) name line by line, in the order of their paths for each.
///
/// # Errors
/// If a folder or a text cannot be read.
pub fn images(sources: &[PathBuf]) -> Result<Vec<PathBuf>, Error> {
    let mut all = Vec::new();
    for source in sources {
        if has_ending(source, &["txt"]) {
            all.extend(listed(source)?);
        } else {
            let mut found = Vec::new();
            let mut folders = vec![source.clone()];
            while let Some(folder) = folders.pop() {
                search(&folder, &mut folders, &mut found)?;
            }
            found.sort_unstable();
            all.append(&mut found);
        }
    }
    Ok(all)
}

/// The images in a folder; the folders in it, but no links to others, which could lead back.
fn search(folder: &Path, folders: &mut Vec<PathBuf>, found: &mut Vec<PathBuf>) -> Result<(), Error> {
    let error = |cause: std::io::Error| Error::File { path: folder.display().to_string(), cause: cause.to_string() };
    for entry in fs::read_dir(folder).map_err(error)? {
        let entry = entry.map_err(error)?;
        let path = entry.path();
        if entry.file_type().map_err(error)?.is_dir() {
            folders.push(path);
        } else if has_ending(&path, &ENDINGS) {
            found.push(path);
        }
    }
    Ok(())
}

/// The images that a text names, by paths from its folder.
fn listed(list: &Path) -> Result<Vec<PathBuf>, Error> {
    let folder = list.parent().unwrap_or(Path::new(""));
    let text = text(list)?;
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    Ok(lines.map(|line| folder.join(line.strip_prefix("./").unwrap_or(line))).collect())
}

/// Where the labels of an image are: beside it with the ending `txt`, or, where a folder above is called `images`, at the same place in the
/// folder `labels` beside that one.
pub fn label_file(image: &Path) -> PathBuf {
    let parts: Vec<&OsStr> = image.iter().collect();
    let folders = parts.len().saturating_sub(1);
    let images = parts[..folders].iter().rposition(|part| *part == "images");
    let labels = |(place, &part)| if Some(place) == images { OsStr::new("labels") } else { part };
    let path: PathBuf = parts.iter().enumerate().map(labels).collect();
    path.with_extension("txt")
}

fn has_ending(path: &Path, endings: &[&str]) -> bool {
    let ending = path.extension().and_then(OsStr::to_str);
    ending.is_some_and(|ending| endings.iter().any(|known| known.eq_ignore_ascii_case(ending)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_beside_images() {
        for (image, labels) in [
            ("/data/images/train/a.b.jpg", "/data/labels/train/a.b.txt"),
            ("images/x/images/a.png", "images/x/labels/a.txt"),
            ("train/images.jpg", "train/images.txt"),
            ("a.jpg", "a.txt"),
        ] {
            assert_eq!(label_file(Path::new(image)), Path::new(labels));
        }
    }

    #[test]
    fn lists_of_images() {
        let folder = tempfile::tempdir().unwrap();
        let list = folder.path().join("val.txt");
        fs::write(&list, "./images/a.jpg\n\n  images/b.jpg\n/other/c.jpg\n").unwrap();
        let expected = [folder.path().join("images/a.jpg"), folder.path().join("images/b.jpg"), "/other/c.jpg".into()];
        assert_eq!(images(&[list]).unwrap(), expected);
    }
}
