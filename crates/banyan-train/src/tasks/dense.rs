//! `dense`: a number for each pixel of an image.

use banyan_data::labels::{self, TaskKind};
use banyan_data::output::{OutputColumn, OutputValues};
use banyan_data::schema::TargetSchema;
use banyan_data::values::Values;

use super::{Beside, Rows, Scorer, Task};
use crate::metrics::Metric;

/// A number for each pixel.
pub(super) struct Dense;

const METRICS: [Metric; 3] = [Metric::lower("mae"), Metric::lower("rmse"), Metric::higher("r2")];

impl Task for Dense {
    fn kind(&self) -> TaskKind {
        TaskKind::Dense
    }

    fn metrics(&self) -> &'static [Metric] {
        &METRICS
    }

    fn primary(&self) -> Metric {
        METRICS[1]
    }

    fn score_metric(&self) -> Metric {
        METRICS[2]
    }

    /// As that of a regression.
    fn score(&self, metric: &str, value: f64, _: &crate::metrics::TaskMetrics, target: &TargetSchema) -> Option<f64> {
        let labels: &labels::Dense = target.labels();
        Some(match metric {
            "mae" | "rmse" => (1.0 - value / labels.std).max(-1.0),
            _ => crate::metrics::plain_score(metric, value).max(-1.0),
        })
    }

    fn scorer(&self, target: &TargetSchema) -> Box<dyn Scorer> {
        let labels: &labels::Dense = target.labels();
        Box::new(PixelErrors { std: labels.std, ..PixelErrors::default() })
    }

    /// The mean of each row's predicted pixels.
    fn columns(&self, target: &TargetSchema, predictions: &Values, beside: Beside<'_>) -> Vec<OutputColumn> {
        let labels: &labels::Dense = target.labels();
        let (cells, numbers) = predictions.numbers_at(0);
        let mean = |(row, own): (usize, &[f32])| {
            let is_unread = beside.images.is_some_and(|images| images[row].is_none());
            let mean = own.iter().map(|number| f64::from(*number)).sum::<f64>() / cells.max(1) as f64;
            if is_unread { f64::NAN } else { labels.mean + labels.std * mean }
        };
        let means = numbers.chunks_exact(cells.max(1)).enumerate().map(mean).collect();
        vec![OutputColumn { name: target.column.clone(), values: OutputValues::Numbers(means) }]
    }
}

/// Sums over all labeled pixels, in the unit of the labels.
#[derive(Debug, Default)]
struct PixelErrors {
    std: f64,
    pixels: f64,
    absolute: f64,
    squares: f64,
    sum: f64,
    sum_of_squares: f64,
}

impl Scorer for PixelErrors {
    fn update(&mut self, rows: Rows<'_>) {
        let ((cells, truth), (_, known), (_, predicted)) =
            (rows.labels.numbers_at(0), rows.labels.grids_at(1), rows.predictions.numbers_at(0));
        for row in rows.known() {
            let part = row * cells..(row + 1) * cells;
            for ((truth, known), predicted) in truth[part.clone()].iter().zip(&known[part.clone()]).zip(&predicted[part]) {
                if *known == 0 {
                    continue;
                }
                let (truth, error) = (f64::from(*truth), f64::from(predicted - truth));
                self.pixels += 1.0;
                self.absolute += error.abs();
                self.squares += error * error;
                self.sum += truth;
                self.sum_of_squares += truth * truth;
            }
        }
    }

    fn finish(&self) -> Vec<(&'static str, Option<f64>)> {
        if self.pixels == 0.0 {
            return Vec::new();
        }
        let variance = self.sum_of_squares - self.sum * self.sum / self.pixels;
        vec![
            ("mae", Some(self.std * self.absolute / self.pixels)),
            ("rmse", Some(self.std * (self.squares / self.pixels).sqrt())),
            ("r2", (variance > 0.0).then(|| 1.0 - self.squares / variance)),
        ]
    }
}
