//! COCO's JSON (T.-Y. Lin et al.: Microsoft COCO, ECCV 2014), and that of LVIS.
//!
//! A file has `images`, `annotations` and `categories`. Categories are numbered in any way, and are put in the order of their numbers. An image
//! without annotations is an image without objects, and in a file without `annotations` no image is annotated. Boxes are `x, y, width, height` from 0; those without an area are dropped and counted.

mod records;

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use serde::Deserialize;

use super::error::{Error, bytes, quote};
use super::{AnnotatedImage, AnnotatedObject, AnnotatedSet, Coverage, Segmentation, has_area};
use crate::boxes::Rectangle;
use records::{Annotation, Category, File, Image, Outline, Skipped};

/// Whether outlines are kept: they are most of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Segmentations {
    /// They are.
    Keep,
    /// Boxes alone are.
    Skip,
}

/// Reads a file.
///
/// # Errors
/// If it cannot be read, is no such JSON, or contradicts itself: numbers of images or categories that are not there, or that two share.
pub fn read(path: &Path, segmentations: Segmentations) -> Result<AnnotatedSet, Error> {
    parse(&bytes(path)?, &path.display().to_string(), segmentations)
}

/// Reads a file from its bytes; `file` is what messages call it.
///
/// # Errors
/// As [`read`].
pub fn parse(bytes: &[u8], file: &str, segmentations: Segmentations) -> Result<AnnotatedSet, Error> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match segmentations {
        Segmentations::Keep => assemble(json::<Outline>(bytes, file)?, file),
        Segmentations::Skip => assemble(json::<Skipped>(bytes, file)?, file),
    }
}

fn json<'a, S: Deserialize<'a>>(bytes: &'a [u8], file: &str) -> Result<File<S>, Error> {
    serde_json::from_slice(bytes).map_err(|cause| {
        let message = cause.to_string();
        // The place is said apart.
        let problem = message.rsplit_once(" at line ").map_or(message.as_str(), |(problem, _)| problem);
        let hint = "a COCO file is an object with images, annotations and categories";
        Error::content(file, format!("line {} column {}", cause.line(), cause.column()), format!("{problem}; {hint}"))
    })
}

fn assemble<S: Into<Option<Segmentation>>>(records: File<S>, file: &str) -> Result<AnnotatedSet, Error> {
    let classes = Classes::new(records.categories, file)?;
    let mut places = HashMap::with_capacity(records.images.len());
    let mut images = Vec::with_capacity(records.images.len());
    for record in records.images {
        if places.insert(record.id, images.len()).is_some() {
            return Err(Error::content(file, format!("image {}", record.id), "two images have this id; give each its own"));
        }
        images.push(image(record, &classes, file)?);
    }
    let mut set = AnnotatedSet { classes: classes.names, class_numbers: classes.numbers, images, ..AnnotatedSet::default() };
    let Some(annotations) = records.annotations else {
        set.images.iter_mut().for_each(|image| image.coverage = Coverage::Unlabeled);
        return Ok(set);
    };
    for record in annotations {
        let place = || record.id.map_or_else(|| format!("an annotation of image {}", record.image_id), |id| format!("annotation {id}"));
        let Some(&image) = places.get(&record.image_id) else {
            let problem = format!("its image_id {} is none of the images; add the image or remove the annotation", record.image_id);
            return Err(Error::content(file, place(), problem));
        };
        let Some(&class) = classes.places.get(&record.category_id) else {
            let problem = format!("its category_id {} is none of the categories; add the category", record.category_id);
            return Err(Error::content(file, place(), problem));
        };
        let Some(corner) = record.bbox else {
            return Err(Error::content(file, place(), "it has no bbox; give it [x, y, width, height]"));
        };
        let rectangle = Rectangle::from_corner(corner);
        if has_area(&rectangle, &mut set.repairs) {
            set.images[image].objects.push(object(record, class, rectangle));
        }
    }
    Ok(set)
}

fn object<S: Into<Option<Segmentation>>>(record: Annotation<S>, class: usize, rectangle: Rectangle) -> AnnotatedObject {
    AnnotatedObject {
        class,
        rectangle,
        area: record.area.unwrap_or_else(|| rectangle.area()),
        crowd: record.iscrowd.is_some_and(bool::from),
        difficult: false,
        segmentation: record.segmentation.and_then(Into::into),
    }
}

fn image(record: Image, classes: &Classes, file: &str) -> Result<AnnotatedImage, Error> {
    let number = record.id;
    let error = |problem: &str| Error::content(file, format!("image {number}"), problem);
    let name = record.file_name.or_else(|| Some(file_of_address(&record.coco_url?)));
    let places = |numbers: Vec<u64>| {
        let mut places = Vec::with_capacity(numbers.len());
        for number in numbers {
            places.push(*classes.places.get(&number).ok_or_else(|| error(&format!("category {number} is not there")))?);
        }
        places.sort_unstable();
        Ok::<_, Error>(places)
    };
    let coverage = match (record.neg_category_ids, record.not_exhaustive_category_ids) {
        (None, None) => Coverage::Complete,
        (absent, not_exhaustive) => {
            Coverage::Partial { absent: places(absent.unwrap_or_default())?, not_exhaustive: places(not_exhaustive.unwrap_or_default())? }
        }
    };
    Ok(AnnotatedImage {
        file: name.ok_or_else(|| error("it has no file_name; add it"))?,
        number,
        size: record.width.zip(record.height),
        objects: Vec::new(),
        coverage,
    })
}

/// The folder and name of an image of LVIS, which has an address instead of a file.
fn file_of_address(address: &str) -> String {
    let parts: Vec<&str> = address.rsplitn(3, '/').collect();
    parts.iter().take(2).rev().copied().collect::<Vec<_>>().join("/")
}

/// The categories in the order of their numbers.
struct Classes {
    names: Vec<String>,
    numbers: Vec<u64>,
    places: HashMap<u64, usize>,
}

impl Classes {
    fn new(categories: Vec<Category>, file: &str) -> Result<Self, Error> {
        let (mut by_number, mut by_name) = (BTreeMap::new(), HashMap::new());
        for Category { id, name } in categories {
            if let Some(other) = by_name.insert(name.clone(), id).filter(|&other| other != id) {
                let problem = format!("category {other} has the same name, {}; rename one of them", quote(&name));
                return Err(Error::content(file, format!("category {id}"), problem));
            }
            if by_number.insert(id, name).is_some() {
                return Err(Error::content(file, format!("category {id}"), "two categories have this id; give each its own"));
            }
        }
        let places = by_number.keys().zip(0..).map(|(&number, place)| (number, place)).collect();
        let (numbers, names) = by_number.into_iter().unzip();
        Ok(Self { names, numbers, places })
    }
}

#[cfg(test)]
mod tests;
