//! `classification`: a probability for each class.

use banyan_data::labels::TaskKind;
use banyan_data::output::OutputColumn;
use banyan_data::schema::TargetSchema;
use banyan_data::values::Values;

use super::classes::{ConfusionAnalysis, Counts, columns, report};
use super::{Beside, ErrorAnalysis, Rows, Scorer, Task};
use crate::error_analysis::TaskErrors;
use crate::metrics::Metric;
use crate::metrics::calibration::{Calibration, Outcome};
use crate::metrics::classes::most_probable;
use crate::metrics::ranking::{Ranking, mean_of_rankings};

/// One of several classes.
pub(super) struct Classification;

pub(super) const METRICS: [Metric; 5] = [
    Metric::higher("accuracy"),
    Metric::higher("macro_f1"),
    Metric::higher("auroc"),
    Metric::higher("average_precision"),
    Metric::lower("ece"),
];

impl Task for Classification {
    fn kind(&self) -> TaskKind {
        TaskKind::Classification
    }

    fn metrics(&self) -> &'static [Metric] {
        &METRICS
    }

    fn primary(&self) -> Metric {
        METRICS[0]
    }

    fn scorer(&self, target: &TargetSchema) -> Box<dyn Scorer> {
        let classes = target.classes().len();
        let (counts, rankings) = (Counts::new(classes), vec![Ranking::default(); classes]);
        Box::new(ClassificationScorer { counts, calibration: Calibration::default(), rankings })
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

/// `auroc` and `average_precision` are means over the classes that some rows have and others have not, each class against the rest.
struct ClassificationScorer {
    counts: Counts,
    calibration: Calibration,
    rankings: Vec<Ranking>,
}

impl Scorer for ClassificationScorer {
    fn update(&mut self, rows: Rows<'_>) {
        let (truth, (classes, values)) = (rows.labels.indices_at(0), rows.predictions.numbers_at(0));
        for row in rows.known() {
            let (truth, probabilities) = (truth[row] as usize, &values[row * classes..][..classes]);
            let Some(predicted) = self.counts.add(truth, probabilities) else { continue };
            self.calibration.add(f64::from(probabilities[predicted]), Outcome::of(truth, predicted));
            let own = self.rankings.iter_mut().zip(probabilities).enumerate();
            own.for_each(|(class, (ranking, &probability))| ranking.add(probability, truth == class));
        }
    }

    fn finish(&self) -> Vec<(&'static str, Option<f64>)> {
        let Some(counts) = self.counts.finish() else { return Vec::new() };
        let ranked = mean_of_rankings(&self.rankings);
        vec![
            ("accuracy", counts.accuracy()),
            ("macro_f1", counts.macro_f1()),
            ("auroc", ranked.auroc),
            ("average_precision", ranked.average_precision),
            ("ece", self.calibration.ece()),
        ]
    }
}
