//! What kinds of label share that lie on an image.

use banyan_media::fit::{Fit, Placement};

use super::{Source, Task, TaskInput};
use crate::error::Error;
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

impl Source<'_> {
    /// The height and width of each row's image, as it is shown; none where the row has none that can be read.
    pub(super) fn image_sizes(&self) -> Result<Vec<Option<[usize; 2]>>, Error> {
        let Some(column) = self.image else { return Ok(vec![None; self.rows.len()]) };
        Ok(Pictures::of_rows(self.purpose, self.table, self.rows, column)?.sizes())
    }
}
