//! `detection`: the boxes of the objects of an image.

use banyan_data::labels::{self, BoxValues, CROWD, IGNORED, TaskKind};
use banyan_data::output::{OutputColumn, OutputValues};
use banyan_data::schema::TargetSchema;
use banyan_data::table::{Cell, Column};
use banyan_data::values::Values;
use banyan_vision::boxes::Rectangle;
use serde_json::{Value, json};

use super::{Beside, ErrorAnalysis, Rows, Scorer, Task};
use crate::error_analysis::{BoxCounter, BoxErrors, ImageBoxes, Images, TaskErrors};
use crate::metrics::Metric;
use crate::metrics::coco::{CocoMetrics, Coverage, Detection as Found, Truth, TruthKind};
use crate::report::on_images::boxes;

/// The boxes of the objects of an image.
pub(super) struct Detection;

const METRICS: [Metric; 4] = [Metric::higher("map"), Metric::higher("map50"), Metric::higher("map75"), Metric::higher("ar100")];
/// What COCO calls them.
const STATS: [&str; 4] = ["ap", "ap50", "ap75", "ar100"];

impl Task for Detection {
    fn kind(&self) -> TaskKind {
        TaskKind::Detection
    }

    fn metrics(&self) -> &'static [Metric] {
        &METRICS
    }

    fn primary(&self) -> Metric {
        METRICS[1]
    }

    fn score_metric(&self) -> Metric {
        METRICS[0]
    }

    fn scorer(&self, target: &TargetSchema) -> Box<dyn Scorer> {
        let labels: &labels::Detection = target.labels();
        Box::new(BoxScorer { labels: labels.clone(), metrics: CocoMetrics::new(labels.classes.len()), images: 0 })
    }

    fn error_analysis(&self, target: &TargetSchema) -> Option<Box<dyn ErrorAnalysis>> {
        let labels: &labels::Detection = target.labels();
        Some(Box::new(BoxAnalysis { labels: labels.clone(), counter: BoxCounter::new(&labels.classes), rows: 0 }))
    }

    fn report(&self, errors: &TaskErrors) -> Option<String> {
        errors.read::<BoxErrors>("boxes").map(|errors| boxes(&errors))
    }

    /// The boxes of each row, as a list of objects with label, box and score in pixels of the image.
    fn columns(&self, target: &TargetSchema, predictions: &Values, beside: Beside<'_>) -> Vec<OutputColumn> {
        let labels: &labels::Detection = target.labels();
        let (classes, boxes) = (predictions.lists_at(0), predictions.tuples_at(1));
        let mut column = Column::new(target.column.clone());
        for row in 0..predictions.len() {
            let size = beside.images.and_then(|images| images[row]);
            let found = classes.list(row).iter().zip(boxes.row(row).chunks_exact(5));
            let found = found.filter(|(_, numbers)| f64::from(numbers[4]) >= labels.score_threshold);
            let object = |(class, numbers): (&u32, &[f32])| {
                let corners = [numbers[0], numbers[1], numbers[2], numbers[3]].map(f64::from);
                let corners = match size {
                    Some([height, width]) => {
                        let [x1, y1, x2, y2] = labels.canvas.place([height, width]).to_image(corners);
                        let (height, width) = (height as f64, width as f64);
                        [x1.clamp(0.0, width), y1.clamp(0.0, height), x2.clamp(0.0, width), y2.clamp(0.0, height)]
                    }
                    None => corners,
                };
                let short = |number: f64, digits: f64| (number * digits).round() / digits;
                json!({ "label": labels.classes[*class as usize], "box": corners.map(|number| short(number, 100.0)), "score": short(numbers[4].into(), 1e4) })
            };
            let objects: Vec<Value> = found.map(object).collect();
            let text = Value::Array(objects).to_string();
            let is_unread = size.is_none() && beside.images.is_some();
            column.push(if is_unread { Cell::Missing } else { Cell::Objects(&text) });
        }
        vec![OutputColumn { name: target.column.clone(), values: OutputValues::Cells(column) }]
    }
}

/// Hands on the boxes of each row whose boxes are known, in pixels of its image: the overlap of two is the same as on the canvas, but areas are not.
fn each_image(labels: &labels::Detection, rows: Rows<'_>, mut take: impl FnMut(&ImageBoxes<'_>)) {
    let truth = BoxValues::of(rows.labels);
    let (classes, boxes) = (rows.predictions.lists_at(0), rows.predictions.tuples_at(1));
    for row in rows.known() {
        let placement = labels.canvas.place(truth.size(row).map(|side| side as usize));
        let in_image = |corners: [f32; 4]| {
            let [x1, y1, x2, y2] = placement.to_image(corners.map(f64::from));
            Rectangle { x1, y1, x2, y2 }
        };
        let truths: Vec<Truth<Rectangle>> = truth
            .row(row)
            .map(|(class, corners, area, kind)| {
                let kind = match kind {
                    CROWD => TruthKind::Crowd,
                    IGNORED => TruthKind::Difficult,
                    _ => TruthKind::Object,
                };
                Truth { class: class as usize, shape: in_image(corners), area: area.into(), kind }
            })
            .collect();
        let found = classes.list(row).iter().zip(boxes.row(row).chunks_exact(5)).map(|(class, numbers)| Found {
            class: *class as usize,
            shape: in_image([numbers[0], numbers[1], numbers[2], numbers[3]]),
            score: numbers[4].into(),
        });
        let found: Vec<Found<Rectangle>> = found.collect();
        let listed = truth.annotated.list(row);
        let absent: Vec<usize> =
            listed.iter().map(|class| *class as usize).filter(|class| truths.iter().all(|own| own.class != *class)).collect();
        let others: Vec<usize> = (0..labels.classes.len()).filter(|class| !listed.contains(&(*class as u32))).collect();
        let partial = Coverage::Partial { absent: &absent, not_exhaustive: &others };
        let coverage = if listed.is_empty() { Coverage::Complete } else { partial };
        let on_canvas = |corners| placement.to_canvas(corners);
        take(&ImageBoxes { row, truths: &truths, found: &found, coverage, size: labels.canvas.size, on_canvas: &on_canvas });
    }
}

/// COCO's metrics.
struct BoxScorer {
    labels: labels::Detection,
    metrics: CocoMetrics,
    images: u64,
}

impl Scorer for BoxScorer {
    fn update(&mut self, rows: Rows<'_>) {
        each_image(&self.labels, rows, |image| {
            self.metrics.add_image(self.images, image.truths, image.found, image.coverage);
            self.images += 1;
        });
    }

    fn finish(&self) -> Vec<(&'static str, Option<f64>)> {
        if self.images == 0 {
            return Vec::new();
        }
        let summary = self.metrics.summarize();
        METRICS.iter().zip(STATS).map(|(metric, stat)| (metric.name, summary.get(stat))).collect()
    }
}

/// What boxes are taken for.
struct BoxAnalysis {
    labels: labels::Detection,
    counter: BoxCounter,
    /// Rows before those that come next.
    rows: usize,
}

impl ErrorAnalysis for BoxAnalysis {
    fn update(&mut self, rows: Rows<'_>) {
        each_image(&self.labels, rows, |image| self.counter.add(self.rows + image.row, image));
        self.rows += rows.known.len();
    }

    fn illustrate(&mut self, images: Images<'_>) {
        self.counter.illustrate(images);
    }

    fn finish(self: Box<Self>) -> TaskErrors {
        TaskErrors::new("boxes", &self.counter.finish())
    }
}
