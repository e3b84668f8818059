//! Tables that cannot be learned from, and cells that cannot be read: one sentence with the place and the hint.

use crate::support::{Place, things};

/// The transcript of a training on a table.
fn training(name: &str, table: &str) -> String {
    let place = Place::with_things();
    place.write(name, table);
    let config = place.read("things.toml").replace("things.csv", name);
    place.write("bad.toml", config);
    place.transcript(&["train bad.toml --quiet"])
}

/// Replaces one column's cells from a row on (the first row below the header is 0).
fn with_column(column: usize, cell: impl Fn(usize, &str) -> String) -> String {
    let table = things(48);
    let mut lines = table.lines().map(str::to_owned);
    let header = lines.next().unwrap();
    let rows = lines.enumerate().map(|(row, line)| {
        let mut cells: Vec<String> = line.split(',').map(str::to_owned).collect();
        cells[column] = cell(row, &cells[column]);
        cells.join(",")
    });
    format!("{header}\n{}\n", rows.collect::<Vec<String>>().join("\n"))
}

#[test]
fn tables_without_enough() {
    let header = "size,color,price,kind\n";
    let cases = [
        training("empty.csv", ""),
        training("header.csv", header),
        training("one_row.csv", &format!("{header}1,red,2,apple\n")),
        training("two_rows.csv", &format!("{header}1,red,2,apple\n2,blue,3,pear\n")),
    ];
    insta::assert_snapshot!(cases.join("\n\n"));
}

#[test]
fn one_row_to_learn_from_is_too_few() {
    let place = Place::with_things();
    place.write("one.csv", "size,color,price,kind\n1,red,2,apple\n");
    let config = place.read("things.toml").replace("\"things.csv\"", "\"one.csv\"\nvalid = \"things.csv\"");
    place.write("one.toml", config.lines().filter(|line| !line.starts_with("split")).collect::<Vec<&str>>().join("\n"));
    insta::assert_snapshot!(place.transcript(&["check one.toml --quiet"]));
}

#[test]
fn labels_that_teach_nothing() {
    let cases = [
        training("one_class.csv", &with_column(3, |_, _| "apple".to_owned())),
        training("no_labels.csv", &with_column(3, |_, _| String::new())),
        training("every_row_its_own.csv", &with_column(3, |row, _| format!("kind {row}"))),
        training("no_numbers.csv", &with_column(2, |_, _| String::new())),
    ];
    insta::assert_snapshot!(cases.join("\n\n"));
}

#[test]
fn cells_that_do_not_fit() {
    let cases = [
        training("word.csv", &with_column(0, |row, cell| if row == 5 { "tall".to_owned() } else { cell.to_owned() })),
        training("words.csv", &with_column(0, |row, _| format!("size {}", row % 4))),
        training("infinite.csv", &with_column(0, |row, cell| if row == 3 { "inf".to_owned() } else { cell.to_owned() })),
        training("infinite_label.csv", &with_column(2, |row, cell| if row == 3 { "-inf".to_owned() } else { cell.to_owned() })),
        training("duplicate.csv", &things(48).replacen("color", "size", 1)),
        training("torn.csv", &things(48).replacen("green", "green,extra", 1)),
    ];
    insta::assert_snapshot!(cases.join("\n\n"));
}

#[test]
fn not_a_number_is_a_missing_cell() {
    let place = Place::with_things();
    place.write("things.csv", with_column(0, |row, cell| if row % 4 == 1 { "NaN".to_owned() } else { cell.to_owned() }));
    let found: serde_json::Value = serde_json::from_str(&place.succeed("check things.toml --json")).unwrap();
    assert_eq!(found["ok"], true);
    let size = found["audit"]["columns"].as_array().unwrap().iter().find(|column| column["name"] == "size").unwrap();
    assert!(size["missing"][0].as_f64().unwrap() > 0.1, "{size}");
    place.succeed("train things.toml --quiet");
}

#[test]
fn a_label_never_seen_in_training_is_counted() {
    let place = Place::with_things();
    place.succeed("train things.toml --out run --quiet");
    place.write("new.csv", "size,color,price,kind\n1,red,2,cherry\n2,violet,4,apple\n3,blue,5,cherry\n4,red,9,pear\n");
    let ran = place.run("evaluate run --data new.csv --json");
    insta::assert_snapshot!(ran.err);
    let evaluation: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((evaluation["rows"].as_u64(), evaluation["tasks"]["kind"]["rows"].as_u64()), (Some(4), Some(2)));
}

#[test]
fn a_loss_that_is_no_number_stops_the_training() {
    let place = Place::with_things();
    let ran = place.run("train things.toml --out run --quiet --set training.learning_rate=1e38 --set training.epochs=20");
    assert_eq!(ran.code, 1, "{}", ran.err);
    for part in ["error: step ", "so the training was stopped", "try a smaller training.learning_rate"] {
        assert!(ran.err.contains(part), "{}", ran.err);
    }
}
