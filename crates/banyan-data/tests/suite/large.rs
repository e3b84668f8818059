//! Tables and encoded rows that memory has no room for.

use std::fmt::Write;

use banyan_data::batch::InputValues;
use banyan_data::config::OnBadRow;
use banyan_data::dataset::{Dataset, EncodeOptions, Kept, KeptWriter};
use banyan_data::inputs::InputKind;
use banyan_data::labels::TaskKind;
use banyan_data::schema::Schema;
use banyan_data::table::{Cell, ReadOptions, Table, TableMemory};

use crate::support::{Folder, all, csv, inputs, targets};

/// Rows of several chunks and blocks, with gaps, words among numbers, quotes and lines within cells.
const ROWS: usize = 150_000;

fn rows() -> String {
    let mut text = "n,price,word,mixed,note\n".to_owned();
    for row in 0..ROWS {
        let (gap, odd) = (row % 101 == 0, row % 70_001 == 70_000);
        let number = if gap { String::new() } else { format!("{}", row as f64 / 8.0) };
        let mixed = if odd { "unknown".to_owned() } else { (row % 50).to_string() };
        let note = if row % 1000 == 999 { "\"two\nlines, and \"\"quotes\"\"\"".to_owned() } else { format!("ä{row}") };
        writeln!(text, "{number},{:.2},{},{mixed},{note}", (row % 977) as f64 / 4.0, ["red", "green"][row % 2]).unwrap();
    }
    text
}

fn options(folder: &Folder, bytes: u64) -> ReadOptions {
    let memory = TableMemory { bytes, folder: Some(folder.path().join("cache")) };
    ReadOptions { memory, ..ReadOptions::default() }
}

#[test]
fn a_table_in_a_file_is_the_table() {
    let folder = Folder::new();
    let path = folder.file("large.csv", rows());
    let whole = Table::read(&path, &options(&folder, u64::MAX)).unwrap();
    let in_file = Table::read(&path, &options(&folder, 0)).unwrap();
    assert_eq!(std::fs::read_dir(folder.path().join("cache")).unwrap().count(), 0, "the file has no name");
    assert_eq!((whole.rows(), in_file.rows()), (ROWS, ROWS));
    assert!(whole == in_file);
    let cells = |column: usize, row: usize| in_file.columns[column].cell(row);
    // Numbers among words are words, and what a number would be written otherwise keeps its spelling.
    assert_eq!(
        [cells(0, 16), cells(1, 1), cells(2, 1), cells(3, 1)],
        [Cell::Number(2.0), Cell::Number(0.25), Cell::Text("green"), Cell::Text("1")]
    );
    assert_eq!((cells(1, 2), cells(4, 999)), (Cell::Text("0.50"), Cell::Text("two\nlines, and \"quotes\"")));
    // Each of the rows before has its line, and some have two.
    assert_eq!(in_file.place(ROWS - 1, None).to_string().rsplit_once(", line ").unwrap().1, (ROWS + 1 + ROWS / 1000 - 1).to_string());
}

#[test]
fn tables_of_every_format_go_to_a_file() {
    let folder = Folder::new();
    let lines: String = (0..ROWS / 2).map(|row| format!("{{\"n\": {row}, \"list\": [1, {row}], \"word\": \"w{}\"}}\n", row % 7)).collect();
    let path = folder.file("large.jsonl", lines);
    let whole = Table::read(&path, &options(&folder, u64::MAX)).unwrap();
    assert!(whole == Table::read(&path, &options(&folder, 0)).unwrap());
    let other = folder.table("other.csv", "n,word,other\n1.5,a,x\nten,b,y\n");
    let joined = |bytes| {
        let tables = vec![Table::read(&path, &options(&folder, bytes)).unwrap(), other.clone()];
        Table::concatenate(tables).unwrap()
    };
    let (whole, in_file) = (joined(u64::MAX), joined(0));
    assert!(whole == in_file);
    assert_eq!((in_file.find("n").unwrap().cell(ROWS / 2), in_file.find("other").unwrap().cell(0)), (Cell::Text("1.5"), Cell::Missing));
}

fn small() -> Table {
    let mut text = "n,c,d,v,y,z\n".to_owned();
    for row in 0..500 {
        let gap = |column: usize, cell: String| if (row + column).is_multiple_of(7) { String::new() } else { cell };
        let cells = [
            gap(0, (row as f64 / 3.0).to_string()),
            gap(1, ["red", "green", "blue"][row % 3].to_owned()),
            gap(2, format!("2024-01-{:02}", row % 28 + 1)),
            gap(3, format!("{row} 1 {}", row % 9)),
            gap(4, ["yes", "no"][row / 3 % 2].to_owned()),
            gap(5, (row % 50).to_string()),
        ];
        text += &(cells.join(",") + "\n");
    }
    csv(&text)
}

fn schema(table: &Table, wanted: &[(&str, InputKind)]) -> Schema {
    let tasks = targets(&[("y", TaskKind::Binary), ("z", TaskKind::Regression)]);
    Schema::fit(table, &all(table), &inputs(wanted), &tasks, OnBadRow::Missing).unwrap()
}

const KINDS: [(&str, InputKind); 4] =
    [("n", InputKind::Number), ("c", InputKind::Category), ("d", InputKind::Date), ("v", InputKind::Vector)];

fn assert_same(one: &Dataset, other: &Dataset) {
    assert_eq!((one.len(), one.known(0), one.known(1)), (other.len(), other.known(0), other.known(1)));
    let rows: Vec<usize> = (0..one.len()).rev().step_by(3).chain([0, 0, 5]).collect();
    let (left, right) = (one.batch(&rows).unwrap(), other.batch(&rows).unwrap());
    assert_eq!(format!("{left:?}"), format!("{right:?}"));
    for row in rows {
        assert_eq!(
            (one.table_row(row), one.source_of(row), one.labels(0, row)),
            (other.table_row(row), other.source_of(row), other.labels(0, row))
        );
    }
}

#[test]
fn encoded_rows_in_a_file_are_those_in_memory() {
    let (folder, table) = (Folder::new(), small());
    let schema = schema(&table, &KINDS);
    let parts: [Vec<usize>; 2] = [(0..500).filter(|row| row % 5 > 0).collect(), (0..500).step_by(5).collect()];
    let place = (folder.path(), "key");
    assert!(KeptWriter::for_large(place, &table, 500, &schema, u64::MAX).unwrap().is_none(), "memory has room");
    let mut writer = KeptWriter::for_large(place, &table, 500, &schema, 0).unwrap().unwrap();
    let mut written = Vec::new();
    for (name, rows) in ["train", "valid"].into_iter().zip(&parts) {
        let (whole, report) = Dataset::encode(&table, rows, &schema, EncodeOptions::default()).unwrap();
        let (in_file, own) = writer.encode(name, &table, rows, &schema, EncodeOptions::default()).unwrap();
        assert!(whole.is_whole() && !in_file.is_whole());
        assert_eq!(format!("{report:?}"), format!("{own:?}"));
        assert_same(&whole, &in_file);
        written.push((name, whole));
    }
    assert!(Kept::open(folder.path(), "key").is_none(), "nothing incomplete is found");
    writer.finish("a text".to_owned()).unwrap();
    let kept = Kept::open(folder.path(), "key").unwrap();
    assert_eq!(kept.about(), "a text");
    for (name, whole) in &written {
        assert_same(whole, &kept.dataset(name, &schema).unwrap());
    }
    assert!(kept.dataset("test", &schema).is_none() && Kept::open(folder.path(), "other").is_none());
    let fewer = self::schema(&table, &KINDS[..2]);
    assert!(kept.dataset("train", &fewer).is_none(), "of another schema");
}

#[test]
fn rows_of_other_kinds_stay_in_memory_and_nothing_incomplete_is_left() {
    let (folder, table) = (Folder::new(), small());
    let text = schema(&table, &[("n", InputKind::Number), ("c", InputKind::Text)]);
    assert!(KeptWriter::for_large((folder.path(), "key"), &table, 500, &text, 0).unwrap().is_none());
    let numbers = schema(&table, &KINDS);
    let mut writer = KeptWriter::for_large((folder.path(), "key"), &table, 500, &numbers, 0).unwrap().unwrap();
    let (data, _) = writer.encode("train", &table, &all(&table), &numbers, EncodeOptions::default()).unwrap();
    drop(writer);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    // Its rows can be read for as long as they are used.
    assert!(matches!(&data.batch(&[499]).unwrap().inputs[0].values, InputValues::Number(values) if values.len() == 1));
}

#[test]
fn no_byte_of_a_damaged_file_is_believed() {
    let (folder, table) = (Folder::new(), small());
    let schema = schema(&table, &KINDS[..1]);
    let mut writer = KeptWriter::for_large((folder.path(), "key"), &table, 500, &schema, 0).unwrap().unwrap();
    writer.encode("train", &table, &all(&table), &schema, EncodeOptions::default()).unwrap();
    writer.finish(String::new()).unwrap();
    let path = folder.path().join("key.rows");
    let bytes = std::fs::read(&path).unwrap();
    for length in (0..bytes.len()).step_by(97) {
        std::fs::write(&path, &bytes[..length]).unwrap();
        assert!(Kept::open(folder.path(), "key").is_none(), "{length}");
    }
    for place in (bytes.len() - 200..bytes.len()).step_by(3) {
        let mut damaged = bytes.clone();
        damaged[place] ^= 0x11;
        std::fs::write(&path, &damaged).unwrap();
        assert!(Kept::open(folder.path(), "key").is_none(), "{place}");
    }
}
