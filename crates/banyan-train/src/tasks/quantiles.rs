//! `quantiles`: the pinball loss of quantiles, and how often the interval between them holds.

use banyan_data::labels::{self, TaskKind};
use banyan_data::output::{OutputColumn, OutputValues};
use banyan_data::schema::TargetSchema;
use banyan_data::values::Values;

use super::{Beside, Rows, Scorer, Task};
use crate::metrics::{Metric, TaskMetrics, plain_score};

/// Quantiles of a number; between the first and the last is the prediction interval.
pub(super) struct Quantiles;

const PINBALL: Metric = Metric::lower("pinball");
const COVERAGE: Metric = Metric::higher("coverage");
const INTERVAL_WIDTH: Metric = Metric::lower("interval_width");

impl Task for Quantiles {
    fn kind(&self) -> TaskKind {
        TaskKind::Quantiles
    }

    fn metrics(&self) -> &'static [Metric] {
        &[PINBALL, COVERAGE, INTERVAL_WIDTH]
    }

    fn primary(&self) -> Metric {
        PINBALL
    }

    /// Against always predicting the quantiles of the training labels; a coverage by its distance from the one that the levels promise.
    fn score(&self, metric: &str, value: f64, _: &TaskMetrics, target: &TargetSchema) -> Option<f64> {
        let labels = labels_of(target);
        let (first, last) = (0, labels.levels.len() - 1);
        let better_than = |baseline: f64| if value == 0.0 { 1.0 } else { (1.0 - value / baseline).max(-1.0) };
        Some(match metric {
            "pinball" => better_than(labels.pinball),
            "coverage" => 1.0 - (value - (labels.levels[last] - labels.levels[first])).abs(),
            "interval_width" => better_than(labels.training[last] - labels.training[first]),
            other => plain_score(other, value),
        })
    }

    fn scorer(&self, target: &TargetSchema) -> Box<dyn Scorer> {
        let labels = labels_of(target);
        Box::new(QuantilesScorer {
            levels: labels.levels.clone(),
            std: labels.number.std,
            rows: 0.0,
            pinball: 0.0,
            inside: 0.0,
            width: 0.0,
        })
    }

    /// The quantile whose level is the nearest to one half, and each under `task=level`.
    fn columns(&self, target: &TargetSchema, predictions: &Values, _: Beside<'_>) -> Vec<OutputColumn> {
        let labels = labels_of(target);
        let (count, values) = predictions.numbers_at(0);
        let at = |place: usize| {
            let in_unit = |row: &[f32]| f64::from(row[place]) * labels.number.std + labels.number.mean;
            OutputValues::Numbers(values.chunks_exact(count).map(in_unit).collect())
        };
        let from_half = |&place: &usize| (labels.levels[place] - 0.5).abs();
        let middle = (0..count).min_by(|left, right| from_half(left).total_cmp(&from_half(right))).expect("some level");
        let each = labels.levels.iter().enumerate();
        let each = each.map(|(place, level)| OutputColumn { name: format!("{}={level}", target.name), values: at(place) });
        std::iter::once(OutputColumn { name: target.name.clone(), values: at(middle) }).chain(each).collect()
    }
}

fn labels_of(target: &TargetSchema) -> &labels::Quantiles {
    target.labels()
}

/// Over the rows `i = 1..n` with truth `y` and quantiles `q` at `L` levels `τ`:
///
/// - `pinball = Σ Σ_l max(τ (y − q), (τ − 1)(y − q)) / (n L)`, in the label's unit;
/// - `coverage`, the share of rows with `q` of the first level `≤ y ≤ q` of the last;
/// - `interval_width`, the mean distance between these two, in the label's unit.
///
/// The latter two have no value where there is one level.
struct QuantilesScorer {
    levels: Vec<f64>,
    std: f64,
    rows: f64,
    pinball: f64,
    inside: f64,
    width: f64,
}

impl Scorer for QuantilesScorer {
    fn update(&mut self, rows: Rows<'_>) {
        let ((_, truth), (count, predicted)) = (rows.labels.numbers_at(0), rows.predictions.numbers_at(0));
        for row in rows.known() {
            let (value, quantiles) = (f64::from(truth[row]), &predicted[row * count..][..count]);
            let (low, high) = (f64::from(quantiles[0]), f64::from(quantiles[count - 1]));
            let losses = self.levels.iter().zip(quantiles).map(|(&level, &quantile)| labels::pinball(level, quantile.into(), value));
            self.rows += 1.0;
            self.pinball += losses.sum::<f64>() / count as f64;
            self.inside += f64::from(u8::from((low..=high).contains(&value)));
            self.width += high - low;
        }
    }

    fn finish(&self) -> Vec<(&'static str, Option<f64>)> {
        let mean = |sum: f64| (self.rows > 0.0).then(|| sum / self.rows);
        let of_interval = |value: Option<f64>| value.filter(|_| self.levels.len() > 1);
        vec![
            (PINBALL.name, mean(self.pinball * self.std)),
            (COVERAGE.name, of_interval(mean(self.inside))),
            (INTERVAL_WIDTH.name, of_interval(mean(self.width * self.std))),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_follow_their_definitions() {
        let mut scorer = QuantilesScorer { levels: vec![0.25, 0.5, 0.75], std: 10.0, rows: 0.0, pinball: 0.0, inside: 0.0, width: 0.0 };
        let labels = Values::numbers(1, vec![0.0, 3.0, 9.0]);
        let predictions = Values::numbers(3, vec![-1.0, 0.0, 1.0, 0.0, 1.0, 2.0, 0.0, 0.0, 0.0]);
        scorer.update(Rows { labels: &labels, known: &[true, true, false], predictions: &predictions, words: None });
        let pinball = 10.0 * ((0.25 + 0.0 + 0.25) + (0.75 + 1.0 + 0.75)) / 6.0;
        assert_eq!(scorer.finish(), [(PINBALL.name, Some(pinball)), (COVERAGE.name, Some(0.5)), (INTERVAL_WIDTH.name, Some(20.0))]);
    }
}
