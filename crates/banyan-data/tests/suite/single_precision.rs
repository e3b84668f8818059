//! Numbers that a double holds and single precision does not, in which models compute.

use banyan_data::batch::InputValues;
use banyan_data::config::OnBadRow;
use banyan_data::dataset::{Dataset, EncodeOptions};
use banyan_data::inputs::InputKind;
use banyan_data::labels::{Regression, TaskKind};
use banyan_data::schema::Schema;
use banyan_data::table::Table;

use crate::support::{all, csv, inputs, targets};

fn fit(table: &Table, input: InputKind, task: TaskKind) -> Result<Schema, String> {
    let schema = Schema::fit(table, &all(table), &inputs(&[("x", input)]), &targets(&[("y", task)]), OnBadRow::Error);
    schema.map_err(|error| error.to_string())
}

/// The numbers of the input, which labels are known, and the warnings.
fn encode(table: &Table, schema: &Schema) -> (Vec<f32>, Vec<bool>, Vec<String>) {
    let (dataset, report) = Dataset::encode(table, &all(table), schema, EncodeOptions::default()).unwrap();
    let batch = dataset.batch(&(0..dataset.len()).collect::<Vec<_>>()).unwrap();
    let values = match &batch.inputs[0].values {
        InputValues::Number(values) => values.clone(),
        InputValues::Vector(values) => values.values.clone(),
        other => panic!("{other:?}"),
    };
    (values, batch.tasks[0].known.clone(), report.warnings())
}

fn table(xs: &[&str]) -> Table {
    let rows: String = xs.iter().enumerate().map(|(at, x)| format!("{x},{}\n", at as f64 * 0.5)).collect();
    csv(&format!("x,y\n{rows}"))
}

#[test]
fn inputs_beyond_single_precision_are_finite_and_counted() {
    let schema = fit(&table(&["1", "2", "3"]), InputKind::Number, TaskKind::Regression).unwrap();
    let (values, _, warnings) = encode(&table(&["2", "1e39", "-1e300", "1e300"]), &schema);
    assert_eq!(values, [0.0, 1e6, -1e6, 1e6]);
    let expected = "input \"x\": 3 numbers are more than a million standard deviations from the mean of the training rows, and read as a \
                    million (\"1e39\", \"-1e300\", \"1e300\")";
    assert_eq!(warnings, [expected]);
}

/// One such number among the training rows does not make all others the same.
#[test]
fn an_outlier_beyond_single_precision_is_no_part_of_the_scale() {
    let table = table(&["1", "2", "3", "1e300"]);
    let schema = fit(&table, InputKind::Number, TaskKind::Regression).unwrap();
    let (values, _, warnings) = encode(&table, &schema);
    assert_eq!((values[1], values[3], values[0] < -1.0, values[2] > 1.0), (0.0, 1e6, true, true));
    assert_eq!(warnings.len(), 1);
}

#[test]
fn vectors_beyond_single_precision_are_finite_and_counted() {
    let training = csv("x,y\n1 5,1\n2 5,2\n3 5,3\n");
    let schema = fit(&training, InputKind::Vector, TaskKind::Regression).unwrap();
    let (values, _, warnings) = encode(&csv("x,y\n2 5,1\n-1e300 1e39,2\n"), &schema);
    assert_eq!(values, [0.0, 0.0, -1e6, 1e6]);
    assert!(warnings[0].starts_with("input \"x\": 2 numbers are more than a million"), "{warnings:?}");
}

#[test]
fn columns_of_any_unit_are_read() {
    for unit in ["e300", "e160", "e-300"] {
        let numbers = [format!("1{unit}"), format!("2{unit}"), format!("3{unit}")];
        let table = table(&[&numbers[0], &numbers[1], &numbers[2]]);
        let schema = fit(&table, InputKind::Number, TaskKind::Regression).unwrap();
        let (values, _, warnings) = encode(&table, &schema);
        assert!((values[2] - 1.224_744_9).abs() < 1e-5 && values[1].abs() < 1e-5, "{unit}: {values:?}");
        assert!(warnings.is_empty(), "{unit}: {warnings:?}");
        let described = schema.inputs[0].details.describe();
        assert!(described.len() < 60, "{described}");
    }
}

#[test]
fn labels_beyond_single_precision_are_refused_where_they_are_learned() {
    for kind in [TaskKind::Regression, TaskKind::Quantiles, TaskKind::Count] {
        let error = fit(&csv("x,y\n1,1\n2,2\n3,1e300\n"), InputKind::Number, kind).unwrap_err();
        assert!(error.contains("line 4, column \"y\": 1e300 is out of range"), "{error}");
        assert!(error.len() < 250, "{error}");
    }
}

#[test]
fn labels_beyond_single_precision_are_left_out_where_they_are_measured() {
    for kind in [TaskKind::Regression, TaskKind::Quantiles, TaskKind::Count] {
        let schema = fit(&csv("x,y\n1,1\n2,2\n3,4\n"), InputKind::Number, kind).unwrap();
        let (_, known, warnings) = encode(&csv("x,y\n1,1\n2,1e300\n3,1e39\n"), &schema);
        assert_eq!(known, [true, false, false]);
        assert_eq!(warnings, ["task \"y\": 2 labels are out of the range of single precision, and left out (\"1e300\", \"1e39\")"]);
    }
}

/// Labels that differ in digits that a double holds are no constant, however small or large they are.
#[test]
fn labels_that_differ_are_not_constant() {
    type Cells = fn(usize) -> String;
    let label: [(&str, Cells); 3] = [
        ("1e12 and thousandths", |at| format!("{}", 1e12 + at as f64 * 0.001)),
        ("1e-300", |at| format!("{}e-300", at + 1)),
        ("1e30", |at| format!("{}e30", at + 1)),
    ];
    for (what, label) in label {
        let rows: String = (0..30).map(|at| format!("{at},{}\n", label(at))).collect();
        let schema = fit(&csv(&format!("x,y\n{rows}")), InputKind::Number, TaskKind::Regression).unwrap();
        let labels = schema.targets[0].details.downcast::<Regression>().unwrap();
        assert!(labels.std > 0.0 && labels.std != 1.0, "{what}: {labels:?}");
    }
    let same: String = (0..30).map(|at| format!("{at},1e30\n")).collect();
    let error = fit(&csv(&format!("x,y\n{same}")), InputKind::Number, TaskKind::Regression).unwrap_err();
    assert_eq!(error, "task \"y\": all 30 training labels are 1e30; there is nothing to learn; leave the task out");
}
