//! Values in the spellings of other countries, offices and programs: each test is named after a report from the field.

use banyan_data::audit::{AuditPart, audit};
use banyan_data::dataset::{Dataset, EncodeOptions};
use banyan_data::infer::{InferredTask, infer_input, infer_task};
use banyan_data::inputs::{InputKind, InputValues};
use banyan_data::labels::TaskKind;
use banyan_data::number_format::NumberMarks;
use banyan_data::output::{OutputColumn, OutputValues, write};
use banyan_data::schema::Schema;
use banyan_data::table::{Cell, ReadOptions, Table};

use crate::support::{Folder, all, csv, inputs, targets};

/// A table of one column, quoted, and a task.
fn column(cell: impl Fn(usize) -> String) -> Table {
    let rows: String = (0..60).map(|row| format!("\"{}\",{}\n", cell(row), ["u", "v"][row % 2])).collect();
    csv(&format!("value,task\n{rows}"))
}

fn as_input(cell: impl Fn(usize) -> String) -> (Option<InputKind>, String) {
    let table = column(cell);
    let input = infer_input(&table, &table.columns[0]);
    (input.kind, input.reason)
}

fn as_task(cell: impl Fn(usize) -> String) -> InferredTask {
    infer_task(&column(cell), "value").unwrap()
}

/// The standardized numbers of a column, multiplied out again.
fn numbers(table: &Table, name: &str) -> Vec<f64> {
    let rows = all(table);
    let schema =
        Schema::fit(table, &rows, &inputs(&[(name, InputKind::Number)]), &targets(&[("task", TaskKind::Binary)]), Default::default())
            .unwrap();
    let learned: &banyan_data::inputs::NumberSchema = schema.inputs[0].details.downcast().unwrap();
    let (mean, std) = (learned.mean, learned.std);
    let (data, _) = Dataset::encode(table, &rows, &schema, EncodeOptions::default()).unwrap();
    let batch = data.batch(&rows).unwrap();
    let InputValues::Number(values) = &batch.inputs[0].values else { panic!("numbers are numbers") };
    values.iter().map(|value| f64::from(*value) * std + mean).collect()
}

#[test]
fn decimal_commas() {
    let table = csv("x;task\n6,4;u\n10,5;v\n-0,25;u\n");
    assert_eq!(infer_input(&table, &table.columns[0]).reason, "numbers with a decimal comma");
    for (read, expected) in numbers(&table, "x").iter().zip([6.4, 10.5, -0.25]) {
        assert!((read - expected).abs() < 1e-5, "{read} {expected}");
    }
    // Points separate thousands in a column of the same table.
    let table = csv("x;people;task\n1.234,56;1.250;u\n2,5;12.500;v\n3,75;7.000;u\n");
    for (read, expected) in numbers(&table, "people").iter().zip([1250.0, 12_500.0, 7000.0]) {
        assert!((read - expected).abs() < 1e-2, "{read} {expected}");
    }
    assert_eq!(table.number_marks(), NumberMarks { decimal: Some(','), thousands: Some('.') });
    assert_eq!(as_task(|row| format!("{},{}", row % 30, row % 7)).kind, TaskKind::Regression);
}

#[test]
fn thousands() {
    let table = csv("price,task\n\"1,234\",u\n950,v\n\"12,500\",u\n");
    for (read, expected) in numbers(&table, "price").iter().zip([1234.0, 950.0, 12_500.0]) {
        assert!((read - expected).abs() < 1e-2, "{read} {expected}");
    }
    let task = as_task(|row| format!("{},{:03}", row + 1, row * 7));
    assert_eq!((task.kind, task.separator), (TaskKind::Regression, None));
    assert!(task.reason.starts_with("numbers with \",\" between thousands"), "{}", task.reason);
    assert_eq!(as_input(|row| format!("{},{:03}", row + 1, row * 7)).0, Some(InputKind::Number));
}

/// What the first column of a table with semicolons between the cells is read as, and what the audit says of it.
fn between_semicolons(header: &str, rows: &[&str], marks: NumberMarks) -> (Vec<f64>, Vec<String>) {
    let folder = Folder::new();
    let lines: Vec<String> = rows.iter().enumerate().map(|(place, row)| format!("{row};{}\n", ["u", "v"][place % 2])).collect();
    let path = folder.file("t.csv", format!("{header};task\n{}", lines.concat()));
    let table = Table::read(&path, &ReadOptions { numbers: marks, ..ReadOptions::default() }).unwrap();
    let (rows, name) = (all(&table), table.columns[0].name.clone());
    let part = AuditPart { name: "train", table: &table, rows: &rows };
    let warnings = audit(&[part], &inputs(&[(&name, InputKind::Number)]), &[]).unwrap().warnings();
    let warnings = warnings.into_iter().filter(|warning| warning.contains("is read as")).collect();
    (numbers(&table, &name), warnings)
}

fn near(found: &[f64], expected: &[f64]) -> bool {
    found.len() == expected.len() && found.iter().zip(expected).all(|(found, expected)| (found - expected).abs() < 1e-3 * expected)
}

/// Semicolons mean a decimal comma, unless the column itself has numbers below a thousand; a clear column beside decides before either.
#[test]
fn commas_between_semicolons() {
    let none = NumberMarks::default();
    let (found, warnings) = between_semicolons("price;b", &["1,011;x", "900;y", "12,500;z"], none);
    assert!(near(&found, &[1011.0, 900.0, 12_500.0]), "{found:?}");
    assert_eq!(warnings, ["column \"price\": \"1,011\" is read as 1011; if that is wrong, write decimal = \",\" in [data]"]);
    let (found, warnings) = between_semicolons("weight;b", &["1,011;x", "2;y", "12,500;z"], none);
    assert!(near(&found, &[1.011, 2.0, 12.5]), "{found:?}");
    assert_eq!(warnings, ["column \"weight\": \"1,011\" is read as 1.011; if that is wrong, write thousands = \",\" in [data]"]);
    // A sibling of which nothing more is known changes nothing; one that is clear leaves no doubt.
    let (found, warnings) = between_semicolons("price;b", &["1,011;1,250", "900;2,125", "12,500;3,750"], none);
    assert!(near(&found, &[1011.0, 900.0, 12_500.0]) && warnings.len() == 1, "{found:?} {warnings:?}");
    let (found, warnings) = between_semicolons("price;b", &["1,011;6,4", "900;7,25", "12,500;3,1"], none);
    assert!(near(&found, &[1.011, 900.0, 12.5]) && warnings.is_empty(), "{found:?} {warnings:?}");
    let (found, warnings) = between_semicolons("weight;b", &["1,011;6.4", "2,500;7.25", "12,500;3.1"], none);
    assert!(near(&found, &[1011.0, 2500.0, 12_500.0]) && warnings.is_empty(), "{found:?} {warnings:?}");
    // Several groups of digits prove it.
    let (found, warnings) = between_semicolons("price;b", &["1,011;x", "2,500,000;y", "12,500;z"], none);
    assert!(near(&found, &[1011.0, 2_500_000.0, 12_500.0]) && warnings.is_empty(), "{found:?} {warnings:?}");
    // What the configuration says holds.
    for (marks, first) in
        [(NumberMarks { decimal: Some(','), thousands: None }, 1.011), (NumberMarks { decimal: None, thousands: Some(',') }, 1011.0)]
    {
        for second in ["900;y", "2;y"] {
            let (found, warnings) = between_semicolons("price;b", &["1,011;x", second], marks);
            assert!((found[0] - first).abs() < 1e-3 * first && warnings.is_empty(), "{found:?} {warnings:?}");
        }
    }
}

/// Semicolons alone make no thousands of decimal points, and least of all beside a column that has some.
#[test]
fn decimal_points_between_semicolons() {
    let rows = |header: &str, cell: &dyn Fn(usize) -> String| -> String {
        std::iter::once(header.to_owned()).chain((0..60).map(cell)).collect::<Vec<_>>().join("\n") + "\n"
    };
    let folder = Folder::new();
    for (header, other) in [("speed;w;task", "0.64;"), ("speed;task", "")] {
        let table = folder
            .table("t.csv", rows(header, &|row| format!("{}.{:03};{other}{}", row % 90 + 2, row * 7 % 900 + 100, ["a", "b"][row % 2])));
        assert_eq!(infer_input(&table, &table.columns[0]).reason, "numbers");
        assert_eq!(table.number_marks(), NumberMarks::default());
    }
}

#[test]
fn sets_of_numbers() {
    let task = as_task(|row| ["2,4", "3", "1,2", "1,3", "3,4"][row % 5].to_owned());
    assert_eq!((task.kind, task.classes.len()), (TaskKind::Multilabel, 4), "{}", task.reason);
    assert_eq!(as_input(|row| ["108,115,109", "115", "109,108", "108", "109,115"][row % 5].to_owned()).0, Some(InputKind::Set));
}

#[test]
fn a_minus_of_typography() {
    assert_eq!(as_input(|row| format!("\u{2212}{}.25", row * 7)), (Some(InputKind::Number), "numbers".to_owned()));
    assert!(numbers(&csv("x,task\n\u{2212}2.5,u\n1,v\n4,u\n"), "x")[0] + 2.5 < 1e-5);
}

#[test]
fn currencies_percents_and_units() {
    for (cell, words) in [
        (&(|row: usize| format!("${}.50", row * 37)) as &dyn Fn(usize) -> String, "numbers with \"$\" before"),
        (&|row: usize| format!("{} %", row * 3), "whole numbers with \"%\" behind"),
        (&|row: usize| format!("{},5 €", row * 3), "numbers with a decimal comma, \"€\" behind"),
        (&|row: usize| format!("{} kg", 40 + row * 3), "whole numbers with \"kg\" behind"),
        (&|row: usize| if row == 1 { "1 year".to_owned() } else { format!("{} years", row * 2) }, "whole numbers with \"year\" behind"),
    ] {
        assert_eq!(as_input(cell), (Some(InputKind::Number), words.to_owned()));
    }
    assert_ne!(as_input(|row| format!("{row} {}", ["kg", "g"][row % 2])).0, Some(InputKind::Number), "units that differ");
}

#[test]
fn telephone_numbers_are_no_vectors() {
    for cell in [
        |row: usize| format!("084 4264{row:02}"),
        |row: usize| format!("555 1{row:02} 45{row:02}"),
        |row: usize| format!("+49 30 1234{row:02}"),
    ] {
        let (kind, reason) = as_input(cell);
        assert!(!matches!(kind, Some(InputKind::Vector | InputKind::Number)), "{kind:?}: {reason}");
    }
}

#[test]
fn the_configuration_gives_the_marks() {
    let folder = Folder::new();
    let path = folder.file("t.csv", "x|task\n1,234|u\n2,500|v\n3,125|u\n");
    let marks = NumberMarks { decimal: Some(','), thousands: None };
    let table = Table::read(&path, &ReadOptions { numbers: marks, delimiter: Some('|'), ..ReadOptions::default() }).unwrap();
    for (read, expected) in numbers(&table, "x").iter().zip([1.234, 2.5, 3.125]) {
        assert!((read - expected).abs() < 1e-5, "{read} {expected}");
    }
}

#[test]
fn new_rows_are_read_as_the_training_rows() {
    let train = csv("x;task\n6,4;u\n10,5;v\n1,25;u\n");
    let rows = all(&train);
    let schema =
        Schema::fit(&train, &rows, &inputs(&[("x", InputKind::Number)]), &targets(&[("task", TaskKind::Binary)]), Default::default())
            .unwrap();
    let read = |table: &Table| {
        Dataset::encode(table, &all(table), &schema, EncodeOptions::default()).map(|_| ()).map_err(|error| error.to_string())
    };
    // One row alone does not tell a decimal comma from one between thousands; a plain number is one anywhere.
    assert_eq!(read(&csv("x;task\n1,234;u\n")), Ok(()));
    assert_eq!(read(&csv("x,task\n6.4,u\n")), Ok(()));
    assert!(read(&csv("x,task\n1.234,u\n")).unwrap_err().contains("\"1.234\" is not a number"));
}

#[test]
fn stray_words_in_a_numeric_target() {
    for word in ["<5", "$105", "unknown"] {
        let task = as_task(|row| if row == 3 { word.to_owned() } else { format!("{}", row * 7) });
        assert_eq!(task.kind, TaskKind::Regression, "{word}");
        assert!(
            task.reason.contains(&format!("cells like \"{word}\" in")) && task.reason.contains("line 5; list it under data.missing"),
            "{}",
            task.reason
        );
    }
}

#[test]
fn list_literals() {
    for cells in [
        ["['Action', 'Drama']", "['Drama']", "[]"],
        ["[\"Action\", \"Drama\"]", "[\"Drama\"]", "[]"],
        ["{'Action', 'Drama'}", "{'Drama'}", "set()"],
    ] {
        let quoted = |row: usize| cells[row % 3].replace('"', "\"\"");
        let task = as_task(quoted);
        assert_eq!((task.kind, task.classes), (TaskKind::Multilabel, vec!["Action".to_owned(), "Drama".to_owned()]), "{cells:?}");
        assert_eq!(as_input(quoted).0, Some(InputKind::Set));
    }
    let tokens = csv("tokens,tags\n\"['EU', 'rejects', 'it']\",\"['B-ORG', 'O', 'O']\"\n\"['Peter']\",\"['B-PER']\"\n");
    let task = infer_task(&tokens, "tags").unwrap();
    assert_eq!((task.kind, task.on.as_deref()), (TaskKind::Spans, Some("tokens")));
}

#[test]
fn class_names_with_commas() {
    let task = as_task(|row| ["Yes, always", "Yes, sometimes", "No"][row % 3].to_owned());
    assert_eq!((task.kind, task.classes.len()), (TaskKind::Classification, 3));
    assert_eq!(as_input(|row| ["Manager, sales", "Clerk, sales", "Clerk, production"][row % 3].to_owned()).0, Some(InputKind::Category));
    let task = as_task(|row| ["cheese, ham", "ham", "cheese", "cheese, mushrooms, ham", "mushrooms"][row % 5].to_owned());
    assert_eq!((task.kind, task.classes.len()), (TaskKind::Multilabel, 3));
}

#[test]
fn class_names_with_semicolons() {
    let task = as_task(|row| ["Yes; always", "Yes; sometimes", "No"][row % 3].to_owned());
    assert_eq!((task.kind, task.classes.len()), (TaskKind::Classification, 3));
}

/// Where a cell is the empty list, the other cells are lists, however few of them hold two names.
#[test]
fn the_empty_list_beside_names() {
    let task = as_task(|row| ["[]", "warm|hot", "dry", "dry", "[]", "dry"][row % 6].to_owned());
    assert_eq!((task.kind, task.separator.as_deref(), task.classes.len()), (TaskKind::Multilabel, Some("|"), 3), "{}", task.reason);
    assert_eq!(as_task(|row| ["[]", "dry", "warm"][row % 3].to_owned()).kind, TaskKind::Multilabel);
}

#[test]
fn the_empty_set_is_known() {
    let known = |table: &Table| {
        let rows = all(table);
        let schema = Schema::fit(table, &rows, &[], &targets(&[("task", TaskKind::Multilabel)]), Default::default()).unwrap();
        Dataset::encode(table, &rows, &schema, EncodeOptions::default()).unwrap().0.known_mask(0).to_vec()
    };
    assert_eq!(known(&csv("task\na;b\n[]\nb\n\"\"\n")), [true, true, true, false]);
    let folder = Folder::new();
    let lists = "{\"task\": [\"a\", \"b\"]}\n{\"task\": []}\n{\"task\": [\"b\"]}\n{\"task\": null}\n";
    assert_eq!(known(&folder.table("t.jsonl", lists)), [true, true, true, false]);
}

#[test]
fn lists_that_are_written_are_read() {
    let folder = Folder::new();
    for lists in [
        vec![vec!["a", "b"], vec![], vec!["b"]],
        vec![vec!["Yes, always", "No"], vec![], vec!["a;b|c"]],
        vec![vec!["red car"], vec!["red car", "it's \"new\""], vec![]],
    ] {
        let mut lists: Vec<Vec<String>> = lists.into_iter().map(|list| list.into_iter().map(str::to_owned).collect()).collect();
        lists.extend(lists.clone());
        for format in ["csv", "tsv", "jsonl", "parquet"] {
            let path = folder.path().join(format!("lists.{format}"));
            write(&path, &[OutputColumn::new("task", OutputValues::Lists(lists.clone()))]).unwrap();
            let table = Table::read(&path, &ReadOptions::default()).unwrap();
            let rows = all(&table);
            let schema = Schema::fit(&table, &rows, &[], &targets(&[("task", TaskKind::Multilabel)]), Default::default()).unwrap();
            let mut expected: Vec<&String> = lists.iter().flatten().collect();
            expected.sort();
            expected.dedup();
            assert_eq!(schema.targets[0].classes().iter().collect::<Vec<_>>(), expected, "{format}");
            assert_eq!(schema.targets[0].known_rows(), 6, "{format}");
        }
    }
}

#[test]
fn labels_keep_their_spelling() {
    let table = column(|row| ["True", "False"][row % 2].to_owned());
    let fit = |table: &Table, classes: Option<[&str; 2]>| {
        let mut targets = targets(&[("value", TaskKind::Binary)]);
        if let Some(classes) = classes {
            let classes = Some(classes.map(str::to_owned).to_vec());
            targets[0].1 = banyan_data::labels::TargetConfig::new(banyan_data::labels::BinarySettings { classes }, "value");
        }
        Schema::fit(table, &all(table), &[], &targets, Default::default()).unwrap()
    };
    let schema = fit(&table, None);
    assert_eq!(schema.targets[0].classes(), ["False", "True"]);
    assert_eq!(schema.targets[0].counts(), [30, 30]);
    // The same labels in other spellings.
    let folder = Folder::new();
    let other = folder.table("t.jsonl", "{\"value\": true}\n{\"value\": false}\n{\"value\": \"TRUE\"}\n");
    let (data, _) = Dataset::encode(&other, &all(&other), &schema, EncodeOptions::default()).unwrap();
    assert_eq!(data.known_mask(0), [true, true, true]);
    assert_eq!(fit(&other, None).targets[0].classes(), ["false", "true"]);
    assert_eq!(fit(&table, Some(["FALSE", "TRUE"])).targets[0].classes(), ["FALSE", "TRUE"]);
}

#[test]
fn truth_values_are_numbers_however_they_are_written() {
    let folder = Folder::new();
    let table = folder.table("num.jsonl", "{\"x\": true, \"task\": \"u\"}\n{\"x\": false, \"task\": \"v\"}\n{\"x\": 1, \"task\": \"u\"}\n");
    let text = csv("x,task\nTrue,u\nFALSE,v\n1,u\n");
    assert_eq!(numbers(&table, "x"), numbers(&text, "x"));
    assert_eq!(text.columns[0].cell(0), Cell::Text("True"));
}
