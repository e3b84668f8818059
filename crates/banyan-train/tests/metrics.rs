//! Metrics against scikit-learn's values, at their edges, and by their properties.

use banyan_data::labels::TaskKind;
use banyan_data::labels::{Binary, Classification, LabelSchema, Multilabel, Ordinal, Regression};
use banyan_data::number_format::NumberFormat;
use banyan_data::schema::TargetSchema;
use banyan_data::values::Values;
use banyan_train::evaluation::{Evaluation, evaluate, metric_names, primary, score, weighted_score};
use banyan_train::metrics::{Direction, TaskMetrics, ranking};
use proptest::prelude::*;
use serde::Deserialize;

#[derive(Deserialize)]
struct Case {
    kind: TaskKind,
    classes: usize,
    values: Vec<f32>,
    truth: Vec<f64>,
    expected: std::collections::BTreeMap<String, f64>,
}

fn of_labels(labels: impl Into<LabelSchema>) -> TargetSchema {
    TargetSchema { name: "task".to_owned(), column: "task".to_owned(), details: labels.into() }
}

/// A task with a label a row, and so many numbers predicted of each; those of a regression are in standard deviations of 1.
fn target(kind: TaskKind, width: usize) -> TargetSchema {
    let names = |count: usize| (0..count).map(|class| class.to_string()).collect();
    let (several, counts) = (names(width), vec![1; width]);
    match kind {
        TaskKind::Regression => of_labels(Regression { mean: 0.0, std: 1.0, rows: 1, format: NumberFormat::default() }),
        TaskKind::Binary => of_labels(Binary { classes: names(2), counts: vec![1; 2] }),
        TaskKind::Classification => of_labels(Classification { classes: several, counts }),
        TaskKind::Multilabel => of_labels(Multilabel { labels: several, counts, rows: 1, separator: ",".to_owned() }),
        TaskKind::Ordinal => of_labels(Ordinal { classes: several, counts }),
        other => panic!("the fixture has no labels of {other:?}"),
    }
}

/// The metrics of so many predicted numbers a row, with a loss of 0.25.
fn run(kind: TaskKind, width: usize, predictions: &[f32], truth: &[f64], known: &[bool]) -> TaskMetrics {
    let labels = if matches!(kind, TaskKind::Regression | TaskKind::Multilabel) {
        Values::numbers(width, truth.iter().map(|&value| value as f32).collect())
    } else {
        Values::indices(truth.iter().map(|&value| value as u32).collect())
    };
    evaluate(&target(kind, width), &labels, known, &Values::numbers(width, predictions.to_vec()), Some(0.25))
}

fn cases() -> Vec<Case> {
    serde_json::from_str(include_str!("fixtures/metrics/metrics.json")).expect("the fixture is JSON")
}

#[test]
fn values_are_those_of_scikit_learn() {
    let mut compared = 0;
    for (number, case) in cases().iter().enumerate() {
        let rows = case.values.len() / case.classes;
        let metrics = run(case.kind, case.classes, &case.values, &case.truth, &vec![true; rows]);
        assert_eq!(metrics.rows, rows);
        for (name, expected) in &case.expected {
            let value = metrics.get(name).unwrap_or(f64::NAN);
            assert!(
                (value - expected).abs() <= 1e-9 * expected.abs().max(1.0),
                "case {number} ({:?}): {name} is {value}, scikit-learn says {expected}",
                case.kind
            );
            compared += 1;
        }
    }
    assert_eq!(compared, 2 * 5 + 2 * 5 + 2 * 4 + 3 + 2 * 3);
}

/// Rows with unknown labels, whatever they hold, change nothing.
#[test]
fn rows_without_a_label_count_nowhere() {
    for case in cases() {
        let rows = case.values.len() / case.classes;
        let truth_width = case.truth.len() / rows;
        let alone = run(case.kind, case.classes, &case.values, &case.truth, &vec![true; rows]);
        let (mut values, mut truth, mut known) = (Vec::new(), Vec::new(), Vec::new());
        for row in 0..rows {
            values.extend(vec![f32::NAN; case.classes]);
            truth.extend(vec![0.0; truth_width]);
            known.push(false);
            values.extend(&case.values[row * case.classes..(row + 1) * case.classes]);
            truth.extend(&case.truth[row * truth_width..(row + 1) * truth_width]);
            known.push(true);
        }
        let masked = run(case.kind, case.classes, &values, &truth, &known);
        assert_eq!(masked, alone, "{:?}", case.kind);
    }
}

#[test]
fn without_rows_every_metric_but_the_loss_is_undefined() {
    for kind in [TaskKind::Regression, TaskKind::Binary, TaskKind::Classification, TaskKind::Multilabel, TaskKind::Ordinal] {
        let classes = if matches!(kind, TaskKind::Binary | TaskKind::Regression) { 1 } else { 3 };
        let truth = vec![0.0; if kind == TaskKind::Multilabel { 2 * classes } else { 2 }];
        let metrics = run(kind, classes, &vec![0.2; 2 * classes], &truth, &[false, false]);
        assert_eq!(metrics.rows, 0);
        for name in metric_names(kind) {
            let expected = (name == "loss").then_some(0.25);
            assert_eq!(metrics.get(name), expected, "{kind:?} {name}");
            assert!(metrics.values.contains_key(name), "{kind:?} {name} is listed");
        }
    }
}

#[test]
fn with_one_class_only_ranking_is_undefined_and_accuracy_is_not() {
    let metrics = run(TaskKind::Binary, 1, &[0.9, 0.3], &[1.0, 1.0], &[true, true]);
    assert_eq!(metrics.get("auroc"), None);
    assert_eq!(metrics.get("average_precision"), None);
    assert_eq!(metrics.get("accuracy"), Some(0.5));
    let json = serde_json::to_value(&metrics).unwrap();
    assert!(json["auroc"].is_null() && json.get("auroc").is_some());
}

#[test]
fn the_same_truth_in_every_row_has_no_r2() {
    let metrics = run(TaskKind::Regression, 1, &[3.0, 5.0], &[3.0, 3.0], &[true, true]);
    assert_eq!(metrics.get("r2"), None);
    assert_eq!(metrics.get("mae"), Some(1.0));
    assert_eq!(metrics.get("rmse"), Some(2f64.sqrt()));
}

#[test]
fn predictions_that_are_not_numbers_leave_metrics_undefined() {
    for bad in [f32::NAN, f32::INFINITY] {
        let (truth, known) = ([0.0, 1.0, 1.0], [true; 3]);
        let metrics = run(TaskKind::Binary, 1, &[0.1, bad, 0.8], &truth, &known);
        assert_eq!(metrics.get("accuracy"), None);
        let metrics = run(TaskKind::Regression, 1, &[0.1, bad, 0.8], &truth, &known);
        assert_eq!(metrics.get("rmse"), None);
        assert_eq!(metrics.get("r2"), None);
        let metrics = run(TaskKind::Classification, 2, &[0.1, bad, 0.8, 0.2, 0.5, 0.5], &truth, &known);
        assert_eq!(metrics.get("accuracy"), None);
    }
    let one = Values::numbers(1, vec![1.0]);
    let infinite = evaluate(&target(TaskKind::Regression, 1), &one, &[true], &one, Some(f64::INFINITY));
    assert_eq!(infinite.get("loss"), None);
}

#[test]
fn errors_of_numbers_are_in_the_unit_of_the_label() {
    let target = of_labels(Regression { mean: 40.0, std: 8.0, rows: 2, format: NumberFormat::default() });
    let metrics = evaluate(&target, &Values::numbers(1, vec![-1.0, 1.0]), &[true; 2], &Values::numbers(1, vec![-1.0, 0.5]), None);
    assert_eq!((metrics.get("mae"), metrics.get("rmse"), metrics.get("r2")), (Some(2.0), Some(8f64.sqrt()), Some(0.875)));
}

#[test]
#[should_panic(expected = "holds an index a row, where a kind of task expects numbers")]
fn labels_of_another_kind_are_a_mistake_in_the_program() {
    evaluate(&target(TaskKind::Regression, 1), &Values::indices(vec![1]), &[true], &Values::numbers(1, vec![1.0]), None);
}

#[test]
fn primary_metrics_and_scores() {
    let metrics = |pairs: &[(&str, f64)]| {
        let mut metrics = TaskMetrics::default();
        for (name, value) in pairs {
            metrics.set(name, Some(*value));
        }
        metrics
    };
    let scored = |kind, metric, pairs: &[(&str, f64)]| score(&target(kind, 5), metric, &metrics(pairs));
    assert_eq!(primary(TaskKind::Classification), ("accuracy", Direction::Higher));
    assert_eq!(primary(TaskKind::Binary), ("auroc", Direction::Higher));
    assert_eq!(primary(TaskKind::Multilabel), ("average_precision", Direction::Higher));
    assert_eq!(primary(TaskKind::Ordinal), ("mae", Direction::Lower));
    assert_eq!(primary(TaskKind::Regression), ("rmse", Direction::Lower));
    assert_eq!(scored(TaskKind::Classification, None, &[("accuracy", 0.75)]), Some(0.75));
    assert_eq!(scored(TaskKind::Binary, None, &[("auroc", 0.875)]), Some(0.875));
    assert_eq!(scored(TaskKind::Multilabel, None, &[("average_precision", 0.5)]), Some(0.5));
    assert_eq!(scored(TaskKind::Ordinal, None, &[("mae", 1.0)]), Some(0.75));
    assert_eq!(scored(TaskKind::Regression, None, &[("r2", 0.5)]), Some(0.5));
    assert_eq!(scored(TaskKind::Regression, None, &[("r2", -7.0)]), Some(-1.0));
    // rmse 3 with r2 0.75 means a standard deviation of 6.
    assert_eq!(scored(TaskKind::Regression, Some("rmse"), &[("rmse", 3.0), ("r2", 0.75)]), Some(0.5));
    assert_eq!(scored(TaskKind::Regression, Some("mae"), &[("mae", 1.5), ("rmse", 3.0), ("r2", 0.75)]), Some(0.75));
    assert_eq!(scored(TaskKind::Regression, Some("rmse"), &[("rmse", 0.0), ("r2", 1.0)]), Some(1.0));
    assert_eq!(scored(TaskKind::Binary, Some("loss"), &[("loss", 1.0)]), Some(0.5));
    assert_eq!(scored(TaskKind::Binary, Some("ece"), &[("ece", 0.25)]), Some(0.75));
    assert_eq!(scored(TaskKind::Binary, None, &[]), None);
    assert_eq!(weighted_score([(1.0, None)]), None);
    assert_eq!(weighted_score([(0.0, Some(1.0))]), None);
    assert_eq!(weighted_score([(1.0, Some(0.0)), (1.0, Some(1.0))]), Some(0.5));
}

#[test]
fn an_evaluation_prints_as_the_command_promises() {
    let mut metrics = TaskMetrics { rows: 500, ..TaskMetrics::default() };
    metrics.set("accuracy", Some(0.97));
    metrics.set("macro_f1", Some(0.97));
    metrics.set("auroc", Some(f64::NAN));
    metrics.set("loss", Some(0.1));
    let evaluation = Evaluation {
        inputs: vec!["image".to_owned(), "sound".to_owned()],
        rows: 500,
        tasks: [("digit".to_owned(), metrics)].into_iter().collect(),
    };
    let json = serde_json::to_string(&evaluation).unwrap();
    insta::assert_snapshot!(json, @r#"{"inputs":["image","sound"],"rows":500,"tasks":{"digit":{"accuracy":0.97,"macro_f1":0.97,"auroc":null,"loss":0.1,"rows":500}}}"#);
    assert_eq!(serde_json::from_str::<Evaluation>(&json).unwrap(), evaluation);
}

/// Scores from a small grid, so that ties are frequent, with labels of both kinds.
fn scored_rows() -> impl Strategy<Value = Vec<(f32, bool)>> {
    prop::collection::vec(((0u8..8).prop_map(|step| f32::from(step) / 8.0), any::<bool>()), 2..40)
}

proptest! {
    #[test]
    fn auroc_is_the_share_of_ordered_pairs(rows in scored_rows()) {
        let (scores, positive): (Vec<f32>, Vec<bool>) = rows.iter().copied().unzip();
        let (mut ordered, mut pairs) = (0.0, 0.0);
        for above in rows.iter().filter(|row| row.1) {
            for below in rows.iter().filter(|row| !row.1) {
                pairs += 1.0;
                ordered += if above.0 > below.0 { 1.0 } else if above.0 == below.0 { 0.5 } else { 0.0 };
            }
        }
        let expected = (pairs > 0.0).then_some(ordered / pairs);
        prop_assert_eq!(ranking::auroc(&scores, &positive), expected);
    }

    #[test]
    fn ranking_depends_on_neither_order_nor_scale(rows in scored_rows(), seed in any::<u64>()) {
        let mut shuffled = rows.clone();
        shuffled.sort_by_key(|row| (row.0.to_bits() as u64 ^ seed).wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let (scores, positive): (Vec<f32>, Vec<bool>) = rows.into_iter().unzip();
        let (other, other_positive): (Vec<f32>, Vec<bool>) =
            shuffled.into_iter().map(|(score, positive)| (score * 3.0 - 1.0, positive)).unzip();
        prop_assert_eq!(ranking::auroc(&scores, &positive), ranking::auroc(&other, &other_positive));
        let precision = ranking::average_precision(&scores, &positive);
        prop_assert_eq!(precision, ranking::average_precision(&other, &other_positive));
        prop_assert!(precision.is_none_or(|value| (0.0..=1.0).contains(&value)));
    }
}
