//! The sizes of images as their annotations say them, beside those that they have.
//!
//! A camera stores an image as its sensor lies and says in the EXIF data how it is to be turned. Annotations that were made without turning it have the
//! sides exchanged, and their boxes lie elsewhere in the image as it is shown.

use std::borrow::Cow;

use super::Source;
use crate::report::Note;
use crate::table::Cell;

/// The columns of the sizes in sets of annotated images.
const SIDES: [&str; 2] = ["height", "width"];

/// The images whose sides their annotations exchange; nothing where no column says the sides.
pub(super) fn turned(source: &Source<'_>, sizes: &[Option<[usize; 2]>]) -> Note {
    let subject = [
        "image is turned by its EXIF data, and the width and height beside its boxes are",
        "images are turned by their EXIF data, and the width and height beside their boxes are",
    ];
    let mut note = Note::new(subject, "those before; turn the images and take that out, so that boxes lie where they were drawn");
    let [Some(heights), Some(widths)] = SIDES.map(|side| source.table.find(side)) else { return note };
    for (row, size) in source.rows.iter().zip(sizes) {
        let (Cell::Number(said_height), Cell::Number(said_width), Some([height, width])) = (heights.cell(*row), widths.cell(*row), *size)
        else {
            continue;
        };
        if height != width && (said_height, said_width) == (width as f64, height as f64) {
            let image = source.image.and_then(|images| images.column.cell(*row).name().map(Cow::into_owned));
            note.add(&image.unwrap_or_default());
        }
    }
    note
}
