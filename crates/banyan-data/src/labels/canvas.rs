//! What kinds of label share that lie on an image.

use banyan_media::fit::{Fit, Placement};

use super::{ImageSizes, Source, SourceImages, Task, TaskInput};
use crate::error::Error;
use crate::files::{Files, unreadable_file};
use crate::pictures::Pictures;
use crate::suggest;
use serde::{Deserialize, Serialize};

/// What the images of an input are laid on.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Canvas {
    /// Height and width in pixels.
    pub size: [usize; 2],
    /// How images of another size come to this one.
    pub fit: Fit,
}

impl Canvas {
    /// The number of its pixels.
    pub fn cells(self) -> usize {
        self.size[0] * self.size[1]
    }

    /// Where an image of `[height, width]` pixels lies.
    pub fn place(self, image: [usize; 2]) -> Placement {
        self.fit.place(image, self.size)
    }
}

impl<'a> Task<'a> {
    /// The input of images on which the labels lie, and what those are laid on: the one that `on` names, or the only one there is.
    pub(super) fn input_of_images(&self) -> Result<(&'a TaskInput, Canvas), Error> {
        let images: Vec<(&TaskInput, Canvas)> = self.inputs.iter().filter_map(|input| Some((input, input.canvas?))).collect();
        let names: Vec<&str> = images.iter().map(|(input, _)| input.name.as_str()).collect();
        match (self.config.settings.on(), images.as_slice()) {
            (_, []) => Err(self.error("its labels lie on images, and no input has images", "add one with type = \"image\"")),
            (None, [only]) => Ok(*only),
            (None, [(first, _), ..]) => Err(self.error(
                format!("{} are inputs of images, and which one its labels lie on is not said", names.join(", ")),
                format!("write on = \"{}\"", first.name),
            )),
            (Some(on), images) => images.iter().find(|(input, _)| input.name == on).copied().ok_or_else(|| {
                let hint = suggest::hint(on, &names, "the inputs of images");
                Error::Task { task: self.name.to_owned(), problem: format!("there is no input of images \"{on}\""), hint }
            }),
        }
    }
}

impl Task<'_> {
    /// The training rows whose files of labels can be read; `read` is what each file gave. Where one file is to stop all, encoding says so; where none
    /// can be read, nothing is left to learn from.
    pub(super) fn readable_rows<T>(&self, files: &Files, read: &[Result<T, String>]) -> Result<usize, Error> {
        if let (true, Some(Err(cause))) = (read.iter().all(Result::is_err), read.first()) {
            return Err(unreadable_file(self.table.place(files[0].row, Some(&self.column.name)), cause.clone()));
        }
        Ok(files.of_row.iter().filter(|file| file.is_some_and(|file| read[file].is_ok())).count())
    }
}

impl Source<'_> {
    /// The height and width of each row's image.
    pub(super) fn image_sizes(&self) -> Result<ImageSizes, Error> {
        let Some(SourceImages { column, sizes }) = self.image else { return Ok(vec![None; self.rows.len()]) };
        if let Some(known) = sizes.get() {
            return Ok(known.clone());
        }
        let read = Pictures::of_rows(self.purpose, self.table, self.rows, column)?.sizes();
        Ok(sizes.get_or_init(|| read).clone())
    }
}
