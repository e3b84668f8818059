//! `binary`: the probability of the second class.

use banyan_data::labels::TaskKind;
use banyan_data::output::OutputColumn;
use banyan_data::schema::TargetSchema;
use banyan_data::values::Values;

use super::classes::{ConfusionAnalysis, columns, report};
use super::{Beside, ErrorAnalysis, Rows, Scorer, Task};
use crate::error_analysis::TaskErrors;
use crate::metrics::Metric;
use crate::metrics::calibration::{Calibration, Outcome};
use crate::metrics::classes::{ClassCounts, is_predicted};
use crate::metrics::ranking::Ranking;

/// One of two classes.
pub(super) struct Binary;

const METRICS: [Metric; 5] = super::classification::METRICS;

impl Task for Binary {
    fn kind(&self) -> TaskKind {
        TaskKind::Binary
    }

    fn metrics(&self) -> &'static [Metric] {
        &METRICS
    }

    fn primary(&self) -> Metric {
        Metric::higher("auroc")
    }

    fn scorer(&self, _: &TargetSchema) -> Box<dyn Scorer> {
        let (counts, are_finite) = (ClassCounts::new(2), true);
        Box::new(BinaryScorer { counts, calibration: Calibration::default(), ranking: Ranking::default(), are_finite })
    }

    fn error_analysis(&self, target: &TargetSchema) -> Option<Box<dyn ErrorAnalysis>> {
        Some(Box::new(ConfusionAnalysis::new(target, |probability| usize::from(is_predicted(probability[0])))))
    }

    fn report(&self, errors: &TaskErrors) -> Option<String> {
        report(errors)
    }

    fn columns(&self, target: &TargetSchema, predictions: &Values, _: Beside<'_>) -> Vec<OutputColumn> {
        let (_, values) = predictions.numbers_at(0);
        columns(target, values.iter().map(|&p| vec![1.0 - p, p]))
    }
}

struct BinaryScorer {
    counts: ClassCounts,
    calibration: Calibration,
    ranking: Ranking,
    are_finite: bool,
}

impl Scorer for BinaryScorer {
    fn update(&mut self, rows: Rows<'_>) {
        let (truth, (_, values)) = (rows.labels.indices_at(0), rows.predictions.numbers_at(0));
        for row in rows.known() {
            let (truth, probability) = (truth[row] as usize, values[row]);
            if !probability.is_finite() {
                self.are_finite = false;
                continue;
            }
            let predicted = usize::from(is_predicted(probability));
            self.counts.add(truth, predicted);
            let confidence = if predicted == 1 { f64::from(probability) } else { 1.0 - f64::from(probability) };
            self.calibration.add(confidence, Outcome::of(truth, predicted));
            self.ranking.add(probability, truth == 1);
        }
    }

    fn finish(&self) -> Vec<(&'static str, Option<f64>)> {
        if !self.are_finite {
            return Vec::new();
        }
        let ranked = self.ranking.finish();
        vec![
            ("accuracy", self.counts.accuracy()),
            ("macro_f1", self.counts.macro_f1()),
            ("auroc", ranked.auroc),
            ("average_precision", ranked.average_precision),
            ("ece", self.calibration.ece()),
        ]
    }
}
