//! Predictions in every format say the same.

use crate::support::Place;
use banyan::data::table::{Cell, ReadOptions, Table};

/// A task of every kind.
const CONFIG: &str = r#"[data]
train = "things.csv"
[inputs.size]
type = "number"
[inputs.color]
type = "category"
[tasks.price]
type = "regression"
[tasks.kind]
type = "classification"
[tasks.cheap]
type = "binary"
[tasks.grade]
type = "ordinal"
[tasks.marks]
type = "multilabel"
separator = ";"
[model]
width = 8
[training]
epochs = 2
batch_size = 8
"#;

fn place() -> Place {
    let place = Place::new();
    let mut table = "size,color,price,kind,cheap,grade,marks\n".to_owned();
    for row in 0..60 {
        let (size, color) = (row % 10, row % 3);
        table += &format!(
            "{size},{},{},{},{},{},{}\n",
            ["red", "green", "blue"][color],
            size * 3,
            ["apple", "pear", "plum"][color],
            size < 5,
            1 + size / 4,
            ["sweet;ripe", "ripe", "sweet"][color],
        );
    }
    place.write("things.csv", table);
    place.write("things.toml", CONFIG);
    place.succeed("train things.toml --out run --quiet");
    place
}

/// A cell as it would stand in a CSV file.
fn text(cell: Cell<'_>) -> String {
    match cell {
        Cell::Missing => String::new(),
        Cell::Number(value) => format!("{}", value as f32),
        Cell::Boolean(value) => value.to_string(),
        Cell::Text(text) => text.parse::<f64>().map_or_else(|_| text.to_owned(), |value| format!("{}", value as f32)),
        Cell::Texts(members) => members.join(";"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_format_holds_the_same_predictions() {
    let place = place();
    let read = |name: &str| {
        place.succeed(&format!("predict run --data things.csv -o {name}"));
        Table::read(&place.path(name), &ReadOptions::default()).unwrap()
    };
    let csv = read("out.csv");
    assert_eq!(csv.rows(), 60);
    let names: Vec<&str> = csv.columns.iter().map(|column| column.name.as_str()).collect();
    let expected = "price kind kind=apple kind=pear kind=plum cheap cheap=false cheap=true grade grade=1 grade=2 grade=3 \
                    marks marks=ripe marks=sweet";
    assert_eq!(names.join(" "), expected);
    for name in ["out.tsv", "out.jsonl", "out.parquet"] {
        let other = read(name);
        for (left, right) in csv.columns.iter().zip(&other.columns) {
            assert_eq!(left.name, right.name, "{name}");
            for row in 0..60 {
                assert_eq!(text(left.cell(row)), text(right.cell(row)), "{name}, column {}, row {row}", left.name);
            }
        }
    }
    let printed = place.succeed("predict run --data things.csv");
    assert_eq!(printed, place.read("out.csv"));
}

#[test]
fn probabilities_are_those_of_the_answers() {
    let place = place();
    place.succeed("predict run --data things.csv -o out.jsonl");
    for line in place.read("out.jsonl").lines() {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        let probability = |name: String| row[name].as_f64().unwrap();
        for (task, classes) in [("kind", vec!["apple", "pear", "plum"]), ("cheap", vec!["false", "true"]), ("grade", vec!["1", "2", "3"])] {
            let values: Vec<f64> = classes.iter().map(|class| probability(format!("{task}={class}"))).collect();
            assert!((values.iter().sum::<f64>() - 1.0).abs() < 1e-5, "{row}");
            let answer = probability(format!("{task}={}", row[task].as_str().unwrap()));
            assert!(values.iter().all(|value| *value <= answer), "{row}");
        }
        let labels: Vec<&str> = row["marks"].as_array().unwrap().iter().map(|label| label.as_str().unwrap()).collect();
        for label in ["ripe", "sweet"] {
            assert_eq!(labels.contains(&label), probability(format!("marks={label}")) > 0.5, "{row}");
        }
    }
}

/// Beside an RMSE in the unit of the column stands a loss that is not.
#[test]
fn the_loss_of_a_regression_is_explained() {
    let place = Place::with_things();
    let note = "The loss of a regression is in squared standard deviations of its training labels";
    assert!(place.succeed("train things.toml --out run").contains(note));
    assert!(place.succeed("evaluate run").contains(note));
    assert!(!place.succeed("evaluate run --tasks kind").contains(note));
    assert!(!place.succeed("evaluate run --json").contains(note));
    assert!(place.read("run/report.html").contains("of a regression it is in squared standard deviations"));
}
