//! Files as people have them, and what was wrong with them: each test is named after a report from the field.

use std::sync::Arc;

use arrow_array::types::Int64Type;
use arrow_array::{ArrayRef, ListArray, RecordBatch};
use banyan_data::infer::{infer_input, infer_task};
use banyan_data::inputs::InputKind;
use banyan_data::labels::TaskKind;
use banyan_data::output::{OutputColumn, OutputValues, write};
use banyan_data::table::{Cell, ReadOptions, Table};
use proptest::prelude::*;

use crate::support::Folder;

/// The kind of each column as an input, with its name.
fn kinds(table: &Table) -> Vec<(&str, Option<InputKind>)> {
    table.columns.iter().map(|column| (column.name.as_str(), infer_input(table, column).kind)).collect()
}

fn rows(header: &str, row: impl Fn(usize) -> String) -> String {
    let rows: String = (0..60).map(|at| row(at) + "\n").collect();
    format!("{header}\n{rows}")
}

/// `df.to_csv()` writes the index without a name; `df.sample(…)` leaves gaps in it.
#[test]
fn unnamed_index_of_pandas() {
    let folder = Folder::new();
    for step in [1, 7] {
        let table =
            folder.table("pandas.csv", rows(",age,region", |at| format!("{},{},{}", at * step, 20 + at % 30, ["east", "north"][at % 2])));
        assert_eq!(
            kinds(&table),
            [("Unnamed: 0", None), ("age", Some(InputKind::Number)), ("region", Some(InputKind::Category))],
            "{step}"
        );
    }
    let table = folder.table("frame.jsonl", rows("", |at| format!("{{\"__index_level_0__\": {}, \"x\": {}}}", at * 3, at % 9)));
    assert_eq!(kinds(&table), [("__index_level_0__", None), ("x", Some(InputKind::Number))]);
}

/// A column that somebody left without a name holds data, and names of an index that was written twice are those of an index.
#[test]
fn columns_without_a_name_and_indices_of_indices() {
    let folder = Folder::new();
    let table = folder.table("t.csv", rows("x,,Unnamed: 0.1", |at| format!("{},{},{}", at % 9, [10, 20, 30][at % 3], at * 3)));
    assert_eq!(kinds(&table), [("x", Some(InputKind::Number)), ("Unnamed: 1", Some(InputKind::Number)), ("Unnamed: 0.1", None)]);
}

#[test]
fn row_names_of_r() {
    let folder = Folder::new();
    let table = folder
        .table("r.csv", rows("\"age\",\"region\"", |at| format!("\"{}\",{},\"{}\"", at + 1, 20 + at % 30, ["east", "north"][at % 2])));
    assert_eq!(kinds(&table), [("Unnamed: 0", None), ("age", Some(InputKind::Number)), ("region", Some(InputKind::Category))]);
}

/// A table of Excel in a country where the comma is in numbers and in headers.
#[test]
fn header_of_commas_with_semicolons_between() {
    let folder = Folder::new();
    let header = "Nombre (100 caracteres o menos, obligatorio);Alto (cm, obligatorio);Marca";
    let table = folder.table("skus.csv", rows(header, |at| format!("producto {at} rojo;{}.5;{}", at % 7, ["A", "B"][at % 2])));
    assert_eq!((table.rows(), table.columns.len()), (60, 3));
    assert_eq!(table.columns[1].cell(1), Cell::Number(1.5));
}

#[test]
fn unbalanced_quotes_lose_no_row() {
    let folder = Folder::new();
    let swallow = |at: usize| match at {
        20 => "20\t\"3 inch".to_owned(),
        40 => "40\t4 inch\"".to_owned(),
        _ => format!("{at}\tplain"),
    };
    assert_eq!(folder.table("mid.tsv", rows("n\tnote", swallow)).rows(), 60);
    let path = folder.file("rest.csv", rows("n,note", |at| if at == 20 { "20,\"open".to_owned() } else { format!("{at},plain") }));
    let error = Table::read(&path, &ReadOptions::default()).unwrap_err().to_string();
    assert!(error.contains("rest.csv, line 22: the quote that opens a cell here is never closed"), "{error}");
}

#[test]
fn tables_of_pipes_and_tabs_called_csv() {
    let folder = Folder::new();
    for delimiter in ["|", "\t"] {
        let table = folder.table("t.csv", rows(&["x", "c"].join(delimiter), |at| format!("{}{delimiter}u", at as f64 / 8.0)));
        assert_eq!(table.columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>(), ["x", "c"]);
    }
}

#[test]
fn utf_16_is_named_in_every_format_of_text() {
    let folder = Folder::new();
    for name in ["t.csv", "t.tsv", "t.jsonl", "t.conllu", "t.conll"] {
        let path = folder.file(name, b"\xff\xfe{\0\"\0a\0");
        let error = Table::read(&path, &ReadOptions::default()).unwrap_err().to_string();
        assert!(error.ends_with("line 1: the file is in UTF-16; save it as UTF-8"), "{name}: {error}");
    }
}

/// Keys of 64 bits, of which a float would make one.
#[test]
fn big_identifiers_keep_their_identity() {
    let folder = Folder::new();
    let key = |at: usize| 1_152_921_504_606_846_976_i64 + (at % 6) as i64;
    let names = |table: &Table| {
        let names = table.columns[0].cells().filter_map(|cell| match cell {
            Cell::Texts(texts) => Some(texts.join(" ")),
            Cell::Text(text) => Some(text.to_owned()),
            _ => None,
        });
        names.collect::<std::collections::HashSet<String>>().len()
    };
    let scalars = folder.table("scalars.jsonl", rows("", |at| format!("{{\"user\": {}}}", key(at))));
    let cells = folder.table("cells.csv", rows("user", |at| key(at).to_string()));
    for table in [&scalars, &cells] {
        assert_eq!((names(table), kinds(table)), (6, vec![("user", Some(InputKind::Category))]));
    }
    // Lists of such keys alone, and beside small ones.
    let lists = folder.table("lists.jsonl", rows("", |at| format!("{{\"users\": [{}, {}]}}", key(at), key(at + 1))));
    let mixed =
        folder.table("mixed.jsonl", rows("", |at| format!("{{\"users\": [{}, {}]}}", at % 5, if at % 2 == 0 { key(at) } else { 7 })));
    assert_eq!((names(&lists), kinds(&lists)), (6, vec![("users", Some(InputKind::Set))]));
    assert_eq!(kinds(&mixed), [("users", Some(InputKind::Set))]);
    // Numbers that vary as numbers do are numbers: nanoseconds.
    let times = folder.table("times.csv", rows("time", |at| (1_700_000_000_000_000_000 + at * at * 1_000_000_007).to_string()));
    assert_eq!(kinds(&times), [("time", Some(InputKind::Number))]);
}

#[test]
fn big_identifiers_in_lists_of_parquet() {
    let folder = Folder::new();
    let key = |at: i64| Some(1_152_921_504_606_846_976 + at);
    let lists = [vec![key(0), key(1)], vec![Some(7), key(1)], vec![Some(7), None], vec![key(2)]];
    let lists = ListArray::from_iter_primitive::<Int64Type, _, _>(lists.into_iter().map(Some));
    let batch = RecordBatch::try_from_iter([("users", Arc::new(lists) as ArrayRef)]).unwrap();
    let path = folder.path().join("users.parquet");
    banyan_columnar::write_parquet(&mut std::fs::File::create(&path).unwrap(), &batch).unwrap();
    let table = Table::read(&path, &ReadOptions::default()).unwrap();
    let texts = |row: usize| if let Cell::Texts(texts) = table.columns[0].cell(row) { texts.to_vec() } else { Vec::new() };
    assert_eq!([texts(0), texts(1)], [["1152921504606846976", "1152921504606846977"], ["7", "1152921504606846977"]]);
    assert!(matches!(table.columns[0].cell(2), Cell::Numbers([seven, gap]) if *seven == 7.0 && gap.is_nan()));
    assert_eq!(kinds(&table), [("users", Some(InputKind::Set))]);
}

/// What pandas reads as missing is missing here, in every format, among inputs and labels.
#[test]
fn missing_markers_of_pandas() {
    let folder = Folder::new();
    let markers = ["NULL", "n/a", "<NA>", "#N/A", "#NA", "NaN", "nan", "None", "NA", "N/A", "null", "-1.#IND", "?", ""];
    let cell = |at: usize| if at.is_multiple_of(4) { markers[at / 4 % markers.len()].to_owned() } else { format!("{}.5", at * 7 % 41) };
    let csv = folder.table("t.csv", rows("x,y", |at| format!("{0},{0}", cell(at))));
    let json = folder.table("t.jsonl", rows("", |at| format!("{{\"x\": \"{0}\", \"y\": \"{0}\"}}", cell(at))));
    for table in [&csv, &json] {
        let missing = table.columns[0].cells().filter(|cell| *cell == Cell::Missing).count();
        assert_eq!((missing, infer_input(table, &table.columns[0]).kind), (15, Some(InputKind::Number)));
        assert_eq!(infer_task(table, "y").unwrap().kind, TaskKind::Regression);
    }
}

/// Columns of texts as they come back from a file; what reads as missing is the empty text.
fn written_and_read(name: &str, columns: &[Vec<String>]) -> Vec<Vec<String>> {
    let folder = Folder::new();
    let path = folder.path().join(name);
    let made = columns.iter().enumerate().map(|(place, texts)| OutputColumn::new(format!("c{place}"), OutputValues::Texts(texts.clone())));
    write(&path, &made.collect::<Vec<_>>()).unwrap();
    let table = Table::read(&path, &ReadOptions { missing: Vec::new(), ..ReadOptions::default() }).unwrap();
    let text = |cell: Cell<'_>| if let Cell::Text(text) = cell { text.to_owned() } else { String::new() };
    table.columns.iter().map(|column| column.cells().map(text).collect()).collect()
}

/// A column of a few rows, whose texts begin and end with a letter: white space around a text is not kept.
fn column(letters: &str) -> impl Strategy<Value = Vec<String>> + use<> {
    proptest::collection::vec(proptest::string::string_regex(&format!("x[{letters}]{{0,8}}z")).unwrap(), 4)
}

proptest! {
    /// Whatever delimiters, quotes and line breaks the cells hold, a file that was written is read as it was.
    #[test]
    fn cells_survive_delimited_files(first in column("a,;|\"\t\n "), second in column("b,;|\"\t\n "), third in column("c,;|\"'")) {
        let columns = [first, second, third];
        prop_assert_eq!(written_and_read("t.csv", &columns), columns.to_vec());
    }

    #[test]
    fn cells_survive_files_of_tabs(first in column("a,;|\"\t "), second in column("b,;|\"\t ")) {
        let columns = [first, second];
        prop_assert_eq!(written_and_read("t.tsv", &columns), columns.to_vec());
    }
}
