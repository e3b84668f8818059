//! `ordinal`: a probability for each of several classes that have an order.

use banyan_data::labels::TaskKind;
use banyan_data::output::OutputColumn;
use banyan_data::schema::TargetSchema;
use banyan_data::values::Values;

use super::classes::{ConfusionAnalysis, Counts, columns, report};
use super::{Beside, ErrorAnalysis, Rows, Scorer, Task};
use crate::error_analysis::TaskErrors;
use crate::metrics::classes::most_probable;
use crate::metrics::{Metric, TaskMetrics, plain_score};

/// One of several classes that have an order.
pub(super) struct Ordinal;

const ACCURACY: Metric = Metric::higher("accuracy");
const MAE: Metric = Metric::lower("mae");
const MACRO_F1: Metric = Metric::higher("macro_f1");

impl Task for Ordinal {
    fn kind(&self) -> TaskKind {
        TaskKind::Ordinal
    }

    fn metrics(&self) -> &'static [Metric] {
        &[ACCURACY, MAE, MACRO_F1]
    }

    fn primary(&self) -> Metric {
        MAE
    }

    fn score(&self, metric: &str, value: f64, _: &TaskMetrics, target: &TargetSchema) -> Option<f64> {
        match metric {
            "mae" => Some(1.0 - value / target.classes().len().saturating_sub(1).max(1) as f64),
            other => Some(plain_score(other, value)),
        }
    }

    fn scorer(&self, target: &TargetSchema) -> Box<dyn Scorer> {
        Box::new(OrdinalScorer { counts: Counts::new(target.classes().len()) })
    }

    fn error_analysis(&self, target: &TargetSchema) -> Option<Box<dyn ErrorAnalysis>> {
        Some(Box::new(ConfusionAnalysis::new(target, most_probable)))
    }

    fn report(&self, errors: &TaskErrors) -> Option<String> {
        report(errors)
    }

    fn columns(&self, target: &TargetSchema, predictions: &Values, _: Beside<'_>) -> Vec<OutputColumn> {
        let (classes, values) = predictions.numbers_at(0);
        columns(target, values.chunks_exact(classes).map(<[f32]>::to_vec))
    }
}

/// Of the most probable class; `mae` counts steps between classes.
struct OrdinalScorer {
    counts: Counts,
}

impl Scorer for OrdinalScorer {
    fn update(&mut self, rows: Rows<'_>) {
        let (truth, (classes, values)) = (rows.labels.indices_at(0), rows.predictions.numbers_at(0));
        rows.known().for_each(|row| {
            self.counts.add(truth[row] as usize, &values[row * classes..][..classes]);
        });
    }

    fn finish(&self) -> Vec<(&'static str, Option<f64>)> {
        let Some(counts) = self.counts.finish() else { return Vec::new() };
        vec![(ACCURACY.name, counts.accuracy()), (MAE.name, counts.mean_step_error()), (MACRO_F1.name, counts.macro_f1())]
    }
}
