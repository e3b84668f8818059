//! Types that columns look like.

use banyan_data::infer::{infer_inputs, infer_task};
use banyan_data::inputs::InputKind;
use banyan_data::labels::TaskKind;

use crate::support::{Folder, csv};

/// Thirty rows of one column, as CSV.
fn column(cell: impl Fn(usize) -> String) -> (Option<InputKind>, String) {
    let rows: String = (0..30).map(|row| format!("\"{}\",1\n", cell(row))).collect();
    let inferred = infer_inputs(&csv(&format!("value,task\n{rows}")), &["task".to_owned()]);
    assert_eq!(inferred.len(), 1);
    (inferred[0].kind, inferred[0].reason.clone())
}

#[test]
fn kinds_of_input() {
    let kind = |cell: fn(usize) -> String| column(cell).0;
    assert_eq!(kind(|row| format!("{}", row as f64 * 0.37)), Some(InputKind::Number));
    assert_eq!(kind(|row| format!("{}", row * 3)), Some(InputKind::Number));
    assert_eq!(kind(|row| ["red", "green", "blue"][row % 3].to_owned()), Some(InputKind::Category));
    assert_eq!(kind(|row| format!("{:03}", row % 7)), Some(InputKind::Category));
    assert_eq!(kind(|row| format!("2024-01-{:02}", row + 1)), Some(InputKind::Date));
    assert_eq!(kind(|row| format!("{}.12.2024", row + 1)), Some(InputKind::Date));
    assert_eq!(kind(|row| format!("{} 0.5 -1", row)), Some(InputKind::Vector));
    assert_eq!(kind(|row| format!("[{row}, 1e-3]")), Some(InputKind::Vector));
    assert_eq!(kind(|row| ["a;b", "b", "a;c", "c;b"][row % 4].to_owned()), Some(InputKind::Set));
    assert_eq!(kind(|row| format!("the number {row} is a fine number")), Some(InputKind::Text));
    assert_eq!(kind(|row| "C(=O)N1CC".repeat(row % 5 + 1) + &row.to_string()), Some(InputKind::Text));
}

#[test]
fn columns_better_left_out() {
    let refused = |cell: fn(usize) -> String, words: &str| {
        let (kind, reason) = column(cell);
        assert_eq!(kind, None, "{reason}");
        assert!(reason.contains(words), "{reason}");
    };
    refused(|_| String::new(), "every cell is empty");
    refused(|_| "same".to_owned(), "constant: every value is \"same\"");
    refused(|row| format!("{}", row + 100), "looks like an identifier");
    refused(|row| format!("key{row}"), "every value is different: looks like an identifier");
    refused(|row| format!("0{}/0{}/2004", row % 9 + 1, (row + 1) % 9 + 1), "day first or month first");
    refused(|row| format!("{row}.png"), "names of images that are not there: no \"0.png\"");
}

#[test]
fn a_stray_word_among_numbers_is_named() {
    let (_, reason) = column(|row| if row == 4 { "unknown".to_owned() } else { format!("{}", row % 10) });
    assert!(reason.contains("cells like \"unknown\" in") && reason.contains("line 6"), "{reason}");
}

#[test]
fn paths_of_files_that_are_there() {
    let folder = Folder::new();
    folder.gray("images/a.png", 4, 4, 9);
    folder.tone("sounds/a.wav", 440.0, 8000, 0.1);
    let table = folder.table("t.csv", "picture,sound\nimages/a.png,sounds/a.wav\nimages/a.png,\nimages/b.PNG,sounds/b.wav\n");
    let kinds: Vec<Option<InputKind>> = infer_inputs(&table, &[]).into_iter().map(|input| input.kind).collect();
    assert_eq!(kinds, [Some(InputKind::Image), Some(InputKind::Audio)]);
}

#[test]
fn lists_of_json() {
    let rows = concat!(
        r#"{"v": [1, 2], "r": [1], "s": ["a", "b"], "w": ["to", "be", "to"], "o": {"x": 1}, "b": true}"#,
        "\n",
        r#"{"v": [3, null], "r": [1, 2], "s": [], "w": ["or", "or"], "o": null, "b": false}"#,
    );
    let inferred = infer_inputs(&Folder::new().table("t.jsonl", rows), &[]);
    let kinds: Vec<Option<InputKind>> = inferred.iter().map(|input| input.kind).collect();
    assert_eq!(kinds, [Some(InputKind::Vector), None, Some(InputKind::Set), Some(InputKind::Text), None, Some(InputKind::Category)]);
}

fn task(cell: impl Fn(usize) -> String) -> Result<(TaskKind, Vec<String>), String> {
    let rows: String = (0..60).map(|row| format!("{},\"{}\"\n", row, cell(row))).collect();
    infer_task(&csv(&format!("x,label\n{rows}")), "label").map(|task| (task.kind, task.classes)).map_err(|error| error.to_string())
}

#[test]
fn kinds_of_task() {
    assert_eq!(task(|row| format!("{}", row % 2)).unwrap(), (TaskKind::Binary, vec!["0".to_owned(), "1".to_owned()]));
    assert_eq!(task(|row| format!("{}.0", row % 2)).unwrap().1, ["0", "1"]);
    assert_eq!(task(|row| format!("{}", row % 11)).unwrap().1[10], "10");
    assert_eq!(task(|row| format!("{}", row as f64 * 0.1)).unwrap(), (TaskKind::Regression, vec![]));
    assert_eq!(task(|row| ["cat", "dog", "cow"][row % 3].to_owned()).unwrap().0, TaskKind::Classification);
    assert_eq!(
        task(|row| ["a|b", "b|c", "a"][row % 3].to_owned()).unwrap(),
        (TaskKind::Multilabel, ["a", "b", "c"].map(str::to_owned).to_vec())
    );
}

#[test]
fn columns_that_are_no_task() {
    assert!(task(|_| String::new()).unwrap_err().contains("has no label"));
    assert!(task(|_| "yes".to_owned()).unwrap_err().contains("all 60 labels are \"yes\""));
    assert!(task(|row| format!("name {row}")).unwrap_err().contains("60 different labels for 60 rows"));
    let error = infer_task(&csv("digit\n1\n"), "digits").unwrap_err().to_string();
    assert!(error.ends_with("has no column \"digits\"; did you mean \"digit\"?"), "{error}");
}

#[test]
fn lists_of_databases_and_of_python_are_sets() {
    for cell in [
        (|row| format!("{{a{},b}}", row % 3)) as fn(usize) -> String,
        |row| format!("[a{}, b]", row % 3),
        |row| if row % 2 == 0 { "frozenset()".to_owned() } else { format!("frozenset({{'a{}', 'b'}})", row % 3) },
    ] {
        let (kind, reason) = column(cell);
        assert_eq!((kind, reason.contains("lists of names")), (Some(InputKind::Set), true), "{reason}");
    }
}

#[test]
fn dates_of_cameras_and_databases() {
    for cell in [
        (|row| format!("2024:01:{:02} 10:{row:02}:00", row % 28 + 1)) as fn(usize) -> String,
        |row| format!("{:02}-JAN-24", row + 1),
        |row| format!("{:02}-JAN-24 10.{row:02}.00.000000 AM", row + 1),
    ] {
        assert_eq!(column(cell).0, Some(InputKind::Date));
    }
}

/// What R, readr and pandas number the rows with, of which some were taken out.
#[test]
fn numbers_of_rows_are_left_out_under_names_that_quantities_have_too() {
    let of = |name: &str, cell: fn(usize) -> usize| {
        let rows: String = (0..30).map(|row| format!("{},{}\n", cell(row), row % 2)).collect();
        infer_inputs(&csv(&format!("{name},task\n{rows}")), &["task".to_owned()])[0].kind
    };
    for name in ["X", "X1", "rownames", "index", "Unnamed: 0.1"] {
        assert_eq!(of(name, |row| row * 7 / 2 + 2), None, "{name}");
    }
    assert_eq!(of("X", |row| row * 10), Some(InputKind::Number));
    assert_eq!(of("X", |row| row % 9), Some(InputKind::Number));
    assert_eq!(of("width", |row| row * 7 / 2 + 2), Some(InputKind::Number));
}

#[test]
fn names_of_several_words_are_texts_though_each_comes_once() {
    let names = ["grinning", "smiling", "red", "blue", "party", "old"];
    let (kind, reason) =
        column(|row| format!("{}{}", names[row % 6], [" face", "", " heart", " cat", "", ""][row / 6]) + &"x".repeat(row / 6));
    assert_eq!((kind, reason.as_str()), (Some(InputKind::Text), "short texts, hardly one twice"));
    assert_eq!(column(|row| format!("key {row}")).1, "texts of several words");
}

#[test]
fn quantities_in_several_units_are_named() {
    let hint = "; as numbers alone, all in one unit, they could be read as such)";
    for (cell, examples) in [
        ((|row| format!("{} {}", row + 5, ["kg", "g"][row % 2])) as fn(usize) -> String, "\"5 kg\" and \"6 g\""),
        (|row| format!("~{}", row * 3), "\"~0\" and \"~3\""),
        (|row| if row % 2 == 0 { format!("{}k", row + 20) } else { format!("1.{row}M") }, "\"20k\" and \"1.1M\""),
    ] {
        let (_, reason) = column(cell);
        assert!(reason.contains(&format!("(quantities such as {examples}{hint}")), "{reason}");
        let rows: String = (0..30).map(|row| format!("{row}.5,{}\n", cell(row))).collect();
        let error = infer_task(&csv(&format!("x,y\n{rows}")), "y").unwrap_err().to_string();
        assert!(error.ends_with("; write them as numbers alone, all in one unit, for a regression"), "{error}");
    }
}
