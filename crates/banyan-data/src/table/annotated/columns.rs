//! Annotated images as columns.

use banyan_vision::formats::{AnnotatedImage, AnnotatedObject, AnnotatedSet, Coverage, Repairs, Segmentation};
use serde_json::{Map, Value, json};

use super::super::positions::Positions;
use super::super::segment::CHUNK_ROWS;
use super::super::spill::Spilling;
use super::super::{Cell, Column, ReadOptions, Rows};
use crate::error::Error;

/// The columns of a set, in the order of its images. `masks` gives the paths of masks that lie in files, one for each image; where it is empty the
/// outlines of the objects are their masks.
pub(super) fn rows(set: AnnotatedSet, masks: Vec<Option<String>>, options: &ReadOptions) -> Result<Rows, Error> {
    let has_outlines = set.images.iter().flat_map(|image| &image.objects).any(|object| object.segmentation.is_some());
    let has_masks = has_outlines || masks.iter().any(Option::is_some);
    let has_parts = set.images.iter().any(|image| matches!(image.coverage, Coverage::Partial { .. }));
    let has_sizes = set.images.iter().any(|image| image.size.is_some());
    let names =
        [("image", true), ("boxes", true), ("mask", has_masks), ("annotated", has_parts), ("width", has_sizes), ("height", has_sizes)];
    let mut columns: Vec<Column> = names.into_iter().filter(|(_, is)| *is).map(|(name, _)| Column::new(name)).collect();
    let (count, mut masks, mut spilling) = (set.images.len(), masks.into_iter(), Spilling::new(options));
    let mut unlabeled = 0;
    for (place, image) in set.images.into_iter().enumerate() {
        unlabeled += usize::from(image.coverage == Coverage::Unlabeled);
        let path = masks.next().flatten();
        for column in &mut columns {
            match column.name.as_str() {
                "image" => column.push(Cell::Text(&image.file)),
                "boxes" => push_list(column, boxes(&image, &set.classes)),
                "mask" if has_outlines => push_list(column, outlines(&image, &set.classes)),
                "mask" => column.push(path.as_deref().map_or(Cell::Missing, Cell::Text)),
                "annotated" => column.push_texts(annotated(&image, &set.classes)),
                "width" => column.push(image.size.map_or(Cell::Missing, |(width, _)| Cell::Number(width.into()))),
                _ => column.push(image.size.map_or(Cell::Missing, |(_, height)| Cell::Number(height.into()))),
            }
        }
        if (place + 1).is_multiple_of(CHUNK_ROWS) {
            spilling.watch(&mut columns)?;
        }
    }
    let mut rows = Rows::new(columns, Positions::of_rows(count));
    rows.notes = notes(set.repairs, unlabeled);
    Ok(rows)
}

fn push_list(column: &mut Column, list: Option<Vec<Value>>) {
    match list {
        Some(list) => column.push(Cell::Objects(&Value::Array(list).to_string())),
        None => column.push(Cell::Missing),
    }
}

/// The boxes of an image; nothing where nobody looked for objects, or not for all of any class.
fn boxes(image: &AnnotatedImage, classes: &[String]) -> Option<Vec<Value>> {
    let one = |object: &AnnotatedObject| {
        let mut members = Map::new();
        members.insert("label".to_owned(), classes[object.class].as_str().into());
        members.insert("box".to_owned(), json!(object.rectangle.edges()));
        if object.area != object.rectangle.area() {
            members.insert("area".to_owned(), object.area.into());
        }
        for (name, is) in [("crowd", object.crowd), ("difficult", object.difficult)] {
            if is {
                members.insert(name.to_owned(), true.into());
            }
        }
        Value::Object(members)
    };
    let is_known = match &image.coverage {
        Coverage::Complete => true,
        Coverage::Partial { .. } => annotated(image, classes).is_some(),
        Coverage::Unlabeled => false,
    };
    is_known.then(|| image.objects.iter().map(one).collect())
}

/// The outlines of an image's objects; nothing where one has none, or more objects may be in sight: pixels that no outline covers would be taken for
/// the background.
fn outlines(image: &AnnotatedImage, classes: &[String]) -> Option<Vec<Value>> {
    let one = |object: &AnnotatedObject| {
        let outline = match object.segmentation.as_ref()? {
            Segmentation::Polygons(polygons) => json!(polygons),
            Segmentation::Runs { height, width, runs } => json!({"size": [height, width], "counts": runs}),
            Segmentation::Text { height, width, text } => json!({"size": [height, width], "counts": text}),
        };
        Some(json!({"label": classes[object.class], "segmentation": outline}))
    };
    if image.coverage == Coverage::Complete { image.objects.iter().map(one).collect() } else { None }
}

/// The classes whose objects are all annotated; nothing where those are all classes, or none.
fn annotated(image: &AnnotatedImage, classes: &[String]) -> Option<Vec<String>> {
    let Coverage::Partial { absent, not_exhaustive } = &image.coverage else { return None };
    let mut known: Vec<usize> = image.objects.iter().map(|object| object.class).chain(absent.iter().copied()).collect();
    known.sort_unstable();
    known.dedup();
    known.retain(|class| not_exhaustive.binary_search(class).is_err());
    (!known.is_empty()).then(|| known.into_iter().map(|class| classes[class].clone()).collect())
}

fn notes(repairs: Repairs, unlabeled: usize) -> Vec<String> {
    let counted = [
        (repairs.dropped, ["box has no area, and is left out", "boxes have no area, and are left out"]),
        (
            repairs.clipped,
            ["box reached over the edge of its image, and is clipped", "boxes reached over the edge of their images, and are clipped"],
        ),
        (
            unlabeled,
            [
                "image is not annotated, and teaches tasks on its boxes nothing",
                "images are not annotated, and teach tasks on their boxes nothing",
            ],
        ),
    ];
    let note = |(count, [one, more]): (usize, [&str; 2])| (count > 0).then(|| format!("{count} {}", if count == 1 { one } else { more }));
    counted.into_iter().filter_map(note).collect()
}
