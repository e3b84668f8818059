//! A run is bound to its data: what it is measured on, and what a resumed training goes on with, is what it was trained with.

use crate::support::{CONFIG, Place, things};

/// The table with its rows in another order: as many of them, and as many bytes.
fn shuffled() -> String {
    let table = things(48);
    let (header, rows) = table.split_once('\n').unwrap();
    let mut rows: Vec<&str> = rows.lines().collect();
    rows.rotate_left(17);
    format!("{header}\n{}\n", rows.join("\n"))
}

fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn evaluate_measures_the_rows_that_the_training_held_out() {
    for rule in ["random", "stratified", "hash", "grouped", "time"] {
        let place = Place::with_things();
        let split = match rule {
            "grouped" => "by = \"grouped\", column = \"size\"".to_owned(),
            "time" => "by = \"time\", column = \"day\"".to_owned(),
            rule => format!("by = \"{rule}\""),
        };
        let days = things(48).lines().enumerate().fold(String::new(), |text, (row, line)| match row {
            0 => text + line + ",day\n",
            row => text + line + &format!(",2024-01-{:02}\n", row * 5 % 28 + 1),
        });
        place.write("things.csv", days);
        place.write("things.toml", CONFIG.replace("by = \"random\"", &split));
        place.succeed("train things.toml --out run --quiet");
        let summary = json(&place.read("run/summary.json"));
        let test = summary["results"].as_array().unwrap().iter().find(|result| result["split"] == "test").unwrap();
        let evaluation = json(&place.succeed("evaluate run --json"));
        assert_eq!((&evaluation["rows"], &evaluation["tasks"]), (&test["rows"], &test["tasks"]), "{rule}");
        // The rows stand in the run: a file that says otherwise is believed.
        let data = place.read("run/data.json");
        let known = json(&data);
        let rows = known["splits"]["test"]["rows"].as_str().unwrap();
        place.write("run/data.json", data.replace(&format!("\"{rows}\""), "\"1-7\""));
        assert_eq!(json(&place.succeed("evaluate run --json"))["rows"], 7, "{rule}");
    }
}

#[test]
fn a_table_that_changed_is_not_measured_as_if_it_had_not() {
    let place = Place::with_things();
    place.succeed("train things.toml --out run --quiet");
    let table = things(48);
    let one_value = table.replacen("red", "rad", 1);
    let fewer: String = table.lines().take(40).map(|line| format!("{line}\n")).collect();
    for changed in [format!("{table}7,red,3,pear\n"), shuffled(), one_value, fewer] {
        place.write("things.csv", changed);
        let ran = place.run("evaluate run");
        assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{}", ran.err);
        for part in ["things.csv has changed since the run was begun", "measure on every row of a table with --data FILE"] {
            assert!(ran.err.contains(part), "{}", ran.err);
        }
        assert_eq!(ran.err.lines().count(), 1, "{}", ran.err);
        let ran = place.run("train things.toml --out run --resume");
        assert_eq!(ran.code, 1, "{}", ran.err);
        for part in ["things.csv has changed since the run was begun", "a resumed run needs the same data"] {
            assert!(ran.err.contains(part), "{}", ran.err);
        }
        // What was asked for outright is done.
        place.succeed("evaluate run --data things.csv");
    }
    place.write("things.csv", table);
    place.succeed("evaluate run");
}

#[test]
fn measuring_the_rows_of_the_training_is_told() {
    let place = Place::with_things();
    place.succeed("train things.toml --out run --quiet");
    place.write("copy.csv", things(48));
    for name in ["things.csv", "copy.csv"] {
        let ran = place.run(&format!("evaluate run --data {name} --quiet"));
        assert_eq!(
            ran.err,
            format!(
                "note: {name} is a table that the run was trained on: training rows are among those measured; without --data the held-out rows are\n"
            )
        );
    }
    place.write("new.csv", things(47));
    assert_eq!(place.run("evaluate run --data new.csv --quiet").err, "");
}

#[test]
fn a_table_that_was_moved_is_the_same_table() {
    let place = Place::with_things();
    place.succeed("train things.toml --out run --quiet");
    let before = place.succeed("evaluate run");
    place.write("elsewhere/others.csv", things(48));
    std::fs::remove_file(place.path("things.csv")).unwrap();
    place.write("things.toml", CONFIG.replace("things.csv", "elsewhere/others.csv"));
    place.succeed("train things.toml --out run --resume --quiet");
    // The run knows its table's new place.
    assert_eq!(place.succeed("evaluate run"), before);
    place.write("elsewhere/others.csv", shuffled());
    assert!(place.run("train things.toml --out run --resume --quiet").err.contains("others.csv has changed"));
}

#[test]
fn of_several_tables_the_one_that_is_needed_must_be_the_same() {
    let place = Place::new();
    for (name, rows) in [("one.csv", 40), ("valid.csv", 16), ("test.csv", 24)] {
        place.write(name, things(rows));
    }
    let lines: Vec<String> = things(20)
        .lines()
        .skip(1)
        .map(|line| {
            let [size, color, price, kind] = line.split(',').collect::<Vec<&str>>()[..] else { panic!("four cells") };
            format!("{{\"size\": {size}, \"color\": \"{color}\", \"price\": \"{price}\", \"kind\": \"{kind}\"}}")
        })
        .collect();
    place.write("two.jsonl", lines.join("\n"));
    let tables = "train = [\"one.csv\", \"two.jsonl\"]\nvalid = \"valid.csv\"\ntest = \"test.csv\"\n";
    let config = CONFIG.replace("train = \"things.csv\"\nsplit = { valid = 0.2, test = 0.2, by = \"random\" }\n", tables);
    place.write("things.toml", config);
    place.succeed("train things.toml --out run --quiet");
    let before = place.succeed("evaluate run");
    for name in ["one.csv", "two.jsonl", "valid.csv"] {
        let kept = place.read(name);
        place.write(name, kept.replacen("red", "rad", 1));
        assert_eq!(place.succeed("evaluate run"), before, "{name} is not measured");
        let ran = place.run("train things.toml --out run --resume");
        assert!(ran.code == 1 && ran.err.contains(&format!("{name} has changed since")), "{}", ran.err);
        place.write(name, kept);
    }
    place.write("test.csv", things(24).replacen("red", "rad", 1));
    let ran = place.run("evaluate run");
    assert!(ran.code == 1 && ran.err.contains("test.csv has changed since"), "{}", ran.err);
}

#[test]
fn a_run_of_an_earlier_version_is_measured_with_a_note() {
    let place = Place::with_things();
    place.succeed("train things.toml --out run --quiet");
    let before = place.succeed("evaluate run");
    std::fs::remove_file(place.path("run/data.json")).unwrap();
    let ran = place.run("evaluate run --quiet");
    assert_eq!(ran.code, 0);
    assert!(ran.err.contains("note: the run is of an earlier version"), "{}", ran.err);
    assert!(!ran.err.contains("there are"), "{}", ran.err);
    assert!(before.contains(&ran.out), "the same rows: {before}\n{}", ran.out);
    place.write("things.csv", things(60));
    let ran = place.run("evaluate run");
    assert!(ran.code == 0 && ran.err.contains("rows that the model was trained on are among those measured"), "{}", ran.err);
}

#[test]
fn a_damaged_data_file_is_an_error() {
    let place = Place::with_things();
    place.succeed("train things.toml --out run --quiet");
    let data = place.read("run/data.json");
    for (from, to) in
        [("\"splits\"", "\"splut\""), ("\"rows\": \"", "\"rows\": \"1-99999999999999 "), ("\"table\": \"train\"", "\"table\": \"x\"")]
    {
        assert!(data.contains(from));
        place.write("run/data.json", data.replace(from, to));
        let ran = place.run("evaluate run");
        assert!(ran.code == 1 && ran.err.contains("data.json is damaged: "), "{}", ran.err);
    }
}
