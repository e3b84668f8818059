//! One number per task and per run, by which the best checkpoint is chosen.

use banyan_data::config::TaskKind;

use super::TaskMetrics;

/// Whether more is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// More is better.
    Higher,
    /// Less is better.
    Lower,
}

/// Whether more of a metric is better.
pub fn direction(metric: &str) -> Direction {
    match metric {
        "mae" | "rmse" | "ece" | "loss" => Direction::Lower,
        _ => Direction::Higher,
    }
}

/// The metric that tables show first, and its direction.
pub fn primary(kind: TaskKind) -> (&'static str, Direction) {
    let metric = match kind {
        TaskKind::Classification => "accuracy",
        TaskKind::Binary => "auroc",
        TaskKind::Multilabel => "average_precision",
        TaskKind::Ordinal => "mae",
        TaskKind::Regression => "rmse",
        TaskKind::Tagging => "token_accuracy",
        TaskKind::Spans => "span_f1",
        TaskKind::Dependencies => "las",
        TaskKind::Srl => "span_f1",
        TaskKind::Lemmas => "lemma_accuracy",
    };
    (metric, direction(metric))
}

/// What a task's score needs besides its metrics.
#[derive(Debug, Clone, Copy)]
pub struct Scoring<'a> {
    /// The kind of task.
    pub kind: TaskKind,
    /// The metric to score by; `None` for the kind's own (see [`score`]).
    pub metric: Option<&'a str>,
    /// The number of classes (for `ordinal`); of no meaning for `regression`.
    pub classes: usize,
}

/// The score of one task: at most 1, which is perfect, and higher is better; `None` where the metric has no value.
///
/// By default: accuracy (classification), auroc (binary), average precision (multilabel), `1 − mae/(K − 1)`
/// (ordinal with `K` classes), `max(r2, −1)` (regression), the accuracy of tokens (tagging), the F1 of spans, the labelled
/// attachment score (dependencies), the share of right lemmas.
///
/// A metric chosen by the configuration is made comparable in the same way: those between 0 and 1 as they are,
/// `ece` as `1 − ece`, `loss` as `1/(1 + loss)` for a loss above 0 and `1 − loss` below, and a regression's `rmse` and
/// `mae` as `max(1 − value/σ, −1)`, with `σ` the standard deviation of the true values, which is the RMSE of always
/// predicting their mean.
pub fn score(scoring: Scoring<'_>, metrics: &TaskMetrics) -> Option<f64> {
    let metric = scoring.metric.unwrap_or(match scoring.kind {
        TaskKind::Regression => "r2",
        kind => primary(kind).0,
    });
    let value = metrics.get(metric)?;
    match metric {
        "r2" => Some(value.max(-1.0)),
        "ece" => Some(1.0 - value),
        "loss" if value > 0.0 => Some(1.0 / (1.0 + value)),
        "loss" => Some(1.0 - value),
        "mae" if scoring.kind == TaskKind::Ordinal => {
            let steps = scoring.classes.saturating_sub(1).max(1);
            Some(1.0 - value / steps as f64)
        }
        "mae" | "rmse" => {
            let deviation = deviation_of_truth(metrics)?;
            let relative = if value == 0.0 { 0.0 } else { value / deviation };
            Some((1.0 - relative).max(-1.0))
        }
        _ => Some(value),
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

/// From `r2 = 1 − rmse²/σ²`; a perfect prediction has no error to tell the deviation from, and needs none.
fn deviation_of_truth(metrics: &TaskMetrics) -> Option<f64> {
    let rmse = metrics.get("rmse")?;
    let unexplained = 1.0 - metrics.get("r2")?;
    Some(if unexplained > 0.0 { rmse / unexplained.sqrt() } else { 1.0 })
}
