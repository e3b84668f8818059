//! Boxes as COCO writes them.

use super::{PredictedBox, broken, pictures, predicted};
use crate::error::TrainError;
use crate::predictions::Predictions;
use banyan_data::labels::TaskKind;
use banyan_data::schema::Schema;
use banyan_data::table::Table;
use serde_json::{Value, json};

/// The boxes that were predicted, as a COCO data set: `images` with the number of their row from 1, `categories` in the order of the classes
/// from 1, and `annotations` with a `score`. pycocotools reads it, and its `annotations` alone as results.
///
/// # Errors
/// Where no boxes were predicted, or for several tasks.
pub fn coco(schema: &Schema, table: &Table, predictions: &Predictions) -> Result<Value, TrainError> {
    let tasks = predicted(schema, predictions, TaskKind::Detection);
    let [(target, texts)] = tasks.as_slice() else {
        let names: Vec<String> = tasks.iter().map(|(target, _)| format!("\"{}\"", target.name)).collect();
        let problem = match names.as_slice() {
            [] => "no boxes were predicted, of which a .json file of COCO's kind is made".to_owned(),
            names => format!("a .json file of COCO's kind holds the boxes of one task; choose one of {} with --tasks", names.join(", ")),
        };
        return Err(TrainError::Unfit(problem));
    };
    let pictures = pictures(schema, target, table)?;
    let sizes = pictures.as_ref().map(|pictures| pictures.sizes());
    let (mut images, mut annotations) = (Vec::new(), Vec::new());
    for (row, text) in texts.iter().enumerate() {
        let size = sizes.as_ref().and_then(|sizes| sizes[row]).unwrap_or_default();
        let path = pictures.as_ref().and_then(|pictures| pictures.path(row)).map(|path| path.to_string_lossy().into_owned());
        images.push(json!({ "id": row + 1, "file_name": path, "height": size[0], "width": size[1] }));
        let boxes: Vec<PredictedBox> = text.map_or(Ok(Vec::new()), serde_json::from_str).map_err(|cause| broken(&cause))?;
        for PredictedBox { label, corners: [x1, y1, x2, y2], score } in boxes {
            let category = target.classes().iter().position(|class| *class == label).map(|class| class + 1);
            let (width, height) = (x2 - x1, y2 - y1);
            annotations.push(json!({
                "id": annotations.len() + 1, "image_id": row + 1, "category_id": category,
                "bbox": [x1, y1, width, height], "area": width * height, "iscrowd": 0, "score": score,
            }));
        }
    }
    let categories: Vec<Value> =
        target.classes().iter().enumerate().map(|(class, name)| json!({ "id": class + 1, "name": name })).collect();
    Ok(json!({ "images": images, "categories": categories, "annotations": annotations }))
}
