//! What the audit finds, and how it reads.

use banyan_data::audit::{Audit, AuditPart, Role, audit};
use banyan_data::inputs::InputKind;
use banyan_data::labels::TaskKind;
use banyan_data::table::Table;

use crate::support::{Folder, all, csv, inputs, targets};

fn look(train: &Table, test: &Table, wanted: &[(&str, InputKind)], tasks: &[(&str, TaskKind)]) -> Audit {
    let (train_rows, test_rows) = (all(train), all(test));
    let parts = [AuditPart { name: "train", table: train, rows: &train_rows }, AuditPart { name: "test", table: test, rows: &test_rows }];
    audit(&parts, &inputs(wanted), &targets(tasks)).unwrap()
}

#[test]
fn missing_duplicates_leaks_and_classes() {
    let train = csv("a,b,y,z,note\n1,p,no,1,k1\n1,p,no,1,k2\n2,,yes,,k3\n3,q,no,,k4\n,,,,k5\n");
    let test = csv("a,y,b\n1,no,q\n2,yes,\n9,maybe,p\n");
    let found = look(
        &train,
        &test,
        &[("a", InputKind::Number), ("b", InputKind::Category)],
        &[("y", TaskKind::Classification), ("z", TaskKind::Regression)],
    );
    let part = &found.parts[0];
    assert_eq!((part.rows, part.duplicates, part.all_labels, part.some_labels, part.no_labels, part.no_inputs), (5, 1, 2, 2, 1, 1));
    assert_eq!((found.leaks.len(), found.leaks[0].rows), (1, 1));
    assert!(found.leaks[0].examples[0].ends_with("train.csv, line 3"));
    let column = |name: &str| found.columns.iter().find(|column| column.name == name).unwrap();
    assert_eq!(column("b").missing, [Some(0.4), Some(1.0 / 3.0)]);
    assert_eq!((column("z").missing[1], column("z").constant), (None, true));
    assert_eq!((column("note").role, column("a").role, column("y").role), (Role::Unused, Role::Input, Role::Task));
    let task = &found.tasks[0];
    assert_eq!(
        (task.known.as_slice(), task.imbalance, task.unseen.as_slice()),
        ([4, 3].as_slice(), Some(3.0), ["maybe".to_owned()].as_slice())
    );
    assert_eq!((task.classes[0].name.as_str(), task.classes[0].counts.as_slice()), ("no", [3, 1].as_slice()));

    let json = serde_json::to_value(&found).unwrap();
    let keys: Vec<&String> = json.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["columns", "giveaways", "leaks", "media", "parts", "sentences", "tasks"]);
    assert_eq!(json["sentences"], serde_json::json!([]), "audits of kinds that no input has are empty lists");
    let text = found.to_string();
    for line in [
        "- 1 of the test rows are in train too, the first at ",
        "- column \"z\" has one value in every row",
        "- 1 of the train rows come more than once",
        "- 1 of the train rows have no input",
        "- task \"y\": no training row has the class maybe",
    ] {
        assert!(text.contains(line), "{text}");
    }
}

#[test]
fn columns_that_leak_a_label() {
    let rows: String = (0..40).map(|row| format!("{},{},{},{}\n", row % 4, row % 3, row, ["no", "yes"][row % 4 / 2])).collect();
    let table = csv(&format!("code,noise,unique,y\n{rows}"));
    let found = look(
        &table,
        &csv("y\nno\n"),
        &[("code", InputKind::Category), ("noise", InputKind::Category), ("unique", InputKind::Number)],
        &[("y", TaskKind::Binary)],
    );
    let names: Vec<&str> = found.leaking.iter().map(|leakage| leakage.column.as_str()).collect();
    assert_eq!(names, ["code"]);
    assert!(found.warnings().contains(&"column \"code\" leaks task \"y\": each of its 4 values goes with one label only".to_owned()));
}

#[test]
fn files_are_opened_and_compared_by_content() {
    let folder = Folder::new();
    folder.gray("train/a.png", 4, 4, 7);
    folder.gray("train/b.png", 4, 4, 8);
    folder.gray("test/other name.png", 4, 4, 7);
    folder.file("train/broken.png", "no picture");
    let train = folder.table("train.csv", "i,y\ntrain/a.png,0\ntrain/b.png,1\ntrain/broken.png,1\ntrain/none.png,0\n");
    let test = folder.table("test.csv", "i,y\ntest/other name.png,0\n");
    let found = look(&train, &test, &[("i", InputKind::Image)], &[("y", TaskKind::Binary)]);
    assert_eq!((found.media[0].files, found.media[0].unreadable), (5, 2));
    assert_eq!(found.media[0].examples, ["train/broken.png is not a PNG, JPEG or WebP image", "train/none.png does not exist"]);
    assert_eq!((found.leaks.len(), found.leaks[0].rows), (1, 1));
}

#[test]
fn nothing_to_worry_about() {
    let train = csv("a,y\n1,p\n2,q\n3,p\n4,q\n");
    let found = look(&train, &csv("a,y\n5,p\n6,q\n"), &[("a", InputKind::Number)], &[("y", TaskKind::Binary)]);
    assert_eq!(found.warnings(), Vec::<String>::new());
    assert!(found.to_string().ends_with("Nothing to worry about was found."));
}

/// A sample of a frame that was sorted by class, with its index.
#[test]
fn numbers_of_rows_that_go_with_a_label_are_told() {
    let row = |at: usize| {
        let place = at * 37 % 60;
        format!("{},{},{}\n", place * 3 + place % 2, at * 7 % 13, ["a", "b", "c"][place / 20])
    };
    let table = csv(&format!("index_of_frame,x,y\n{}", (0..60).map(row).collect::<String>()));
    let wanted = [("index_of_frame", InputKind::Number), ("x", InputKind::Number)];
    let found = look(&table, &table, &wanted, &[("y", TaskKind::Classification)]);
    assert_eq!(found.numberings.len(), 1);
    let warning = "column \"index_of_frame\" numbers the rows, and task \"y\" goes with its order: 3 classes in 3 stretches; leave the input out \
                   unless new rows have such numbers";
    assert!(found.warnings().iter().any(|found| found == warning), "{:?}", found.warnings());
}

#[test]
fn numbers_of_rows_and_quantities_that_give_nothing_away_are_not() {
    type Row = (i64, &'static str);
    let cells: [fn(usize) -> Row; 4] = [
        // Rows that are numbered, of shuffled classes.
        |at| (at as i64, ["a", "b", "c"][at * at * 7 % 11 % 3]),
        // Seconds, of a class that changed once.
        |at| (1_700_000_000 + at as i64 * 3600, ["a", "b"][at / 30]),
        // A quantity with values that come again.
        |at| (at as i64 / 2, ["a", "b"][at / 30]),
        // One row of a rare class.
        |at| (at as i64, if at == 59 { "b" } else { "a" }),
    ];
    for cell in cells {
        let rows: String = (0..60).map(|at| format!("{},{}\n", cell(at).0, cell(at).1)).collect();
        let table = csv(&format!("n,y\n{rows}"));
        let found = look(&table, &table, &[("n", InputKind::Number)], &[("y", TaskKind::Classification)]);
        assert_eq!(found.numberings, [], "{:?}", cell(1));
    }
}
