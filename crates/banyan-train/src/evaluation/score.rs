//! Which metrics a task has, and what it adds to the score over all tasks.

use banyan_data::labels::TaskKind;
use banyan_data::schema::TargetSchema;

use crate::metrics::{Direction, LOSS, TaskMetrics};
use crate::tasks;

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
/// A metric between 0 and 1 is a score as it is, `ece` as `1 − ece`, `loss` as `1/(1 + loss)` for a loss above 0 and `1 − loss` below, and a
/// regression's `rmse` and `mae` as `max(1 − value/σ, −1)`, with `σ` the standard deviation of the true values, which is the RMSE of
/// always predicting their mean.
pub fn score(target: &TargetSchema, metric: Option<&str>, metrics: &TaskMetrics) -> Option<f64> {
    let task = tasks::of(target.kind());
    let metric = metric.unwrap_or(task.score_metric().name);
    task.score(metric, metrics.get(metric)?, metrics, target)
}

/// The mean of the tasks' scores, weighted by their `score_weight`s in the configuration; tasks without a score or with weight 0 count
/// nowhere. `None` where no task has a score.
///
/// ```
/// use banyan_train::evaluation::weighted_score;
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
