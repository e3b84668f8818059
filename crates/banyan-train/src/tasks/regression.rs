//! `regression`: errors of numbers.

use banyan_data::labels;
use banyan_data::labels::TaskKind;
use banyan_data::output::{OutputColumn, OutputValues};
use banyan_data::schema::TargetSchema;
use banyan_data::values::Values;

use super::{Beside, Rows, Scorer, Task};
use crate::metrics::numeric::Errors;
use crate::metrics::{Metric, TaskMetrics, plain_score};

/// A number, predicted in its own unit.
pub(super) struct Regression;

const MAE: Metric = Metric::lower("mae");
const RMSE: Metric = Metric::lower("rmse");
const R2: Metric = Metric::higher("r2");

impl Task for Regression {
    fn kind(&self) -> TaskKind {
        TaskKind::Regression
    }

    fn metrics(&self) -> &'static [Metric] {
        &[MAE, RMSE, R2]
    }

    fn primary(&self) -> Metric {
        RMSE
    }

    fn score_metric(&self) -> Metric {
        R2
    }

    fn score(&self, metric: &str, value: f64, metrics: &TaskMetrics, _: &TargetSchema) -> Option<f64> {
        match metric {
            "r2" => Some(value.max(-1.0)),
            "mae" | "rmse" => {
                let relative = if value == 0.0 { 0.0 } else { value / std_of_labels(metrics)? };
                Some((1.0 - relative).max(-1.0))
            }
            other => Some(plain_score(other, value)),
        }
    }

    fn scorer(&self, target: &TargetSchema) -> Box<dyn Scorer> {
        Box::new(RegressionScorer { errors: Errors::default(), std: labels_of(target).std })
    }

    fn columns(&self, target: &TargetSchema, predictions: &Values, _: Beside<'_>) -> Vec<OutputColumn> {
        let labels = labels_of(target);
        let (_, values) = predictions.numbers_at(0);
        let values = values.iter().map(|&value| f64::from(value) * labels.std + labels.mean).collect();
        vec![OutputColumn { name: target.name.clone(), values: OutputValues::Numbers(values) }]
    }
}

fn labels_of(target: &TargetSchema) -> &labels::Regression {
    target.labels()
}

/// From `r2 = 1 − rmse²/σ²`; a perfect prediction has no error to tell the standard deviation from, and needs none.
fn std_of_labels(metrics: &TaskMetrics) -> Option<f64> {
    let rmse = metrics.get("rmse")?;
    let unexplained = 1.0 - metrics.get("r2")?;
    Some(if unexplained > 0.0 { rmse / unexplained.sqrt() } else { 1.0 })
}

/// Errors are measured in standard deviations from the mean, where an `f32` loses nothing whatever the label's size, and told in its unit.
struct RegressionScorer {
    errors: Errors,
    std: f64,
}

impl Scorer for RegressionScorer {
    fn update(&mut self, rows: Rows<'_>) {
        let ((_, truth), (_, predicted)) = (rows.labels.numbers_at(0), rows.predictions.numbers_at(0));
        rows.known().for_each(|row| self.errors.add(f64::from(truth[row]), f64::from(predicted[row])));
    }

    fn finish(&self) -> Vec<(&'static str, Option<f64>)> {
        let in_unit = |value: Option<f64>| value.map(|value| value * self.std);
        vec![(MAE.name, in_unit(self.errors.mae())), (RMSE.name, in_unit(self.errors.rmse())), (R2.name, self.errors.r2())]
    }
}
