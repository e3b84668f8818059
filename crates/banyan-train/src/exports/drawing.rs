//! Boxes and masks drawn over the images.

use super::{PredictedBox, broken, file_of_row, make_folder, mask_in_image, pictures, predicted, write};
use crate::colors::{OPACITY, color, mask_color};
use crate::error::TrainError;
use crate::predictions::Predictions;
use banyan_data::labels::TaskKind;
use banyan_data::schema::Schema;
use banyan_data::table::Table;
use banyan_media::image::{self, Picture};
use banyan_media::index_image::IndexImage;
use std::collections::HashSet;
use std::path::Path;

/// The least score of a box that is drawn.
const LEAST_SCORE: f64 = 0.3;

/// Draws the predicted boxes and masks over each row's image, and writes it as a PNG file into a folder; returns how many. The first class of a mask is
/// taken for the background and not drawn.
///
/// # Errors
/// Where nothing was predicted that lies on an image, or a file cannot be written.
pub fn write_drawings(schema: &Schema, table: &Table, predictions: &Predictions, folder: &Path) -> Result<usize, TrainError> {
    let (boxes, masks) = (predicted(schema, predictions, TaskKind::Detection), predicted(schema, predictions, TaskKind::Segmentation));
    let Some((first, _)) = boxes.iter().chain(&masks).next() else {
        return Err(TrainError::Unfit("nothing was predicted that lies on an image; --draw is for boxes and masks".to_owned()));
    };
    make_folder(folder)?;
    let Some(pictures) = pictures(schema, first, table)? else { return Ok(0) };
    let (mut taken, mut written) = (HashSet::new(), 0);
    for row in 0..predictions.rows {
        let path = file_of_row(folder, &pictures, row, &mut taken);
        let Some(mut picture) = pictures.decode(row) else { continue };
        let on_it = |on: Option<&str>| on == first.on();
        for (target, texts) in masks.iter().filter(|(target, _)| on_it(target.on())) {
            let Some(text) = texts[row] else { continue };
            let size = [picture.height, picture.width];
            lay_mask(&mut picture, &mask_in_image(text, target, size)?);
        }
        for (target, texts) in boxes.iter().filter(|(target, _)| on_it(target.on())) {
            let Some(text) = texts[row] else { continue };
            let found: Vec<PredictedBox> = serde_json::from_str(text).map_err(|cause| broken(&cause))?;
            for own in found.iter().filter(|own| own.score >= LEAST_SCORE).rev() {
                let class = target.classes().iter().position(|class| *class == own.label).unwrap_or_default();
                frame(&mut picture, own.corners, color(class));
            }
        }
        let bytes = image::encode_png(&picture).map_err(TrainError::System)?;
        write(&path, &bytes)?;
        written += 1;
    }
    Ok(written)
}

fn lay_mask(picture: &mut Picture, mask: &IndexImage) {
    for (pixel, &class) in picture.pixels.chunks_exact_mut(3).zip(&mask.indices) {
        let Some(color) = mask_color(usize::from(class)).filter(|_| class != u8::MAX) else { continue };
        for (level, own) in pixel.iter_mut().zip(color) {
            *level = (f32::from(*level) * (1.0 - OPACITY) + f32::from(own) * OPACITY).round() as u8;
        }
    }
}

/// Draws the sides of a box, thicker in larger images.
fn frame(picture: &mut Picture, [x1, y1, x2, y2]: [f64; 4], color: [u8; 3]) {
    let (height, width) = (picture.height, picture.width);
    let thickness = 1 + height.max(width) / 300;
    let pixel = |place: f64, side: usize| (place.round().max(0.0) as usize).min(side);
    let (left, right, top, bottom) = (pixel(x1, width), pixel(x2, width), pixel(y1, height), pixel(y2, height));
    for row in top..bottom {
        for column in left..right {
            let is_edge = row < top + thickness || row + thickness >= bottom || column < left + thickness || column + thickness >= right;
            if is_edge {
                picture.pixels[(row * width + column) * 3..][..3].copy_from_slice(&color);
            }
        }
    }
}
