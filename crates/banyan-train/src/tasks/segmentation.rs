//! `segmentation`: a class for each pixel of an image.

use banyan_data::batch::UNKNOWN_CELL;
use banyan_data::labels::{self, TaskKind};
use banyan_data::output::{OutputColumn, OutputValues};
use banyan_data::schema::TargetSchema;
use banyan_data::values::Values;

use super::{Beside, ErrorAnalysis, Rows, Scorer, Task};
use crate::error_analysis::{Images, MaskCounter, MaskErrors, TaskErrors};
use crate::metrics::Metric;
use crate::metrics::pixels::PixelConfusion;
use crate::report::on_images::masks;

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

    fn error_analysis(&self, target: &TargetSchema) -> Option<Box<dyn ErrorAnalysis>> {
        Some(Box::new(MaskAnalysis { counter: MaskCounter::new(target.classes()), rows: 0 }))
    }

    fn report(&self, errors: &TaskErrors) -> Option<String> {
        errors.read::<MaskErrors>("masks").map(|errors| masks(&errors))
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

/// Hands on the true and the predicted classes of each row whose mask is known, and their height and width.
fn each_mask(rows: Rows<'_>, mut take: impl FnMut(usize, [usize; 2], &[u8], &[u8])) {
    let ((size, truth), (_, predicted)) = (rows.labels.grids_at(0), rows.predictions.grids_at(0));
    let cells = size[0] * size[1];
    rows.known().for_each(|row| take(row, size, &truth[row * cells..][..cells], &predicted[row * cells..][..cells]));
}

struct PixelScorer(PixelConfusion);

impl Scorer for PixelScorer {
    fn update(&mut self, rows: Rows<'_>) {
        each_mask(rows, |_, _, truth, predicted| self.0.add(truth, predicted));
    }

    fn finish(&self) -> Vec<(&'static str, Option<f64>)> {
        if self.0.pixels() == 0 {
            return Vec::new();
        }
        vec![("miou", self.0.mean_iou()), ("pixel_accuracy", self.0.accuracy())]
    }
}

/// What pixels are taken for.
struct MaskAnalysis {
    counter: MaskCounter,
    /// Rows before those that come next.
    rows: usize,
}

impl ErrorAnalysis for MaskAnalysis {
    fn update(&mut self, rows: Rows<'_>) {
        each_mask(rows, |row, size, truth, predicted| self.counter.add(self.rows + row, size, truth, predicted));
        self.rows += rows.known.len();
    }

    fn illustrate(&mut self, images: Images<'_>) {
        self.counter.illustrate(images);
    }

    fn finish(self: Box<Self>) -> TaskErrors {
        TaskErrors::new("masks", &self.counter.finish())
    }
}
