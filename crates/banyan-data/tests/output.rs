//! Written results are read back as they were.

use banyan_data::output::{OutputColumn, OutputFormat, OutputValues, write, write_to};
use banyan_data::table::{Cell, Column, ReadOptions, Table};

fn texts(values: &[&str]) -> Vec<String> {
    values.iter().map(|value| (*value).to_owned()).collect()
}

#[test]
fn every_format_gives_back_what_was_written() {
    let folder = tempfile::tempdir().unwrap();
    let numbers = vec![0.1_f32.into(), -3.0, f64::NAN, 1.0 / 3.0];
    let names = texts(&["a, \"b\"", "ü\tx", "line\nbreak", "plain"]);
    let lists = vec![texts(&["x", "y;z"]), texts(&["x"]), texts(&["y;z", "x"]), texts(&["x", "w"])];
    let columns = [
        OutputColumn::new("number", OutputValues::Numbers(numbers.clone())),
        OutputColumn::new("the name", OutputValues::Texts(names.clone())),
        OutputColumn::new("list", OutputValues::Lists(lists.clone())),
    ];
    for (ending, has_lists) in [("csv", false), ("tsv", false), ("jsonl", true), ("ndjson", true), ("parquet", true)] {
        let path = folder.path().join(format!("results.{ending}"));
        write(&path, &columns).unwrap();
        let table = Table::read(&path, &ReadOptions::default()).unwrap();
        assert_eq!(table.rows(), 4, "{ending}");
        let read: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(read, ["number", "the name", "list"], "{ending}");
        for row in 0..4 {
            match table.columns[0].cell(row) {
                Cell::Missing => assert!(numbers[row].is_nan(), "{ending}, row {row}"),
                Cell::Number(value) => assert_eq!(value as f32, numbers[row] as f32, "{ending}, row {row}"),
                Cell::Text(text) => assert_eq!(text.parse::<f64>().unwrap() as f32, numbers[row] as f32, "{ending}, row {row}"),
                other => panic!("{ending}, row {row}: {other:?}"),
            }
            assert_eq!(table.columns[1].cell(row), Cell::Text(&names[row]), "{ending}, row {row}");
            match table.columns[2].cell(row) {
                Cell::Texts(members) => assert_eq!(members, lists[row], "{ending}, row {row}"),
                Cell::Text(text) => assert_eq!((has_lists, text), (false, lists[row].join("|").as_str()), "{ending}, row {row}"),
                other => panic!("{ending}, row {row}: {other:?}"),
            }
        }
    }
    let left: Vec<String> = folder.path().read_dir().unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert!(left.iter().all(|name| !name.ends_with(".new")), "{left:?}");
}

#[test]
fn numbers_keep_every_digit_of_a_double() {
    let (third, mut text) = (1.0 / 3.0, Vec::new());
    write_to(&mut text, OutputFormat::JsonLines, &[OutputColumn::new("x", OutputValues::Numbers(vec![third]))]).unwrap();
    let value: serde_json::Value = serde_json::from_slice(&text).unwrap();
    assert_eq!(value["x"].as_f64(), Some(third));
}

#[test]
fn sentences_come_back_from_conll_u_plus() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("results.conllup");
    let words = vec![texts(&["In", "New York", "_"]), texts(&["Oh"]), vec![]];
    let tags = vec![texts(&["O", "", "X"]), vec![], vec![]];
    let spans = vec![texts(&["O", "B-LOC", "O"]), texts(&["O"]), vec![]];
    let columns = [
        OutputColumn::new("the genre", OutputValues::Texts(texts(&["news", "", "a\tb"]))),
        OutputColumn::new("score", OutputValues::Numbers(vec![0.5, f64::NAN, 1.0])),
        OutputColumn::new("words", OutputValues::Lists(words.clone())),
        OutputColumn::new("upos", OutputValues::Lists(tags.clone())),
        OutputColumn::new("ner x", OutputValues::Lists(spans.clone())),
    ];
    write(&path, &columns).unwrap();
    assert_eq!(
        std::fs::read_to_string(&path).unwrap(),
        "# global.columns = ID FORM UPOS NER_X\n# the_genre = news\n# score = 0.5\n1\tIn\tO\tO\n2\tNew York\t_\tB-LOC\n3\t_\tX\tO\n\n\
         1\tOh\t_\tO\n\n# the_genre = a b\n# score = 1\n1\t_\t_\t_\n\n"
    );
    let table = Table::read(&path, &ReadOptions::default()).unwrap();
    assert_eq!(table.rows(), 3);
    assert_eq!(table.column("tokens").unwrap().cell(0), Cell::Texts(&words[0]));
    assert_eq!(table.column("upos").unwrap().cell(0), Cell::Texts(&tags[0]));
    assert_eq!(table.column("upos").unwrap().cell(1), Cell::Missing);
    assert_eq!(table.column("ner_x").unwrap().cell(1), Cell::Texts(&spans[1]));

    let problem = |columns: &[OutputColumn]| write_to(&mut Vec::new(), OutputFormat::ConllUPlus, columns).unwrap_err().to_string();
    assert_eq!(problem(&columns[..2]), "cannot write the results: no column holds words; write a .csv, .jsonl or .parquet file");
    let twice = [columns[2].clone(), columns[3].clone(), OutputColumn::new("UPOS", columns[3].values.clone())];
    assert_eq!(problem(&twice), "cannot write the results: two columns would be named UPOS; give one of the tasks another name");
    let odd = vec![texts(&["a", "b"]), vec![], vec![]];
    assert_eq!(
        problem(&[columns[2].clone(), OutputColumn::new("labels", OutputValues::Lists(odd))]),
        "cannot write the results: \"labels\" has 2 labels in row 1 where \"words\" has 3 words; write a .jsonl or .parquet file"
    );
}

#[test]
fn mistakes_are_sentences() {
    let folder = tempfile::tempdir().unwrap();
    let (two, one) = ([1.0, 2.0], [1.0]);
    let column = |name: &str, values: &[f64]| OutputColumn::new(name, OutputValues::Numbers(values.to_vec()));
    let problem = |name: &str, columns: &[OutputColumn]| {
        let error = write(&folder.path().join(name), columns).unwrap_err().to_string();
        error.replace(&format!("{}/", folder.path().display()), "")
    };
    assert_eq!(
        problem("a.xlsx", &[]),
        "cannot write a.xlsx: its ending names no known format; results are written to .csv, .tsv, .jsonl, .ndjson, .parquet or .conllup files"
    );
    assert_eq!(
        problem("a.csv", &[column("a", &two), column("b", &one)]),
        "cannot write a.csv: column \"b\" has 1 rows where the first has 2"
    );
    assert_eq!(
        problem("a.csv", &[column("a", &two), column("a", &two)]),
        "cannot write a.csv: two columns would be named \"a\"; give one of the tasks another name"
    );
    assert!(problem("none/a.csv", &[column("a", &two)]).starts_with("cannot write none/a.csv: "));
    assert_eq!(folder.path().read_dir().unwrap().count(), 0, "what could not be finished is gone");
}

#[test]
fn cells_of_a_table_are_written_as_they_were_read() {
    let folder = tempfile::tempdir().unwrap();
    let column = |name: &str, cells: &[Cell<'_>]| {
        let mut column = Column::new(name);
        cells.iter().for_each(|cell| column.push(*cell));
        column
    };
    let words = texts(&["x;y", "z"]);
    let columns = [
        column("id", &[Cell::Number(7.0), Cell::Missing, Cell::Number(-2.0)]),
        column("size", &[Cell::Number(0.1), Cell::Number(3.0), Cell::Missing]),
        column("old", &[Cell::Boolean(true), Cell::Missing, Cell::Boolean(false)]),
        column("key", &[Cell::Text("007"), Cell::Text("1.50"), Cell::Text("NA")]),
        column("words", &[Cell::Texts(&words), Cell::Missing, Cell::Texts(&words[1..])]),
        column("vector", &[Cell::Numbers(&[1.0, 0.5]), Cell::Missing, Cell::Numbers(&[3.0])]),
        column("mixed", &[Cell::Number(1.0), Cell::Text("one"), Cell::Missing]),
    ];
    let outputs: Vec<OutputColumn> =
        columns.iter().map(|column| OutputColumn::new(column.name.clone(), OutputValues::Cells(column.clone()))).collect();
    let mut options = ReadOptions::default();
    options.missing.clear();
    for ending in ["csv", "tsv", "jsonl", "parquet"] {
        let path = folder.path().join(format!("cells.{ending}"));
        write(&path, &outputs).unwrap();
        let table = Table::read(&path, &options).unwrap();
        for column in &columns {
            let read = table.column(&column.name).unwrap();
            for (cell, found) in column.cells().zip(read.cells()) {
                let context = format!("{ending}, {}: {cell:?} became {found:?}", column.name);
                match (ending, cell, found) {
                    ("csv" | "tsv", Cell::Texts(members), Cell::Text(text)) => assert_eq!(text, members.join("|"), "{context}"),
                    ("csv" | "tsv", Cell::Numbers([1.0, 0.5]), Cell::Text(text)) => assert_eq!(text, "[1, 0.5]", "{context}"),
                    ("csv" | "tsv", Cell::Numbers(_), Cell::Text(text)) => assert_eq!(text, "[3]", "{context}"),
                    ("csv" | "tsv", Cell::Number(_) | Cell::Boolean(_), Cell::Text(text)) => {
                        assert_eq!(Some(text), cell.name().as_deref(), "{context}");
                    }
                    // A column of Parquet has one type.
                    ("parquet", Cell::Number(1.0), Cell::Text("1")) if column.name == "mixed" => {}
                    (_, cell, found) => assert_eq!(cell, found, "{context}"),
                }
            }
        }
    }
}
