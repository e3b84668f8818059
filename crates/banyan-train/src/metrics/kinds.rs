//! Which metrics a kind of task has, and how they are put together.

use banyan_data::config::TaskKind;

use super::calibration::{Calibration, Outcome};
use super::classes::{ClassCounts, is_predicted, mean, most_probable};
use super::numeric::Errors;
use super::ranking::{auroc, average_precision};
use super::{Predictions, TaskMetrics, Truth, frames, lemmas, tokens};

/// The metrics of a kind of task, in the order in which they are shown.
pub const fn metric_names(kind: TaskKind) -> &'static [&'static str] {
    match kind {
        TaskKind::Regression => &["mae", "rmse", "r2", "loss"],
        TaskKind::Binary | TaskKind::Classification => &["accuracy", "macro_f1", "auroc", "average_precision", "ece", "loss"],
        TaskKind::Multilabel => &["accuracy", "macro_f1", "auroc", "average_precision", "loss"],
        TaskKind::Ordinal => &["accuracy", "mae", "macro_f1", "loss"],
        TaskKind::Tagging => &["token_accuracy", "macro_f1", "loss"],
        TaskKind::Spans => &["span_f1", "span_precision", "span_recall", "loss"],
        TaskKind::Dependencies => &["uas", "las", "loss"],
        TaskKind::Srl => &["span_f1", "span_precision", "span_recall", "predicate_f1", "sense_accuracy", "end_to_end_f1", "loss"],
        TaskKind::Lemmas => &["lemma_accuracy", "loss"],
    }
}

/// All metrics of one task over the rows whose label is known.
///
/// - `binary`: the predicted class is 1 where its probability is above one half; `auroc` and
///   `average_precision` rank the rows by it.
/// - `classification`: the predicted class is the most probable one; `auroc` and `average_precision` are means
///   over the classes that some rows have and others have not, each class against the rest.
/// - `multilabel`: each label by itself, predicted above one half, then the mean over the labels (`macro_f1`: those that
///   occur in truth or predictions; `auroc` and `average_precision`: those that some rows have and others have not).
/// - `ordinal`: the most probable class; `mae` counts steps between classes.
/// - `regression`: in the unit of the values.
/// - `tagging`: over the tokens whose label is known.
/// - `spans` and `dependencies`: see [`tokens`](super::tokens).
/// - `srl`: see [`frames`](super::frames). `span_precision`, `span_recall` and `span_f1` are those of given predicates.
/// - `lemmas`: over the tokens whose lemma is known, also where no script of training makes it.
///
/// `loss` is passed through. Where a prediction of a known row is not finite, every metric but the loss is `None`.
///
/// # Panics
/// Where predictions, truth and `known` differ in rows, where they are not of this kind of task, or where a known
/// class is not below the number of classes: such a call is a mistake in the program, not in the data.
pub fn evaluate(kind: TaskKind, predictions: Predictions<'_>, truth: Truth<'_>, known: &[bool], loss: Option<f64>) -> TaskMetrics {
    assert_eq!(predictions.rows(), known.len(), "predictions for every row");
    assert_eq!(truth.rows(), known.len(), "truth for every row");
    let rows: Vec<usize> = (0..known.len()).filter(|&row| known[row]).collect();
    let found = match (kind, predictions, truth) {
        (TaskKind::Regression, Predictions::Numbers(values), Truth::Numbers(truth)) => regression(values, truth, &rows),
        (TaskKind::Binary, Predictions::Probabilities { classes: 1, values }, Truth::Classes(truth)) => binary(values, truth, &rows),
        (TaskKind::Classification, Predictions::Probabilities { classes, values }, Truth::Classes(truth)) => {
            classification(classes, values, truth, &rows)
        }
        (TaskKind::Ordinal, Predictions::Probabilities { classes, values }, Truth::Classes(truth)) => {
            ordinal(classes, values, truth, &rows)
        }
        (TaskKind::Multilabel, Predictions::Labels { classes, values }, Truth::Labels { classes: same, values: truth })
            if classes == same =>
        {
            multilabel(classes, values, truth, &rows)
        }
        (TaskKind::Tagging, Predictions::Tags(predicted), Truth::Tags { classes, rows: truth }) => {
            let counts = tokens::tagging(classes, predicted, truth, &rows);
            vec![("token_accuracy", counts.accuracy()), ("macro_f1", counts.macro_f1())]
        }
        (TaskKind::Spans, Predictions::Tags(predicted), Truth::Tags { rows: truth, .. }) => {
            let counts = tokens::spans(predicted, truth, &rows);
            vec![("span_f1", counts.f1()), ("span_precision", counts.precision()), ("span_recall", counts.recall())]
        }
        (
            TaskKind::Dependencies,
            Predictions::Trees { heads, relations },
            Truth::Trees { heads: true_heads, relations: true_relations, names },
        ) => {
            let counts = tokens::trees([heads, relations], [true_heads, true_relations], names, &rows);
            vec![("uas", counts.uas()), ("las", counts.las())]
        }
        (TaskKind::Srl, Predictions::Frames(predicted), Truth::Frames { values, roles }) => {
            let counts = frames::frames(predicted, values, roles, &rows);
            vec![
                ("span_f1", counts.arguments.f1()),
                ("span_precision", counts.arguments.precision()),
                ("span_recall", counts.arguments.recall()),
                ("predicate_f1", counts.predicates.f1()),
                ("sense_accuracy", counts.sense_accuracy()),
                ("end_to_end_f1", counts.end_to_end.f1()),
            ]
        }
        (TaskKind::Lemmas, Predictions::Tags(predicted), Truth::Lemmas(truth)) => {
            vec![("lemma_accuracy", lemmas::accuracy(predicted, truth, &rows))]
        }
        _ => panic!("predictions and truth are not those of a {kind:?} task"),
    };
    let mut metrics = TaskMetrics { rows: rows.len(), ..TaskMetrics::default() };
    for name in metric_names(kind) {
        let value = found.iter().find(|(found, _)| found == name);
        metrics.set(name, value.and_then(|(_, value)| *value));
    }
    metrics.set("loss", loss);
    metrics
}

type Found = Vec<(&'static str, Option<f64>)>;

fn regression(values: &[f32], truth: &[f32], rows: &[usize]) -> Found {
    let mut errors = Errors::default();
    for &row in rows {
        errors.add(f64::from(truth[row]), f64::from(values[row]));
    }
    vec![("mae", errors.mae()), ("rmse", errors.rmse()), ("r2", errors.r2())]
}

fn binary(values: &[f32], truth: &[u32], rows: &[usize]) -> Found {
    let scores: Vec<f32> = rows.iter().map(|&row| values[row]).collect();
    let positive: Vec<bool> = rows.iter().map(|&row| truth[row] == 1).collect();
    if !all_finite(&scores) {
        return Found::new();
    }
    let mut counts = ClassCounts::new(2);
    let mut calibration = Calibration::default();
    for (&row, &score) in rows.iter().zip(&scores) {
        let predicted = usize::from(is_predicted(score));
        counts.add(truth[row] as usize, predicted);
        let probability = f64::from(score);
        let confidence = if predicted == 1 { probability } else { 1.0 - probability };
        calibration.add(confidence, outcome(truth[row] as usize, predicted));
    }
    vec![
        ("accuracy", counts.accuracy()),
        ("macro_f1", counts.macro_f1()),
        ("auroc", auroc(&scores, &positive)),
        ("average_precision", average_precision(&scores, &positive)),
        ("ece", calibration.ece()),
    ]
}

fn classification(classes: usize, values: &[f32], truth: &[u32], rows: &[usize]) -> Found {
    let Some(counts) = count_classes(classes, values, truth, rows) else {
        return Found::new();
    };
    let mut calibration = Calibration::default();
    for &row in rows {
        let probabilities = &values[row * classes..(row + 1) * classes];
        let predicted = most_probable(probabilities);
        let outcome = outcome(truth[row] as usize, predicted);
        calibration.add(f64::from(probabilities[predicted]), outcome);
    }
    let positive = |row: usize, class: usize| truth[row] as usize == class;
    let (area, precision) = ranking(classes, values, rows, positive);
    vec![
        ("accuracy", counts.accuracy()),
        ("macro_f1", counts.macro_f1()),
        ("auroc", area),
        ("average_precision", precision),
        ("ece", calibration.ece()),
    ]
}

fn ordinal(classes: usize, values: &[f32], truth: &[u32], rows: &[usize]) -> Found {
    let Some(counts) = count_classes(classes, values, truth, rows) else {
        return Found::new();
    };
    vec![("accuracy", counts.accuracy()), ("mae", counts.mean_step_error()), ("macro_f1", counts.macro_f1())]
}

fn multilabel(classes: usize, values: &[f32], truth: &[f32], rows: &[usize]) -> Found {
    let has = |row: usize, class: usize| truth[row * classes + class] > 0.5;
    let mut labels = vec![ClassCounts::new(2); classes];
    for &row in rows {
        let probabilities = &values[row * classes..(row + 1) * classes];
        if !all_finite(probabilities) {
            return Found::new();
        }
        for (class, &probability) in probabilities.iter().enumerate() {
            labels[class].add(usize::from(has(row, class)), usize::from(is_predicted(probability)));
        }
    }
    let (area, precision) = ranking(classes, values, rows, has);
    vec![
        ("accuracy", mean(labels.iter().filter_map(ClassCounts::accuracy))),
        ("macro_f1", mean(labels.iter().filter_map(|label| label.f1(1)))),
        ("auroc", area),
        ("average_precision", precision),
    ]
}

/// `None` where a probability is not finite.
fn count_classes(classes: usize, values: &[f32], truth: &[u32], rows: &[usize]) -> Option<ClassCounts> {
    let mut counts = ClassCounts::new(classes);
    for &row in rows {
        let probabilities = &values[row * classes..(row + 1) * classes];
        if !all_finite(probabilities) {
            return None;
        }
        counts.add(truth[row] as usize, most_probable(probabilities));
    }
    Some(counts)
}

/// Mean area under the curve and mean average precision over the columns with positive and negative rows.
fn ranking(classes: usize, values: &[f32], rows: &[usize], positive: impl Fn(usize, usize) -> bool) -> (Option<f64>, Option<f64>) {
    let mut areas = Vec::new();
    let mut precisions = Vec::new();
    for class in 0..classes {
        let scores: Vec<f32> = rows.iter().map(|&row| values[row * classes + class]).collect();
        let positive: Vec<bool> = rows.iter().map(|&row| positive(row, class)).collect();
        areas.extend(auroc(&scores, &positive));
        precisions.extend(average_precision(&scores, &positive));
    }
    (mean(areas.into_iter()), mean(precisions.into_iter()))
}

fn outcome(truth: usize, predicted: usize) -> Outcome {
    if truth == predicted { Outcome::Right } else { Outcome::Wrong }
}

fn all_finite(values: &[f32]) -> bool {
    values.iter().all(|value| value.is_finite())
}
