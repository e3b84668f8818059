//! Masks as PNG files.

use super::{file_of_row, make_folder, mask_in_image, pictures, predicted, write};
use crate::error::TrainError;
use crate::predictions::Predictions;
use banyan_data::labels::TaskKind;
use banyan_data::schema::Schema;
use banyan_data::table::Table;
use banyan_media::index_image;
use std::collections::HashSet;
use std::path::Path;

/// Writes the predicted mask of each row as a PNG file of class indices, of the size of its image, into a folder, that of each task into one of its
/// own where there are several; returns how many.
///
/// # Errors
/// Where no mask was predicted, or a file cannot be written.
pub fn write_masks(schema: &Schema, table: &Table, predictions: &Predictions, folder: &Path) -> Result<usize, TrainError> {
    let tasks = predicted(schema, predictions, TaskKind::Segmentation);
    if tasks.is_empty() {
        return Err(TrainError::Unfit("no masks were predicted; --masks is for tasks of the type \"segmentation\"".to_owned()));
    }
    let mut written = 0;
    for (target, texts) in &tasks {
        let own = if tasks.len() > 1 { folder.join(&target.name) } else { folder.to_path_buf() };
        make_folder(&own)?;
        let Some(pictures) = pictures(schema, target, table)? else { continue };
        let mut taken = HashSet::new();
        for (row, (text, size)) in texts.iter().zip(pictures.sizes()).enumerate() {
            let path = file_of_row(&own, &pictures, row, &mut taken);
            let (Some(text), Some(size)) = (text, size) else { continue };
            let bytes = index_image::encode(&mask_in_image(text, target, size)?).map_err(TrainError::System)?;
            write(&path, &bytes)?;
            written += 1;
        }
    }
    Ok(written)
}
