//! `count`: the deviance of expected counts.

use banyan_data::labels::{self, TaskKind};
use banyan_data::output::{OutputColumn, OutputValues};
use banyan_data::schema::TargetSchema;
use banyan_data::values::Values;

use super::{Beside, Rows, Scorer, Task};
use crate::metrics::{Metric, TaskMetrics, plain_score};

/// How often something happens; predicted is its mean.
pub(super) struct Count;

const DEVIANCE: Metric = Metric::lower("deviance");
const MAE: Metric = Metric::lower("mae");
const D2: Metric = Metric::higher("d2");

impl Task for Count {
    fn kind(&self) -> TaskKind {
        TaskKind::Count
    }

    fn metrics(&self) -> &'static [Metric] {
        &[DEVIANCE, MAE, D2]
    }

    fn primary(&self) -> Metric {
        DEVIANCE
    }

    fn score_metric(&self) -> Metric {
        D2
    }

    /// A deviance by the share of it that is explained, an absolute error by its share of the training mean.
    fn score(&self, metric: &str, value: f64, metrics: &TaskMetrics, target: &TargetSchema) -> Option<f64> {
        match metric {
            "deviance" | "d2" => Some(metrics.get(D2.name)?.max(-1.0)),
            "mae" => Some((1.0 - value / labels_of(target).mean).max(-1.0)),
            other => Some(plain_score(other, value)),
        }
    }

    fn scorer(&self, target: &TargetSchema) -> Box<dyn Scorer> {
        Box::new(CountScorer { unit: labels_of(target).mean, deviances: Deviances::default() })
    }

    /// The mean of the count.
    fn columns(&self, target: &TargetSchema, predictions: &Values, _: Beside<'_>) -> Vec<OutputColumn> {
        let unit = labels_of(target).mean;
        let (_, values) = predictions.numbers_at(0);
        let means = values.iter().map(|&value| f64::from(value) * unit).collect();
        vec![OutputColumn { name: target.name.clone(), values: OutputValues::Numbers(means) }]
    }
}

fn labels_of(target: &TargetSchema) -> &labels::Count {
    target.labels()
}

struct CountScorer {
    unit: f64,
    deviances: Deviances,
}

impl Scorer for CountScorer {
    fn update(&mut self, rows: Rows<'_>) {
        let ((_, truth), (_, predicted)) = (rows.labels.numbers_at(0), rows.predictions.numbers_at(0));
        // Counts are whole again once they are rounded.
        rows.known().for_each(|row| {
            self.deviances.add((f64::from(truth[row]) * self.unit).round(), f64::from(predicted[row]) * self.unit);
        });
    }

    fn finish(&self) -> Vec<(&'static str, Option<f64>)> {
        vec![(DEVIANCE.name, self.deviances.mean()), (MAE.name, self.deviances.mae()), (D2.name, self.deviances.explained())]
    }
}

/// Poisson deviances over the rows `i = 1..n` with count `y`, predicted mean `μ` and mean count `ȳ` (McCullagh and Nelder, Generalized Linear
/// Models, 1989), whatever distribution was fitted, so that runs compare:
///
/// - `deviance = Σ 2 (y ln(y/μ) − (y − μ)) / n`;
/// - `d2 = 1 − deviance / deviance of μ = ȳ`, the share that is explained.
#[derive(Debug, Clone, Default)]
struct Deviances {
    rows: f64,
    sum: f64,
    absolute: f64,
    counts: f64,
    /// Σ y ln y.
    entropy: f64,
}

impl Deviances {
    fn add(&mut self, count: f64, mean: f64) {
        let of_count = |factor: f64| if count > 0.0 { count * factor.ln() } else { 0.0 };
        self.rows += 1.0;
        self.sum += 2.0 * (of_count(count / mean) - (count - mean));
        self.absolute += (count - mean).abs();
        self.counts += count;
        self.entropy += of_count(count);
    }

    fn mean(&self) -> Option<f64> {
        (self.rows > 0.0).then(|| self.sum / self.rows)
    }

    fn mae(&self) -> Option<f64> {
        (self.rows > 0.0).then(|| self.absolute / self.rows)
    }

    /// `None` where all counts are the same.
    fn explained(&self) -> Option<f64> {
        let null = 2.0 * (self.entropy - self.counts * (self.counts / self.rows).ln());
        (self.counts > 0.0 && null > 1e-9 * self.counts).then(|| 1.0 - self.sum / null)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Computed by the definitions, which are those of scikit-learn's `mean_poisson_deviance` and of `d2_tweedie_score` with `power=1`.
    #[test]
    fn deviances_follow_their_definitions() {
        let mut deviances = Deviances::default();
        [(2.0, 0.5), (0.0, 0.5), (1.0, 2.0), (4.0, 2.0)].into_iter().for_each(|(count, mean)| deviances.add(count, mean));
        assert!((deviances.mean().unwrap() - 1.426_015_131_959_808_4).abs() < 1e-12);
        assert!((deviances.explained().unwrap() - 0.053_789_764_558_056_29).abs() < 1e-12);
        assert_eq!(deviances.mae(), Some(1.25));
    }

    #[test]
    fn nothing_is_explained_by_the_mean_and_everything_by_the_truth() {
        let (mut mean, mut truth, mut same) = (Deviances::default(), Deviances::default(), Deviances::default());
        for count in [0.0, 1.0, 5.0] {
            mean.add(count, 2.0);
            truth.add(count, f64::max(count, 1e-12));
            same.add(3.0, 2.0);
        }
        assert!(mean.explained().unwrap().abs() < 1e-12);
        assert!((truth.explained().unwrap() - 1.0).abs() < 1e-9);
        assert_eq!((same.explained(), Deviances::default().explained()), (None, None));
    }
}
