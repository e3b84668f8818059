//! What a metric is called, and whether more of it is better.

use super::TaskMetrics;
use crate::tasks;
use banyan_data::labels::TaskKind;
use banyan_data::schema::TargetSchema;

/// Whether more is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// More is better.
    Higher,
    /// Less is better.
    Lower,
}

/// A metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Metric {
    /// Its name, in JSON and in tables.
    pub name: &'static str,
    /// Whether more of it is better.
    pub direction: Direction,
}

impl Metric {
    /// A metric of which more is better.
    pub const fn higher(name: &'static str) -> Self {
        Self { name, direction: Direction::Higher }
    }

    /// A metric of which less is better.
    pub const fn lower(name: &'static str) -> Self {
        Self { name, direction: Direction::Lower }
    }
}

/// The mean loss over the known labels, which every kind of task has.
pub const LOSS: Metric = Metric::lower("loss");

/// The metrics of a kind of task, in the order in which they are shown.
pub fn metric_names(kind: TaskKind) -> Vec<&'static str> {
    tasks::of(kind).metrics().iter().chain([&LOSS]).map(|metric| metric.name).collect()
}

/// Whether more of a metric is better; for a name that no kind of task has, more is.
pub fn direction(metric: &str) -> Direction {
    let mut known = tasks::all().flat_map(|task| task.metrics()).chain([&LOSS]);
    known.find(|known| known.name == metric).map_or(Direction::Higher, |known| known.direction)
}

/// The metric that tables show first, and its direction.
pub fn primary(kind: TaskKind) -> (&'static str, Direction) {
    let metric = tasks::of(kind).primary();
    (metric.name, metric.direction)
}

/// The score of one task: at most 1, which is perfect, and higher is better; `None` where the metric has no value. `metric` is the one that
/// the configuration chooses; without it, the kind's own.
///
/// By default: accuracy (classification), auroc (binary), average precision (multilabel), `1 − mae/(K − 1)`
/// (ordinal with `K` classes), `max(r2, −1)` (regression), token accuracy (tagging), span F1 (spans, srl), the labeled
/// attachment score (dependencies), lemma accuracy (lemmas).
///
/// A metric chosen by the configuration is made comparable in the same way: those between 0 and 1 as they are,
/// `ece` as `1 − ece`, `loss` as `1/(1 + loss)` for a loss above 0 and `1 − loss` below, and a regression's `rmse` and
/// `mae` as `max(1 − value/σ, −1)`, with `σ` the standard deviation of the true values, which is the RMSE of always
/// predicting their mean.
pub fn score(target: &TargetSchema, metric: Option<&str>, metrics: &TaskMetrics) -> Option<f64> {
    let task = tasks::of(target.kind());
    let metric = metric.unwrap_or(task.score_metric().name);
    task.score(metric, metrics.get(metric)?, metrics, target)
}

/// A metric as a score, where it is one between 0 and 1, or the loss.
pub(crate) fn plain_score(metric: &str, value: f64) -> f64 {
    match metric {
        "ece" => 1.0 - value,
        "loss" if value > 0.0 => 1.0 / (1.0 + value),
        "loss" => 1.0 - value,
        _ => value,
    }
}

/// The mean of the tasks' scores, weighted by their `score_weight`s in the configuration; tasks without a score or with weight 0 count
/// nowhere. `None` where no task has a score.
///
/// ```
/// use banyan_train::metrics::weighted_score;
/// assert_eq!(weighted_score([(1.0, Some(0.5)), (3.0, Some(0.9)), (1.0, None)]), Some(0.8));
/// ```
pub fn weighted_score(tasks: impl IntoIterator<Item = (f64, Option<f64>)>) -> Option<f64> {
    let mut sum = 0.0;
    let mut weights = 0.0;
    for (weight, score) in tasks {
        if let Some(score) = score {
            sum += weight * score;
            weights += weight;
        }
    }
    (weights > 0.0).then(|| sum / weights)
}
