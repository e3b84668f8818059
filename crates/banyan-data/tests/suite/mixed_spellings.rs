//! Columns that are spelled in one way here and in another there, and files whose rows do not line up: each stands for a report from the field.

use banyan_data::dataset::{Dataset, EncodeOptions, Purpose};
use banyan_data::inputs::{InputKind, InputValues};
use banyan_data::labels::TaskKind;
use banyan_data::number_format::NumberMarks;
use banyan_data::output::{OutputColumn, OutputValues, write};
use banyan_data::schema::Schema;
use banyan_data::table::{Cell, ReadOptions, Table};

use crate::support::{Folder, all, csv, inputs, targets};

fn fit(table: &Table, input: InputKind, task: TaskKind) -> Schema {
    Schema::fit(table, &all(table), &inputs(&[("p", input)]), &targets(&[("y", task)]), Default::default()).unwrap()
}

/// The numbers of a table's only input, as the schema standardizes them.
fn encoded(table: &Table, schema: &Schema) -> Vec<f32> {
    let options = EncodeOptions { purpose: Purpose::Use, ..EncodeOptions::default() };
    let (data, _) = Dataset::encode(table, &all(table), schema, options).unwrap();
    let InputValues::Number(values) = data.batch(&all(table)).unwrap().inputs.swap_remove(0).values else { panic!("numbers") };
    values
}

/// Numbers whose points stood between thousands in training do so in every table, whatever else is in it.
#[test]
fn points_between_thousands_stay_what_they_were_in_training() {
    let rows: String = (0..60).map(|row| format!("{},25;{}.{:03};{}\n", row % 9, row % 12 + 1, row * 7, ["u", "v"][row % 2])).collect();
    let schema = fit(&csv(&format!("a;p;y\n{rows}")), InputKind::Number, TaskKind::Binary);
    let values = encoded(&csv("p\n9.001\n9001\n2.000\n12.5\n"), &schema);
    assert_eq!(values[0], values[1]);
    let of_texts = Folder::new().table("t.jsonl", "{\"p\": \"9.001\"}\n{\"p\": \"9001\"}\n{\"p\": \"2.000\"}\n{\"p\": \"12.5\"}\n");
    assert_eq!(values, encoded(&of_texts, &schema));
}

/// Marks that are given are believed, also of numbers that have as many digits each.
#[test]
fn given_marks_settle_what_points_mean() {
    let folder = Folder::new();
    let rows: String = (0..60).map(|row| format!("{}.{:03};{}\n", row % 9 + 1, row * 7, ["u", "v"][row % 2])).collect();
    let path = folder.file("t.csv", format!("p;y\n{rows}"));
    let numbers = NumberMarks { decimal: Some(','), thousands: Some('.') };
    let table = Table::read(&path, &ReadOptions { numbers, ..ReadOptions::default() }).unwrap();
    let schema = fit(&table, InputKind::Number, TaskKind::Binary);
    let learned: &banyan_data::inputs::NumberSchema = schema.inputs[0].details.downcast().unwrap();
    assert!(learned.mean > 1000.0, "{}", learned.mean);
}

/// A column with decimal commas beside one with commas between thousands: no one mark is that of the table.
#[test]
fn marks_that_contradict_each_other_are_not_those_of_the_table() {
    let rows: String = (0..40).map(|row| format!("{},5;{}\n", row % 9, ["900", "37,900", "1,010,900"][row % 3])).collect();
    assert_eq!(csv(&format!("a;b\n{rows}")).number_marks(), NumberMarks::default());
}

/// What was learned from lists reads the lists that a delimited file holds, as `predict` writes them.
#[test]
fn lists_and_their_texts_in_delimited_files_are_one() {
    let folder = Folder::new();
    let lists = ["[\"warm\"]", "[\"hot\"]", "[\"warm\", \"hot\"]", "[]"];
    let rows: String = (0..40).map(|row| format!("{{\"p\": {}, \"y\": {}}}\n", lists[row % 4], lists[row / 2 % 4])).collect();
    let table = folder.table("t.jsonl", rows);
    let schema = fit(&table, InputKind::Set, TaskKind::Multilabel);
    let texts = csv("p,y\nwarm,hot;warm\nhot;warm,[]\n");
    let lists = folder.table("u.jsonl", "{\"p\": [\"warm\"], \"y\": [\"hot\", \"warm\"]}\n{\"p\": [\"hot\", \"warm\"], \"y\": []}\n");
    let batches = [&texts, &lists].map(|table| {
        let (data, report) = Dataset::encode(table, &all(table), &schema, EncodeOptions::default()).unwrap();
        assert!(report.warnings().is_empty(), "{report}");
        format!("{:?}", data.batch(&[0, 1]).unwrap())
    });
    assert_eq!(batches[0], batches[1]);
}

/// `-999` means none in every format.
#[test]
fn numbers_that_mean_none_do_so_in_every_format() {
    let folder = Folder::new();
    let options = ReadOptions { missing: vec!["-999".to_owned(), "none".to_owned()], ..ReadOptions::default() };
    for (name, content) in [("t.csv", "p\n1\n-999\n"), ("t.jsonl", "{\"p\": 1}\n{\"p\": -999}\n")] {
        let table = Table::read(&folder.file(name, content), &options).unwrap();
        assert_eq!((table.columns[0].cell(0), table.columns[0].cell(1)), (Cell::Number(1.0), Cell::Missing), "{name}");
    }
    let path = folder.path().join("t.parquet");
    write(&path, &[OutputColumn::new("p", OutputValues::Numbers(vec![1.0, -999.0]))]).unwrap();
    assert_eq!(Table::read(&path, &options).unwrap().columns[0].cell(1), Cell::Missing);
}

/// Lines that end with carriage returns alone: a quote swallows no row in silence.
#[test]
fn quotes_in_files_of_carriage_returns() {
    let folder = Folder::new();
    let row = |row: usize| match row {
        50 => "50\tu\t\"opens here".to_owned(),
        90 => "90\tv\tcloses here\"".to_owned(),
        row => format!("{row}\tu\tplain"),
    };
    let lines: Vec<String> = std::iter::once("id\ty\ttext".to_owned()).chain((0..200).map(row)).collect();
    for end in ["\n", "\r\n", "\r"] {
        assert_eq!(folder.table("t.tsv", lines.join(end) + end).rows(), 200, "{end:?}");
        let commas = folder.table("t.csv", lines.join(end).replace('\t', ",") + end);
        assert_eq!((commas.rows(), commas.notes().len()), (160, 1), "{end:?}");
    }
}

/// Where each row has a cell more than the header, a row that has one less is the wrong one.
#[test]
fn the_line_of_a_row_that_is_too_short() {
    let folder = Folder::new();
    let rows: String = (0..50).map(|row| format!("{row},1,2,u\n")).collect();
    let error = |content: String| Table::read(&folder.file("t.csv", content), &ReadOptions::default()).unwrap_err().to_string();
    assert!(error(format!("a,b,y\n{rows}50,1,u\n")).contains("t.csv, line 52: 3 cells"), "{}", error(format!("a,b,y\n{rows}50,1,u\n")));
    assert!(error("a,b\n1,2,3\n1,2\n".to_owned()).contains("t.csv, line 2: 3 cells"));
}

/// A delimiter within each cell of a column is not taken for names of rows.
#[test]
fn cells_that_are_cut_everywhere_are_no_names_of_rows() {
    let rows: String = (0..60).map(|row| format!("{},Smith, Bo{row},u\n", row % 7)).collect();
    let error = Table::read(&Folder::new().file("t.csv", format!("x,name,y\n{rows}")), &ReadOptions::default()).unwrap_err().to_string();
    assert!(error.contains("line 2: 4 cells where the header has 3; put a cell that holds the delimiter in quotes"), "{error}");
}

/// Cells that are written again are of one type where they were.
#[test]
fn texts_that_are_kept_stay_texts() {
    let folder = Folder::new();
    let table = csv("p,q\n1.25,1\n1.50,2\n");
    let path = folder.path().join("kept.jsonl");
    let columns: Vec<OutputColumn> =
        table.columns.iter().map(|column| OutputColumn::new(&column.name, OutputValues::Cells(column.clone()))).collect();
    write(&path, &columns).unwrap();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "{\"p\": \"1.25\", \"q\": 1}\n{\"p\": \"1.50\", \"q\": 2}\n");
}
