//! YOLO's texts: a file of lines `class cx cy width height` for each image, in parts of the image's width and height, and a `data.yaml` with the
//! names of the classes and where the images are.
//!
//! Lines with more numbers are polygons, `class x1 y1 x2 y2 …`; a file may have both. The labels of `images/train/a.jpg` are
//! `labels/train/a.txt`. Whether an image without such a file shows nothing, or was not annotated, is not said by the format: [`Missing`].

mod config;
mod files;
mod labels;
mod yaml;

pub use config::Config;
pub use files::{images, label_file};
pub use labels::parse as parse_labels;

use std::path::{Path, PathBuf};

use super::error::{Error, text};
use super::{AnnotatedImage, AnnotatedObject, AnnotatedSet, Coverage, Repairs};

/// What it means that an image has no file of labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// Nobody annotated it.
    Unlabeled,
    /// It shows nothing.
    Empty,
}

/// Reads the labels of some images. `size` says the width and height of an image in pixels, or why it cannot be read.
///
/// # Errors
/// If a size or a file of labels cannot be read, and where a line is not as the format has it.
pub fn read(
    images: &[PathBuf],
    classes: Vec<String>,
    missing: Missing,
    mut size: impl FnMut(&Path) -> Result<(u32, u32), String>,
) -> Result<AnnotatedSet, Error> {
    let mut repairs = Repairs::default();
    let mut annotated = Vec::with_capacity(images.len());
    for (number, path) in (0..).zip(images) {
        let file = path.display().to_string();
        let size = size(path).map_err(|cause| Error::File { path: file.clone(), cause })?;
        let (objects, coverage) = match (objects(path, classes.len(), size, &mut repairs)?, missing) {
            (Some(objects), _) => (objects, Coverage::Complete),
            (None, Missing::Unlabeled) => (Vec::new(), Coverage::Unlabeled),
            (None, Missing::Empty) => (Vec::new(), Coverage::Complete),
        };
        annotated.push(AnnotatedImage { file, number, size: Some(size), objects, coverage });
    }
    Ok(AnnotatedSet { class_numbers: (0..classes.len() as u64).collect(), classes, images: annotated, repairs })
}

/// The objects of an image, of this width and height in pixels, from its file of labels; nothing where it has none.
///
/// # Errors
/// If the file cannot be read, and where a line is not as the format has it.
pub fn objects(image: &Path, classes: usize, size: (u32, u32), repairs: &mut Repairs) -> Result<Option<Vec<AnnotatedObject>>, Error> {
    let labels = label_file(image);
    if !labels.is_file() {
        return Ok(None);
    }
    labels::parse(&text(&labels)?, &labels.display().to_string(), classes, size, repairs).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn a_small_folder() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir_all(at("images/train")).unwrap();
        fs::create_dir_all(at("labels/train")).unwrap();
        for name in ["b.png", "a.JPG", "notes.txt", "c.jpeg"] {
            fs::write(at("images/train").join(name), "").unwrap();
        }
        fs::write(at("labels/train/a.txt"), "1 0.5 0.5 0.2 0.4\n").unwrap();
        fs::write(at("labels/train/c.txt"), "\n").unwrap();
        fs::write(at("data.yaml"), "train: images/train\nval: images/none\nnames: [cat, dog]\n").unwrap();

        let config = Config::read(&at("data.yaml")).unwrap();
        let paths = images(&config.train).unwrap();
        assert_eq!(paths, ["a.JPG", "b.png", "c.jpeg"].map(|name| at("images/train").join(name)));
        let read = |missing| read(&paths, config.names.clone(), missing, |_| Ok((100, 50))).unwrap();
        let set = read(Missing::Unlabeled);
        let counts: Vec<_> = set.images.iter().map(|image| (image.objects.len(), image.coverage.clone())).collect();
        assert_eq!(counts, [(1, Coverage::Complete), (0, Coverage::Unlabeled), (0, Coverage::Complete)]);
        assert_eq!((set.images[0].objects[0].class, set.classes), (1, vec!["cat".to_owned(), "dog".to_owned()]));
        assert_eq!(read(Missing::Empty).images[1].coverage, Coverage::Complete);

        let error = images(&config.val).unwrap_err().to_string();
        assert!(error.starts_with("cannot read ") && error.contains("images/none"), "{error}");
        let error = super::read(&paths, vec![], Missing::Empty, |_| Err("it is damaged".to_owned())).unwrap_err().to_string();
        assert!(error.ends_with("a.JPG: it is damaged"), "{error}");
    }
}
