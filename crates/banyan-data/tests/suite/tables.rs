//! Formats, missing files, and several tables as one.

use std::path::Path;
use std::sync::Arc;

use arrow_array::builder::{ListBuilder, StringBuilder, StringDictionaryBuilder};
use arrow_array::types::{Float64Type, Int8Type};
use arrow_array::{
    ArrayRef, BooleanArray, Date32Array, Float32Array, Int64Array, ListArray, RecordBatch, StringArray, TimestampMillisecondArray,
};
use banyan_data::table::{Cell, Column, ReadOptions, Table};
use banyan_data::{Error, Position};

use crate::support::Folder;

fn read(path: &Path) -> Result<Table, Error> {
    Table::read(path, &ReadOptions::default())
}

fn batch() -> RecordBatch {
    let mut dictionary = StringDictionaryBuilder::<Int8Type>::new();
    dictionary.append("red").unwrap();
    dictionary.append_null();
    let mut lists = ListBuilder::new(StringBuilder::new());
    lists.append_value([Some("a"), Some("b")]);
    lists.append_value(Vec::<Option<&str>>::new());
    let vectors = ListArray::from_iter_primitive::<Float64Type, _, _>([Some(vec![Some(1.0), None]), None]);
    RecordBatch::try_from_iter([
        ("integer", Arc::new(Int64Array::from(vec![Some(9_007_199_254_740_993), Some(-3)])) as ArrayRef),
        ("float", Arc::new(Float32Array::from(vec![0.1, f32::NAN]))),
        ("boolean", Arc::new(BooleanArray::from(vec![Some(true), None]))),
        ("text", Arc::new(StringArray::from(vec!["NA", " x "]))),
        ("day", Arc::new(Date32Array::from(vec![Some(19_782), None]))),
        ("moment", Arc::new(TimestampMillisecondArray::from(vec![Some(1_709_209_800_500), None]))),
        ("color", Arc::new(dictionary.finish())),
        ("labels", Arc::new(lists.finish())),
        ("vector", Arc::new(vectors)),
    ])
    .unwrap()
}

fn check(table: &Table) {
    let cells = |row: usize| table.columns.iter().map(|column| column.cell(row)).collect::<Vec<Cell>>();
    let labels = ["a".to_owned(), "b".to_owned()];
    assert_eq!(
        cells(0)[..8],
        [
            Cell::Text("9007199254740993"),
            Cell::Number(0.1),
            Cell::Boolean(true),
            Cell::Missing,
            Cell::Text("2024-02-29"),
            Cell::Text("2024-02-29T12:30:00.500000"),
            Cell::Text("red"),
            Cell::Texts(&labels),
        ]
    );
    assert!(matches!(cells(0)[8], Cell::Numbers([one, gap]) if *one == 1.0 && gap.is_nan()));
    assert_eq!(cells(1)[..2], [Cell::Number(-3.0), Cell::Missing]);
    assert_eq!(cells(1)[3], Cell::Text("x"));
    assert_eq!(cells(1)[7], Cell::Texts(&[]));
    assert!([2, 4, 5, 6, 8].iter().all(|column| cells(1)[*column] == Cell::Missing));
    assert_eq!(table.place(1, Some("text")).position, Position::Row(2));
}

#[test]
fn parquet_keeps_types() {
    let folder = Folder::new();
    let path = folder.path().join("t.parquet");
    let properties = parquet::file::properties::WriterProperties::builder().set_compression(parquet::basic::Compression::SNAPPY).build();
    let mut writer =
        parquet::arrow::ArrowWriter::try_new(std::fs::File::create(&path).unwrap(), batch().schema(), Some(properties)).unwrap();
    writer.write(&batch()).unwrap();
    writer.close().unwrap();
    check(&read(&path).unwrap());
}

#[test]
fn arrow_files_and_streams_keep_types() {
    let folder = Folder::new();
    let path = folder.path().join("t.feather");
    let compressed =
        arrow_ipc::writer::IpcWriteOptions::default().try_with_compression(Some(arrow_ipc::CompressionType::LZ4_FRAME)).unwrap();
    let mut writer =
        arrow_ipc::writer::FileWriter::try_new_with_options(std::fs::File::create(&path).unwrap(), &batch().schema(), compressed).unwrap();
    writer.write(&batch()).unwrap();
    writer.finish().unwrap();
    check(&read(&path).unwrap());

    let path = folder.path().join("t.arrow");
    let mut writer = arrow_ipc::writer::StreamWriter::try_new(std::fs::File::create(&path).unwrap(), &batch().schema()).unwrap();
    writer.write(&batch()).unwrap();
    writer.finish().unwrap();
    check(&read(&path).unwrap());
}

#[test]
fn broken_and_empty_binary_files_are_named() {
    let folder = Folder::new();
    let message = |name: &str, content: &[u8]| folder.strip(read(&folder.file(name, content)).unwrap_err());
    assert!(message("a.parquet", b"PAR1 but not really").starts_with("cannot read a.parquet: "));
    assert!(message("a.arrow", b"ARROW1 but not really").starts_with("cannot read a.arrow: "));
    assert_eq!(message("b.parquet", b""), "b.parquet is empty; a table needs at least one row");
}

#[test]
fn missing_files_name_the_nearest() {
    let folder = Folder::new();
    folder.file("train.csv", "a\n1\n");
    let message = |name: &str| folder.strip(read(&folder.path().join(name)).unwrap_err());
    assert_eq!(message("trian.csv"), "trian.csv does not exist; did you mean \"train.csv\"?");
    assert_eq!(message("zebra.csv"), "zebra.csv does not exist");
    assert!(message("nowhere/a.csv").starts_with("nowhere/a.csv does not exist; the folder "));
    assert_eq!(
        message("train.xlsx"),
        "train.xlsx has no known format; tables are .csv, .tsv, .jsonl, .ndjson, .parquet, .arrow, .feather, .ipc, .conllu, .conllup, .conll, .iob2, .bio or .bioes files"
    );
    std::fs::create_dir(folder.path().join("d.csv")).unwrap();
    assert_eq!(
        message("d.csv"),
        "cannot read d.csv: it is a folder without images or sounds (.png, .jpg, .jpeg, .webp, .wav, .flac, .mp3, .ogg); name a table file in it"
    );
}

#[test]
fn missing_spellings_are_the_callers() {
    let folder = Folder::new();
    let path = folder.file("t.csv", "a,b\n-,NA\n");
    let table = Table::read(&path, &ReadOptions { missing: vec!["-".to_owned()], ..ReadOptions::default() }).unwrap();
    assert_eq!(table.column("a").unwrap().cell(0), Cell::Missing);
    assert_eq!(table.column("b").unwrap().cell(0), Cell::Text("NA"));
}

#[test]
fn columns_are_found_or_suggested() {
    let table = crate::support::csv("age,income\n1,2\n");
    assert_eq!(table.column("age").unwrap().len(), 1);
    let message = table.column("agee").unwrap_err().to_string();
    assert!(message.ends_with("train.csv has no column \"agee\"; did you mean \"age\"?"), "{message}");
    let message = table.column("color").unwrap_err().to_string();
    assert!(message.ends_with("; its columns are age and income"), "{message}");
}

#[test]
fn several_tables_become_one() {
    let folder = Folder::new();
    let first = folder.table("one/a.csv", "x,y\n1,a\n2,b\n");
    let second = folder.table("two/b.jsonl", "{\"y\": \"c\", \"z\": [1, 2]}\n");
    let table = Table::concatenate(vec![first, second]).unwrap();
    assert_eq!(table.rows(), 3);
    assert_eq!((0..3).map(|row| table.source_of(row)).collect::<Vec<u16>>(), [0, 0, 1]);
    let names: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["x", "y", "z"]);
    assert_eq!(table.column("x").unwrap().cell(2), Cell::Missing);
    assert_eq!(table.column("y").unwrap().cell(2), Cell::Text("c"));
    assert_eq!(table.column("z").unwrap().cell(0), Cell::Missing);
    assert_eq!(folder.strip(table.place(1, Some("x"))), "one/a.csv, line 3, column \"x\"");
    assert_eq!(folder.strip(table.place(2, None)), "two/b.jsonl, line 1");
    assert_eq!(table.folder(2), folder.path().join("two"));
    assert!(Table::concatenate(vec![]).is_err());
}

#[test]
fn tables_in_memory() {
    let mut column = Column::new("a");
    column.push(Cell::Number(1.0));
    let table = Table::from_columns("memory", Path::new("."), vec![column.clone()]).unwrap();
    assert_eq!(table.place(0, Some("a")).to_string(), "memory, row 1, column \"a\"");
    assert!(Table::from_columns("memory", Path::new("."), vec![column.clone(), column]).is_err());
    assert!(Table::from_columns("memory", Path::new("."), vec![Column::new("a")]).is_err());
}
