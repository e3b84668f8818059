//! `segmentation`: a class for each pixel of an image.

use banyan_data::batch::UNKNOWN_CELL;
use banyan_data::labels::{self, TaskKind};
use banyan_data::output::{OutputColumn, OutputValues};
use banyan_data::schema::TargetSchema;
use banyan_data::values::Values;

use super::{Beside, Rows, Scorer, Task};
use crate::metrics::Metric;
use crate::metrics::pixels::PixelConfusion;

/// A class for each pixel.
pub(super) struct Segmentation;

const METRICS: [Metric; 2] = [Metric::higher("miou"), Metric::higher("pixel_accuracy")];

impl Task for Segmentation {
    fn kind(&self) -> TaskKind {
        TaskKind::Segmentation
    }

    fn metrics(&self) -> &'static [Metric] {
        &METRICS
    }

    fn primary(&self) -> Metric {
        METRICS[0]
    }

    fn scorer(&self, target: &TargetSchema) -> Box<dyn Scorer> {
        Box::new(PixelScorer(PixelConfusion::new(target.classes().len(), Some(usize::from(UNKNOWN_CELL)))))
    }

    /// The classes of each row's pixels, in runs: `{"size": [height, width], "runs": [[class, pixels], …]}`, line after line, on the canvas
    /// that the model sees.
    fn columns(&self, target: &TargetSchema, predictions: &Values, beside: Beside<'_>) -> Vec<OutputColumn> {
        let labels: &labels::Segmentation = target.labels();
        let (size, cells) = predictions.grids_at(0);
        let one = |(row, cells): (usize, &[u8])| {
            if beside.images.is_some_and(|images| images[row].is_none()) {
                return String::new();
            }
            let runs: Vec<String> = cells.chunk_by(|one, other| one == other).map(|run| format!("[{},{}]", run[0], run.len())).collect();
            format!("{{\"size\":[{},{}],\"runs\":[{}]}}", size[0], size[1], runs.join(","))
        };
        let texts = cells.chunks_exact(labels.canvas.cells().max(1)).enumerate().map(one).collect();
        vec![OutputColumn { name: target.column.clone(), values: OutputValues::Texts(texts) }]
    }
}

struct PixelScorer(PixelConfusion);

impl Scorer for PixelScorer {
    fn update(&mut self, rows: Rows<'_>) {
        let (([height, width], truth), (_, predicted)) = (rows.labels.grids_at(0), rows.predictions.grids_at(0));
        let size = height * width;
        for row in rows.known() {
            self.0.add(&truth[row * size..][..size], &predicted[row * size..][..size]);
        }
    }

    fn finish(&self) -> Vec<(&'static str, Option<f64>)> {
        if self.0.pixels() == 0 {
            return Vec::new();
        }
        vec![("miou", self.0.mean_iou()), ("pixel_accuracy", self.0.accuracy())]
    }
}
