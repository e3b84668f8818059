//! Predictions on images in the forms that other programs and people read: COCO's JSON, masks as PNG files, and drawings.
//!
//! All are made from the columns of [`Predictions`](crate::Predictions), so that they show what a table of predictions holds.

mod coco;
mod drawing;
mod masks;

pub use coco::coco;
pub use drawing::write_drawings;
pub use masks::write_masks;

use crate::error::TrainError;
use crate::predictions::{Predictions, pictures};
use banyan_data::labels::{Segmentation, TaskKind};
use banyan_data::output::{OutputValues, write_file};
use banyan_data::pictures::Pictures;
use banyan_data::schema::{Schema, TargetSchema};
use banyan_data::table::Cell;
use banyan_media::index_image::{self, IndexImage};
use serde::Deserialize;
use std::collections::HashSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// A box as a table of predictions holds it.
#[derive(Debug, Deserialize)]
struct PredictedBox {
    label: String,
    #[serde(rename = "box")]
    corners: [f64; 4],
    score: f64,
}

/// A mask as a table of predictions holds it: the classes of the pixels of the canvas in runs, line after line.
#[derive(Debug, Deserialize)]
struct PredictedMask {
    size: [usize; 2],
    runs: Vec<(u8, usize)>,
}

/// A mask that a table of predictions holds, in an image of `[height, width]`.
fn mask_in_image(text: &str, target: &TargetSchema, image: [usize; 2]) -> Result<IndexImage, TrainError> {
    let PredictedMask { size: [height, width], runs } = serde_json::from_str(text).map_err(|cause| broken(&cause))?;
    let indices = runs.into_iter().flat_map(|(class, pixels)| std::iter::repeat_n(class, pixels)).collect();
    let labels: &Segmentation = target.labels();
    Ok(index_image::taken_from(&IndexImage { height, width, indices }, labels.canvas.place(image), image))
}

/// The tasks of a kind that were predicted, each with the text of each row.
fn predicted<'a>(schema: &'a Schema, predictions: &'a Predictions, kind: TaskKind) -> Vec<(&'a TargetSchema, Vec<Option<&'a str>>)> {
    let column = |target: &TargetSchema| predictions.columns.iter().find(|column| column.name == target.column);
    let texts = |values: &'a OutputValues| -> Vec<Option<&'a str>> {
        match values {
            OutputValues::Texts(texts) => texts.iter().map(|text| Some(text.as_str()).filter(|text| !text.is_empty())).collect(),
            OutputValues::Cells(column) => {
                column.cells().map(|cell| if let Cell::Objects(text) = cell { Some(text) } else { None }).collect()
            }
            _ => Vec::new(),
        }
    };
    let targets = schema.targets.iter().filter(|target| target.kind() == kind);
    targets.filter_map(|target| Some((target, texts(&column(target)?.values)))).collect()
}

/// The file of a row below a folder: named after its image, or by its number where it has no name or another row has the same.
fn file_of_row(folder: &Path, pictures: &Pictures, row: usize, taken: &mut HashSet<String>) -> PathBuf {
    let stem = pictures.path(row).and_then(Path::file_stem).map(|stem| stem.to_string_lossy().into_owned());
    let name = stem.filter(|stem| taken.insert(stem.clone())).unwrap_or_else(|| {
        let number = format!("row-{}", row + 1);
        taken.insert(number.clone());
        number
    });
    folder.join(format!("{name}.png"))
}

fn broken(cause: &serde_json::Error) -> TrainError {
    TrainError::Unfit(format!("a prediction is not what this version writes: {cause}"))
}

fn make_folder(folder: &Path) -> Result<(), TrainError> {
    std::fs::create_dir_all(folder).map_err(|cause| TrainError::System(format!("the folder {} cannot be made: {cause}", folder.display())))
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), TrainError> {
    let written = write_file(path, |file| file.write_all(bytes));
    written.map_err(|cause| TrainError::System(format!("{} cannot be written: {cause}", path.display())))
}
